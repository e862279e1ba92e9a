import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Check, HelperStatus } from "../../../src/protocol/requests.ts";
import type { ScreenAppRow, ScreenDeed, ShownWindow } from "../../../src/protocol/screen.ts";
import { node, realWindow } from "../../ax-helper/tree/windows.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
let windows: string;
const run = (words: string[], input = "") =>
  cli.run(["screen", ...words], { input, env: { LOOPD_SCREEN_BACKEND: `fixture:${windows}` } });
const json = async <T>(...words: string[]) => JSON.parse((await run([...words, "--json"])).stdout) as T;

/** A window with a name that would like to be more than one. */
const login = {
  ...{ app: "Bank\u001b]0;owned\u0007", toolkit: "GTK", window: "Log\nin \u202eeman" },
  tree: node("frame", "Log in", {
    children: [
      node("entry", "User", { states: ["enabled", "showing", "visible", "editable", "focusable", "sensitive"] }),
      node("password text", "PIN", {
        secure: true,
        states: ["enabled", "showing", "visible", "editable", "focusable", "sensitive"],
      }),
    ],
  }),
};

beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
  windows = temporaryFolder("windows");
  writeFileSync(join(windows, "1.json"), JSON.stringify(realWindow("win-galculator_galculator")));
  writeFileSync(join(windows, "2.json"), JSON.stringify(login));
});
afterEach(async () => {
  await cli.remove();
  removeFolder(windows);
});

test("programs and windows are listed, whatever they call themselves", async () => {
  const { exitCode, stdout } = await run(["apps"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^galculator \(1\)\n {2}\* galculator\nBank⟨U\+001B⟩\]0;owned⟨U\+0007⟩ \(2\)\n {2}- Log in ⟨U\+202E⟩eman\n$/,
  );
  const rows = await json<ScreenAppRow[]>("apps");
  expect(rows[0]).toEqual({
    ...{ pid: 1, name: "galculator", isResponding: true },
    windows: [{ title: "galculator", isActive: true, isModal: false }],
  });
});

test("a window is read, operated by its references from another command, and told as what changed", async () => {
  const first = await run(["read"]);
  expect(first).toMatchObject({
    exitCode: 0,
    stderr: "",
    stdout: expect.stringMatching(/^galculator \| galculator\nm1 /),
  });
  const again = await run(["read", "--app", "GALCULATOR"]);
  expect(again.stdout).toBe("diff 1: nothing changed\n");
  expect(again.stderr).toContain("--whole shows all of it");
  expect((await run(["read", "--whole"])).stdout).toBe(first.stdout);
  const pressed = await run(["act", "b15", "press"]);
  expect(pressed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('press b15 "7" in galculator: done') });
  const deed = await json<ScreenDeed>("act", "b15", "focus");
  expect(deed).toMatchObject({
    target: { app: "galculator", role: "toggle button", name: "7" },
    acted: { outcome: "done" },
  });
  const shown = await json<ShownWindow>("read", "--whole");
  expect(Object.keys(shown)).toEqual(["app", "window", "text", "isFull", "screen"]);
  expect(shown).toMatchObject({ isFull: true, screen: { nodes: 80, hidden: 0 } });
  expect((await run(["read", "--whole", "--budget", "60"])).stdout.length).toBeLessThan(first.stdout.length);
});

test("text goes into fields; a secret one gets it from standard input and never shows it", async () => {
  const { stdout } = await run(["read", "--app", "2"]);
  for (const character of ["\u001b", "\u0007", "\u202e"]) expect(stdout).not.toContain(character);
  const [user = "", pin = ""] = [/(t\d+)[^ |]* User/, /(t\d+)[^ |]* PIN/].map((ref) => ref.exec(stdout)?.[1]);
  const typed = await run(["act", user, "type", "Ada Lovelace"]);
  expect(typed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Ada Lovelace") });
  const secret = await run(["act", pin, "set", "--text-stdin"], "hunter-2\n");
  expect(secret.exitCode).toBe(0);
  expect(secret.stdout + secret.stderr).not.toContain("hunter");
  expect((await run(["read", "--app", "2", "--whole"])).stdout).not.toContain("hunter");
});

test.each([
  [["act", "b15", "push"], /There is no action "push"\. Actions: press, focus/],
  [["act", "b1", "press", "--text-stdin"], /--text-stdin is for the actions type and set/],
  [["act", "t1", "type", "x", "--text-stdin"], /either as a word or with --text-stdin/],
  [["read", "--budget", "19"], /whole number from 20/],
  [["read", "--app", "nobody"], /No program "nobody" shows windows here.* There are: "galculator"/],
  [["wait", "x", "--seconds", "601"], /from 0 to 600/],
  [["capture"], /--output <file>' not specified/],
])("loopd screen %j is a usage error", async (words, why) => {
  const { exitCode, stderr, stdout } = await run(words);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(why);
});

test("what cannot be done is said plainly, with exit code 1", async () => {
  expect(await run(["act", "b999", "press"])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/b999 is no reference that is known now\. Read the screen again/),
  });
  const failure = await run(["act", "b999", "press", "--json"]);
  expect(JSON.parse(failure.stderr)).toMatchObject({ error: { code: "screen-failed" } });
  const missing = await run(["wait", "Never there", "--seconds", "0.2"]);
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("was still missing after 0.2 s") });
  expect(await run(["wait", "sqrt"])).toMatchObject({ exitCode: 0, stderr: '"sqrt" is there.\n' });
  expect((await run(["wait", "Never there", "--gone", "--json"])).exitCode).toBe(0);
});

test("a capture is saved for its owner only, and rendered again as it was read", async () => {
  const [plain, packed] = [join(cli.workspace, "w.json"), join(cli.workspace, "w.json.gz")];
  const saved = await run(["capture", "-o", plain]);
  expect(saved.stdout).toBe(`Saved galculator of galculator to ${plain}: 80 elements\n`);
  expect(statSync(plain).mode & 0o777).toBe(0o600);
  expect(await json("capture", "-o", packed)).toEqual({
    file: packed,
    app: "galculator",
    window: "galculator",
    nodes: 80,
  });
  expect(readFileSync(packed).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  const { stdout } = await run(["read"]);
  for (const file of [plain, packed]) expect((await run(["render", file])).stdout).toBe(stdout);
  const nowhere = join(cli.workspace, "no/such/w.json");
  expect(await run(["capture", "-o", nowhere])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("ENOENT"),
  });
  expect(existsSync(nowhere)).toBe(false);
});

test("the process that looks is in the helper's health, and the doctor says whether it can", async () => {
  expect(await json("permissions")).toMatchObject({ isTrusted: true });
  await run(["permissions", "--ask"]);
  const { screen } = await cli.json<HelperStatus>("helper", "status");
  expect(screen).toMatchObject({ state: "running", starts: 1 });
  process.kill(screen?.pid ?? 0, "SIGKILL");
  expect((await run(["apps"])).exitCode).not.toBe(2);
  expect((await run(["apps"])).exitCode).toBe(0);
  const words = (await cli.run(["helper", "status"])).stdout;
  expect(words).toMatch(
    /\n {2}screen +read by process \d+, started 2 times; it last ended because: it ended with SIGKILL\n/,
  );
  const { stdout } = await cli.run(["doctor", "--json"]);
  expect((JSON.parse(stdout) as Check[]).find(({ name }) => name === "screen")).toMatchObject({ state: "ok" });
});

test("where the screen cannot be read, every command says why and what to do", async () => {
  writeFileSync(join(windows, "3.json"), "{ no capture");
  expect(await run(["permissions"])).toMatchObject({ exitCode: 1 });
  const { exitCode, stderr } = await run(["apps"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^loopd: What reads the screen ended meanwhile/);
  const { stdout } = await cli.run(["doctor", "--json"]);
  expect((JSON.parse(stdout) as Check[]).find(({ name }) => name === "screen")).toMatchObject({
    state: "warning",
    mend: expect.stringContaining("loopd screen permissions --ask") as string,
  });
});
