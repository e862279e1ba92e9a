import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createScreenDesk } from "../../helper-daemon/screen-desk.ts";
import { checkCaller } from "../../helper-daemon/methods.ts";
import { openScreens } from "../../src/ax-helper/screens.ts";
import { type MethodName, methods } from "../../src/protocol/requests.ts";
import { screenMethods } from "../../src/protocol/screen.ts";
import { node, realWindow } from "../ax-helper/tree/windows.ts";
import { removeFolder, startHelper, temporaryFolder, type TestHelper } from "../fakes/helper.ts";

/** A folder with these windows, as if they were open. */
function folderOf(...windows: object[]): string {
  const folder = temporaryFolder("windows");
  onTestFinished(() => removeFolder(folder));
  for (const [at, window] of windows.entries()) writeFileSync(join(folder, `${at}.json`), JSON.stringify(window));
  return folder;
}

async function helperWith(...windows: object[]): Promise<TestHelper> {
  const helper = await startHelper(undefined, { LOOPD_SCREEN_BACKEND: `fixture:${folderOf(...windows)}` });
  onTestFinished(async () => {
    await helper.stop();
    removeFolder(helper.home);
  });
  return helper;
}

const calculator = realWindow("win-galculator_galculator");

test("every method about the screen refuses tools: a model reads and acts under policy only", () => {
  const names = Object.keys(screenMethods) as MethodName[];
  expect(names).toHaveLength(9);
  for (const name of names) {
    expect(methods[name].callers).toEqual(["face"]);
    expect(() => checkCaller(name, "tool")).toThrow("is not for tools");
  }
});

test("a wait ends with its request or its connection, and the screen is free for others at once", async () => {
  const helper = await helperWith(calculator);
  const [patient, other] = [await helper.connect(), await helper.connect()];
  const stop = new AbortController();
  const cancelled = patient.request("screen.wait", { text: "never", limitMs: 600_000 }, stop.signal);
  const dropped = patient.request("screen.wait", { text: "never either", limitMs: 600_000 });
  const refused = expect(dropped).rejects.toMatchObject({ code: "connection-closed" });
  expect((await other.request("screen.apps", {})).apps).toHaveLength(1);
  stop.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  patient.close();
  await refused;
  // Everybody has one and the same sight here, so a wait that went on would stand before this.
  expect(await other.request("screen.read", {})).toMatchObject({ app: "galculator", isFull: true });
  other.close();
});

test("a session that is not there is refused; a look through its eyes leaves them as they are", async () => {
  const folder = folderOf(calculator);
  const environment = { ...process.env, LOOPD_SCREEN_BACKEND: `fixture:${folder}` };
  const screens = openScreens({ platform: process.platform, architecture: process.arch, environment });
  onTestFinished(() => screens.screen.close());
  const known = new Set(["s"]);
  const desk = createScreenDesk({
    screens,
    outputBytes: () => 16_384,
    checkSession: (session) => {
      if (!known.has(session)) throw new Error("unknown");
    },
  });
  const { signal } = new AbortController();
  const all = { isWhole: false, app: undefined, window: undefined, budget: undefined };
  await expect(desk.read({ ...all, session: "t" }, signal)).rejects.toThrow("unknown");
  const look = { signal, lastRef: 40, budget: 4_000 };
  const own = await screens.of("s").read({}, { ...look, lookId: "1" });
  // The model of that session has references from 41 on; the person begins with 1.
  const seen = await desk.read({ ...all, session: "s" }, signal);
  expect(own).toMatchObject({ text: seen.text });
  expect(seen.text).toContain("m41 File");
  expect((await desk.read(all, signal)).text).toContain("m1 File");
  const next = await screens.of("s").read({}, { ...look, lookId: "2", before: "1" });
  expect(next).toMatchObject({ text: "diff 1: nothing changed", isFull: false });
  expect((await desk.read(all, signal)).text).toBe("diff 1: nothing changed");
});

test("a capture that no frame holds is refused in words, and the connection lives on", async () => {
  const noise = () => node("label", randomBytes(6_000).toString("base64"));
  const huge = {
    app: "big",
    toolkit: "",
    window: "w",
    tree: node("frame", "w", { children: Array.from({ length: 900 }, noise) }),
  };
  const helper = await helperWith(huge);
  const connection = await helper.connect();
  await expect(connection.request("screen.capture", {})).rejects.toMatchObject({
    code: "screen-failed",
    message: expect.stringMatching(/too large to be handed over \(901 elements, \d+ MiB packed\)/) as string,
  });
  const { text } = await connection.request("screen.read", { budget: 200 });
  expect(Math.ceil(Buffer.byteLength(text) / 3.5)).toBeLessThanOrEqual(200);
  connection.close();
});
