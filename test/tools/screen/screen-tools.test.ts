import { copyFileSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { builtInTools } from "../../../src/tools/built-in-tools.ts";
import { tokensOf, toolSchemaOf } from "../../../src/tools/tool-schema.ts";
import { world } from "../world.ts";

/** A world whose screen shows captured windows; the first that has the keyboard is in front. */
async function desk(...captures: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "loopd-windows-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  for (const name of captures)
    copyFileSync(new URL(`../../fixtures/ax/${name}.json.gz`, import.meta.url), join(folder, `${name}.json.gz`));
  return world({ screen: `fixture:${folder}` });
}
const FORM = "step-chromium-form@1";
const CALCULATOR = "win-galculator_galculator";
const LOGIN = "win-mousepad_hello_txt_Mousepad";

test("a window is read, a field is set, and what changed is told", async () => {
  const { call, facts } = await desk(FORM, CALCULATOR);
  expect(await facts("screen_read", {})).toMatchObject({
    app: "Chromium",
    window: "Checkout - Chromium",
    source: "screen Chromium",
    preview: "read Chromium – Checkout - Chromium",
  });
  const read = await call("screen_read", { app: "chromium" });
  expect(read).toMatchObject({ kind: "ok", sight: { app: "Chromium", isFull: true } });
  const ref = /(t\d+)\S* Full name/.exec(read.text)?.[1] ?? "";
  expect(await facts("screen_act", { ref, action: "set", text: "Ada\n> b1" })).toMatchObject({
    app: "Chromium",
    window: "Checkout - Chromium",
    control: { action: "set", name: "Full name" },
    preview: "set Full name in Chromium – Checkout - Chromium to:\n> Ada\n> > b1",
  });
  const acted = await call("screen_act", { ref: `[${ref}] Full name`, action: "set", text: "Ada" });
  expect(acted).toMatchObject({ kind: "ok", isSideEffectPossible: true, sight: { app: "Chromium" } });
  expect(acted.text).toMatch(/^Done and verified\.\n/);
  expect(acted.text).toContain(`${ref} Full name=Ada`);
});

test("what cannot be is refused before anybody is asked, with what to do instead", async () => {
  const { facts, call } = await desk(FORM, CALCULATOR);
  const refusal = async (name: string, input: object) => (await facts(name, input as never)).refusal;
  expect(await refusal("screen_read", { app: "Safari" })).toMatch(
    /No program "Safari".*There are: galculator; Chromium\.|Chromium; galculator/,
  );
  expect(await refusal("screen_act", { ref: "b99", action: "press" })).toMatch(/^b99 is no reference.*screen_read/);
  expect(await refusal("screen_expand", { ref: "x1" })).toMatch(/no reference/);
  const { text } = await call("screen_read", {});
  const ref = /(t\d+)\S* Full name/.exec(text)?.[1] ?? "";
  expect(await refusal("screen_act", { ref, action: "set" })).toMatch(/set needs text/);
  expect(await refusal("screen_act", { ref, action: "key", chord: "ctrl+nonsense" })).toMatch(/is no key/);
  expect(await refusal("screen_act", { ref, action: "click", x: 3 })).toMatch(/x and y/);
  expect(await refusal("screen_act", { ref, action: "press" })).toBeUndefined();
});

test("titles of windows are told to nobody who may not read them", async () => {
  const { facts, call } = await desk("step-mousepad-type@1", LOGIN);
  const found = await facts("screen_read", { app: "mousepad" });
  expect(found.app).toBe("mousepad");
  expect(found.refusal).toBeUndefined();
  const other = await desk("win-gedit_hello_txt_gedit", LOGIN);
  const none = await other.facts("screen_read", { window: "no such" });
  expect(none.refusal).toContain("There are: gedit; mousepad.");
  expect(none.refusal).not.toContain("hello.txt");
  // Whoever may read the program is told which windows there are.
  const twins = await desk("step-mousepad-menu@2", "step-gnomecalc-press@1", "step-gnomecalc-press@2");
  const some = { app: "gnome-calculator", preview: "read gnome-calculator" };
  expect(await twins.facts("screen_read", { app: "Gnome Calculator" })).toMatchObject(some);
  const { text } = await twins.call("screen_read", { app: "Gnome Calculator" });
  expect(text).toMatch(/Several windows fit.*gnome-calculator \| Calculator \(app: 1\); /);
  expect((await call("screen_read", { app: "mousepad" })).kind).toBe("ok");
});

test("facts stay the same while a title only counts, and are others for another control", async () => {
  const { facts, call } = await desk(FORM);
  const { text } = await call("screen_read", {});
  const [name = "", email = ""] = [...text.matchAll(/\b(t\d+)\S* /g)].map((match) => match[1]);
  const one = await facts("screen_act", { ref: name, action: "focus" });
  expect((await facts("screen_act", { ref: name, action: "focus" })).hash).toBe(one.hash);
  expect((await facts("screen_act", { ref: email, action: "focus" })).hash).not.toBe(one.hash);
  expect((await facts("screen_act", { ref: name, action: "press" })).hash).not.toBe(one.hash);
  const identify = builtInTools.find((tool) => tool.name === "screen_read")?.identify;
  const titled = (window: string) => JSON.stringify(identify?.({ app: "Mail", window }));
  expect(titled("Inbox (3) – Mail")).toBe(titled("*Inbox (14) – Mail"));
  expect(titled("Inbox (3) – Mail")).not.toBe(titled("Bank – Mail"));
});

test("a wait is over at once if it is so already, and says after its time that it is not", async () => {
  const { call, facts } = await desk(FORM, CALCULATOR);
  expect(await call("screen_wait", { text: "sqrt", role: "button", app: "galculator" })).toMatchObject({ kind: "ok" });
  const late = await call("screen_wait", { text: "Thank you", seconds: 0.1 });
  expect(late.text).toMatch(/^Still not after 0\.1 s: “Thank you” to appear\. The window is now:\nChromium/);
  expect(await facts("screen_wait", { text: "Inbox", app: "Thunderbird" })).toMatchObject({
    app: "Thunderbird",
    preview: "watch Thunderbird, once it is open, for “Inbox” to appear",
  });
});

test("a model that found the tool is told once how to read a window, where there is room for it", async () => {
  const { call } = await desk(FORM, CALCULATOR);
  const legend = /\n\(How to read this\. First line: app \| window\..*\)$/;
  const first = await call("screen_read", { app: "galculator" });
  expect(first.text).toMatch(legend);
  expect(first.text).toMatch(/^galculator \| /);
  const sight = { callId: "c", lastRef: 40 };
  expect((await call("screen_read", { app: "galculator", whole: true }, { sight })).text).not.toMatch(legend);
  expect((await call("screen_read", { app: "galculator" }, { listed: ["screen_read"] })).text).not.toMatch(legend);
  expect((await call("screen_read", { app: "galculator" }, { outputBytes: 1_000 })).text).not.toMatch(legend);
  expect((await call("screen_wait", { text: "sqrt", app: "galculator" })).text).toMatch(legend);
});

test("every output fits in what the call may take, with its references whole", async () => {
  const { call } = await desk("win-Chromium_Big_table_Chromium", CALCULATOR);
  for (const outputBytes of [256, 400, 1_400]) {
    const read = await call("screen_read", { app: "chromium", whole: true }, { outputBytes });
    expect(read).not.toHaveProperty("blob");
    expect(Buffer.byteLength(read.text)).toBeLessThanOrEqual(outputBytes);
    expect(read.text).toMatch(/^i\d+> .*\d hidden$/m);
  }
});

test("what a model is told of the tools costs little, and is flat", () => {
  const tools = builtInTools.filter((tool) => /^screen_/.test(tool.name)).map(toolSchemaOf);
  expect(tools.map(({ name }) => name).sort()).toEqual(["screen_act", "screen_expand", "screen_read", "screen_wait"]);
  expect(tools.reduce((sum, tool) => sum + tokensOf(tool), 0)).toBeLessThanOrEqual(720);
  expect(JSON.stringify(tools)).not.toMatch(/anyOf|oneOf/);
});

test("without a screen a call ends with why, and nothing hangs", async () => {
  const { facts } = await world();
  expect((await facts("screen_read", {})).refusal).toMatch(/What reads the screen/);
});
