import { expect, test } from "vitest";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { button, FILLERS, scriptedScreen, type ScriptedScreen, type ScriptedWindow } from "./scripted-screen.ts";

const mail = (...names: string[]): ScriptedWindow => ({
  app: "Mail",
  pid: 1,
  title: "Draft",
  active: true,
  pieces: [...FILLERS, ...names.map((name) => button(name))],
});
const HOUR = 3_600_000;

/** Resolves once the process was asked to capture so often. */
async function captures({ asked }: ScriptedScreen, count: number): Promise<void> {
  while ((await asked()).filter((what) => what === "capture").length < count)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

test("it is over when the control is there, and tells what changed meanwhile", async () => {
  const scripted = await scriptedScreen({ windows: [mail()] });
  const { session, show, looking } = scripted;
  await session.read({}, looking("1"));
  const awaited = { text: "undo send", role: "button", isGone: false, limitMs: HOUR };
  const waiting = session.wait({}, awaited, looking("2", "1"));
  await captures(scripted, 3);
  await show({ windows: [mail("Undo send")] });
  expect(await waiting).toMatchObject({ isMet: true, sight: { text: "diff 1\nnew: b21 Undo send" } });
});

test("it is over when the text is gone, also with its window", async () => {
  const scripted = await scriptedScreen({ windows: [mail("Sending")] });
  const { session, show, looking } = scripted;
  const awaited = { text: "sending", isGone: true, limitMs: HOUR };
  const first = session.wait({ app: "mail" }, awaited, looking("1"));
  await captures(scripted, 1);
  await show({ windows: [mail()] });
  expect(await first).toMatchObject({ isMet: true, sight: { isFull: true } });
  await show({ windows: [mail("Sending")] });
  const second = session.wait({ app: "mail" }, awaited, looking("2", "1"));
  await captures(scripted, (await scripted.asked()).filter((what) => what === "capture").length + 2);
  await show({ windows: [] });
  expect(await second).toMatchObject({ isMet: true, sight: { text: "Mail | Draft\n(This window is closed now.)" } });
});

test("at the end of the time it tells how the window is", async () => {
  const { session, looking } = await scriptedScreen({ windows: [mail()] });
  const awaited = { text: "Sent", isGone: false, limitMs: 50 };
  expect(await session.wait({}, awaited, looking("1"))).toMatchObject({ isMet: false, sight: { app: "Mail" } });
  expect(await session.wait({ app: "Safari" }, awaited, looking("2", "1"))).toMatchObject({ code: "no-app" });
});

test("a program that is not there yet may come, and a dialog may be what is awaited", async () => {
  const scripted = await scriptedScreen({ windows: [] });
  const { session, show, looking } = scripted;
  const waiting = session.wait({ app: "Mail" }, { text: "Saved", isGone: false, limitMs: HOUR }, looking("1"));
  await show({ windows: [mail()] });
  await captures(scripted, 1);
  const dialog = { app: "Mail", pid: 1, title: "Saved", active: true, pieces: [button("OK")] };
  await show({ windows: [{ ...mail(), active: false }, dialog] });
  expect(await waiting).toMatchObject({ isMet: true, sight: { window: "Saved" } });
});

test("other calls pass between, and a cancelled wait ends at once without ending the process", async () => {
  const scripted = await scriptedScreen({ windows: [mail("Send")] });
  const { session, screen, looking, deeds } = scripted;
  await session.read({}, looking("1"));
  const stop = new AbortController();
  const awaited = { text: "Sent", isGone: false, limitMs: HOUR };
  const waiting = session.wait({}, awaited, looking("2", "1", { signal: stop.signal }));
  await captures(scripted, 2);
  expect(await session.act("b21", { action: "press" }, looking("3", "1"))).not.toBeInstanceOf(Problem);
  expect(await deeds()).toHaveLength(1);
  stop.abort();
  expect(await waiting).toMatchObject({ code: "cancelled" });
  expect(await session.read({}, looking("4", "3"))).not.toBeInstanceOf(Problem);
  expect(screen.health().starts).toBeLessThanOrEqual(2);
});
