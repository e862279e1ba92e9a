import { spawn } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createScreenClient, type ScreenClient } from "../../src/ax-helper/client.ts";
import { Problem } from "../../src/ax-helper/problem.ts";
import { screenProgram } from "../../src/ax-helper/screen-program.ts";
import { isAlive } from "../tools/world.ts";

const PATIENT = { limitMs: 60_000 };

/** A program that answers `echo`, and misbehaves when it is asked to. */
const SCRIPT = `
  const { createInterface } = require("node:readline");
  const { spawn } = require("node:child_process");
  const say = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
  const lines = createInterface({ input: process.stdin });
  lines.on("close", () => process.exit());
  lines.on("line", (line) => {
    const { id, do: what, ...rest } = JSON.parse(line);
    if (what === "echo") say({ id, ok: { pid: process.pid, ...rest } });
    if (what === "crash") { process.stderr.write("it fell over\\n"); process.exit(3); }
    if (what === "garbage") process.stdout.write("{not json\\n");
    if (what === "other") say({ id: id + 1000, ok: {} });
    if (what === "problem") say({ id, error: { code: "no-window", message: "none" } });
    if (what === "flood") { const line = "x".repeat(1 << 20); for (let i = 0; i < 40; i++) process.stdout.write(line); }
    if (what === "busy") for (;;);
    if (what === "act") setTimeout(() => say({ id, ok: { late: true } }), 300);
  });
`;

async function world(script = SCRIPT) {
  const folder = await mkdtemp(join(tmpdir(), "loopd-screen-client-"));
  const path = join(folder, "program.cjs");
  await writeFile(path, script);
  let clock = 0;
  const program = { command: process.execPath, args: [path], environment: { PATH: process.env["PATH"] ?? "" } };
  const client = createScreenClient({ program, idleMs: 60_000, now: () => clock });
  onTestFinished(async () => {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { client, path, pass: (ms: number) => (clock += ms) };
}

async function pidOf(client: ScreenClient): Promise<number> {
  const reply = await client.ask({ do: "echo" }, PATIENT);
  if (reply instanceof Problem) throw new Error(reply.message);
  return (reply.answer as { pid: number }).pid;
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("it is started at the first request, answers, and is closed", async () => {
  const { client } = await world();
  expect(client.health()).toEqual({ state: "not-started", starts: 0 });
  const pid = await pidOf(client);
  expect(client.health()).toEqual({ state: "running", starts: 1, pid });
  expect(await client.ask({ do: "problem" }, PATIENT)).toEqual(new Problem("no-window", "none"));
  const many = await Promise.all([1, 2, 3].map((n) => client.ask({ do: "echo", n } as { do: string }, PATIENT)));
  expect(many).toMatchObject([1, 2, 3].map((n) => ({ answer: { n, pid }, generation: 1 })));
  await client.close();
  expect(isAlive(pid)).toBe(false);
  expect(await client.ask({ do: "echo" }, PATIENT)).toMatchObject({ code: "unavailable" });
});

test("a process that does not answer in time is killed, and the next request has a new one", async () => {
  const { client } = await world();
  const pid = await pidOf(client);
  expect(await client.ask({ do: "busy" }, { limitMs: 200 })).toMatchObject({ code: "timed-out" });
  expect(await pidOf(client)).not.toBe(pid);
  await untilGone(pid);
  expect(client.health()).toMatchObject({ starts: 2, lastEnd: "it did not answer within 200 ms" });
});

test.each(["crash", "garbage", "other", "flood"])("%s is a problem, and the next request is answered", async (what) => {
  const { client } = await world();
  expect(await client.ask({ do: what }, PATIENT)).toMatchObject({ code: "crashed" });
  expect(await client.ask({ do: "echo" }, PATIENT)).toMatchObject({ generation: 2 });
  if (what === "crash") expect(client.health().lastEnd).toBe("it fell over");
});

test("after three restarts within a minute it rests, says why, and is tried again later", async () => {
  const { client, pass } = await world();
  for (let start = 0; start < 4; start++)
    expect(await client.ask({ do: "crash" }, PATIENT)).toMatchObject({ code: "crashed" });
  const refused = await client.ask({ do: "echo" }, PATIENT);
  expect(refused).toMatchObject({ code: "unavailable", message: expect.stringContaining("it fell over") });
  expect(client.health()).toMatchObject({ state: "unavailable", starts: 4 });
  pass(60_000);
  expect(await client.ask({ do: "echo" }, PATIENT)).toMatchObject({ generation: 5 });
});

test("a program that cannot be started is a problem", async () => {
  const program = { command: "/nowhere/loopd-screen", args: [], environment: {} };
  const client = createScreenClient({ program, idleMs: 60_000, now: () => 0 });
  const answer = await client.ask({ do: "echo" }, PATIENT);
  expect(answer).toMatchObject({ code: "crashed", message: expect.stringContaining("ENOENT") });
  await client.close();
});

test("a cancelled request ends at once: while it waits, while it runs, and what acts is left to finish", async () => {
  const { client } = await world();
  const pid = await pidOf(client);
  const running = new AbortController();
  const waiting = new AbortController();
  const first = client.ask({ do: "busy" }, { ...PATIENT, signal: running.signal });
  const second = client.ask({ do: "echo" }, { ...PATIENT, signal: waiting.signal });
  waiting.abort();
  expect(await second).toMatchObject({ code: "cancelled" });
  running.abort();
  expect(await first).toMatchObject({ code: "cancelled" });
  await untilGone(pid);
  // Nobody but the caller is to blame: it does not count as a failure.
  expect(client.health().lastEnd).toBeUndefined();
  const acting = new AbortController();
  const next = await pidOf(client);
  const acted = client.ask({ do: "act" }, { ...PATIENT, signal: acting.signal });
  acting.abort();
  expect(await acted).toMatchObject({ code: "cancelled", message: expect.stringContaining("may have been done") });
  expect(await pidOf(client)).toBe(next);
});

test("elements of an earlier process are not taken for those of the next", async () => {
  const { client } = await world();
  await pidOf(client);
  await client.ask({ do: "crash" }, PATIENT);
  expect(await client.ask({ do: "echo" }, { ...PATIENT, generation: 2 })).toMatchObject({ generation: 2 });
  expect(await client.ask({ do: "act" }, { ...PATIENT, generation: 1 })).toMatchObject({ code: "gone" });
});

test("a process that nobody asks is let go", async () => {
  const { path } = await world();
  const program = { command: process.execPath, args: [path], environment: {} };
  const client = createScreenClient({ program, idleMs: 50, now: () => 0 });
  const pid = await pidOf(client);
  await untilGone(pid);
  expect(await pidOf(client)).not.toBe(pid);
  expect(client.health()).not.toHaveProperty("lastEnd");
  await client.close();
});

/** What a process has open; what it closes meanwhile is left out. */
function files(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

const HELPER = (path: string, client: string) => `
  import { createScreenClient } from ${JSON.stringify(client)};
  import { spawn } from "node:child_process";
  const program = { command: process.execPath, args: [${JSON.stringify(path)}], environment: {} };
  const screen = createScreenClient({ program, idleMs: 60_000, now: () => performance.now() });
  const { answer } = await screen.ask({ do: "echo" }, { limitMs: 60_000 });
  const other = spawn("sleep", ["1000"], { stdio: "ignore" });
  process.stdout.write(JSON.stringify({ screen: answer.pid, other: other.pid }) + "\\n");
`;

test("it ends with a helper that is killed, and no other child of the helper has its pipes", async () => {
  const { path } = await world();
  const client = join(import.meta.dirname, "../../src/ax-helper/client.ts");
  const helper = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", HELPER(path, client)]);
  onTestFinished(() => void helper.kill("SIGKILL"));
  const said = await new Promise<string>((resolve, reject) => {
    helper.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    helper.once("close", () => reject(new Error("the helper ended")));
  });
  const { screen, other } = JSON.parse(said) as { screen: number; other: number };
  onTestFinished(() => void process.kill(other, "SIGKILL"));
  if (process.platform === "linux") {
    // What the tests themselves were given, they pass on to everyone.
    const given = new Set(files(process.pid));
    const pipes = (pid: number) => files(pid).filter((at) => /^(pipe|socket):/.test(at) && !given.has(at));
    const own = pipes(screen);
    expect(pipes(other)).toEqual([]);
    const helpers = new Set(pipes(helper.pid ?? 0));
    expect(own.filter((at) => helpers.has(at))).toEqual([]);
  }
  helper.kill("SIGKILL");
  await untilGone(screen);
});

test("captured windows can be shown instead of a desktop", async () => {
  const capture = { app: "demo", window: "Demo", tree: { role: "frame", name: "Demo", states: ["active", "showing"] } };
  const { path } = await world(JSON.stringify(capture));
  const environment = { LOOPD_SCREEN_BACKEND: `fixture:${path}` };
  const program = screenProgram({ platform: process.platform, architecture: process.arch, environment });
  const client = createScreenClient({ program, idleMs: 60_000, now: () => 0 });
  expect(await client.ask({ do: "capture" }, PATIENT)).toMatchObject({
    answer: { app: "demo", tree: { role: "frame" } },
  });
  expect(await client.ask({ do: "capture", app: "other" } as { do: string }, PATIENT)).toMatchObject({
    code: "no-app",
  });
  expect(await client.ask({ do: "nonsense" }, PATIENT)).toMatchObject({ code: "invalid" });
  await client.close();
});

test("the program is loopd-screen on a Mac, elsewhere a process of Node; keys and tokens are not passed on", () => {
  const environment = { PATH: "/bin", DISPLAY: ":1", ANTHROPIC_API_KEY: "secret", LOOPD_SCREEN_BACKEND: undefined };
  const mac = screenProgram({ platform: "darwin", architecture: "arm64", environment });
  expect(mac.command).toMatch(/assets\/native\/loopd-screen-arm64$/);
  expect(mac.environment).toEqual({ PATH: "/bin", DISPLAY: ":1" });
  const linux = screenProgram({ platform: "linux", architecture: "x64", environment });
  expect(linux.command).toBe(process.execPath);
  expect(linux.args.at(-1)).toBe("atspi");
  const named = screenProgram({
    platform: "darwin",
    architecture: "x64",
    environment: { LOOPD_SCREEN_BACKEND: "fixture:/a:b" },
  });
  expect(named.args.slice(-2)).toEqual(["fixture", "/a:b"]);
});
