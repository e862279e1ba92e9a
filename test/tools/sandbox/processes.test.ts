import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { markedProcesses } from "../../../src/tools/runner/process-table.ts";
import { createSandbox } from "../../../src/tools/sandbox/create-sandbox.ts";
import { createTaskCap } from "../../../src/tools/sandbox/task-cap.ts";
import { isAlive, pidsIn, world } from "../world.ts";
import { sandboxTest } from "./sandbox-test.ts";

const ON = { sandbox: { mode: "auto" as const, domains: [] } };
const isLinux = process.platform === "linux";
const cap = await createTaskCap(100);
await cap?.release();
/** Without a bound that holds for root, a fork bomb of root's would take the machine with it. */
const isBounded = isLinux && (process.getuid?.() !== 0 || cap !== undefined);

sandboxTest("exit codes, signals, order and quotes come through as without it", async () => {
  const here = await world(ON);
  const quotes = `'"'"'"'`.repeat(200);
  const { text } = await here.call("shell_run", {
    command: `echo out; echo err >&2; printf '%s\\n' "it's \\"quoted\\" \\$HOME"; : ${quotes}; pwd; exit 7`,
  });
  expect(text).toBe(`exit code 7\nout\nerr\nit's "quoted" $HOME\n${here.place.workspace}\n`);
  expect((await here.call("shell_run", { command: "kill -9 $$" })).text).toBe("exit code 137\n");
  const { text: environment } = await here.call("shell_run", { command: "env" }, { callId: "t.1.0" });
  expect(environment).toContain("\nLOOPD_CALL=t.1.0\n");
  expect(environment).not.toContain("LOOPD_LINE");
});

sandboxTest("what is left in the background ends with the command", async () => {
  const here = await world(ON);
  const callId = `sandboxed.${process.pid}.background`;
  const command = "sleep 1000 & setsid sleep 1001 & (trap '' TERM HUP; exec setsid sleep 1002) & echo started";
  const { text } = await here.call("shell_run", { command }, { callId });
  expect(text).toContain("started");
  expect(await markedProcesses([callId])).toEqual([]);
});

sandboxTest("an abort ends everything inside, whatever it ignores", async () => {
  const here = await world(ON);
  const callId = `sandboxed.${process.pid}.abort`;
  const stop = new AbortController();
  let outer = 0;
  const spawned = async (pid: number) => void (outer = pid);
  const command = `trap "" TERM; (trap "" TERM; setsid sh -c 'trap "" TERM; while :; do sleep 1; done') & echo 1 > begun; while :; do sleep 1; done`;
  const running = here.call("shell_run", { command }, { callId, signal: stop.signal, spawned });
  await pidsIn(here.path("begun"), 1).catch(() => []);
  expect((await markedProcesses([callId])).length).toBeGreaterThan(2);
  stop.abort();
  expect((await running).text).toContain("ERROR: stopped before it was done");
  expect(await markedProcesses([callId])).toEqual([]);
  expect(isAlive(outer)).toBe(false);
});

sandboxTest(
  "a fork bomb ends before its limit, and leaves nothing",
  async ({ skip }) => {
    skip(!isBounded, "Nothing here bounds how many processes root starts.");
    const here = await world(ON);
    const processes = () => Number(readFileSync("/proc/loadavg", "utf8").split("/")[1]?.split(" ")[0]);
    const before = processes();
    const bombs = [
      "bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 1000",
      "perl -e 'while (1) { fork; select undef, undef, undef, 0.01 }'",
      "env -i sh -c 'b() { b | b & }; b 2>/dev/null; sleep 1000'",
    ];
    for (const command of bombs) {
      const { text } = await here.call("shell_run", { command, timeLimitSeconds: 60 });
      // It may also end by itself: its first process cannot start another one either.
      expect(text).toMatch(/^(?:ERROR: stopped because it had started more than 1,000 processes|exit code \d+)\n/);
    }
    expect(processes()).toBeLessThan(before + 500);
    expect((await here.call("shell_run", { command: "echo fine" })).text).toBe("exit code 0\nfine\n");
  },
  120_000,
);

sandboxTest(
  "its own process starts with the first command, again when it was killed, and ends with the helper",
  async () => {
    const mark = `sandbox.${process.pid}.lifetime`;
    const settings = { mode: "auto" as const, domains: [] };
    const sandbox = createSandbox({
      settings: () => settings,
      platform: process.platform,
      environment: process.env,
      mark,
    });
    onTestFinished(() => sandbox.close());
    const here = await world();
    here.place.sandbox = sandbox;
    expect(await markedProcesses([mark])).toEqual([]);
    expect((await here.call("shell_run", { command: "echo one" })).text).toBe("exit code 0\none\n");
    const first = await markedProcesses([mark]);
    expect(first.length).toBeGreaterThan(0);
    for (const { pid } of first) process.kill(pid, "SIGKILL");
    // The command that meets the moment of its death is refused, never run outside.
    let text = "";
    for (let tries = 0; tries < 20 && !text.includes("two"); tries += 1) {
      ({ text } = await here.call("shell_run", { command: "echo two" }));
      expect(text).toMatch(/^(?:exit code 0\ntwo\n|ERROR: The sandbox could not be set up, so nothing was run: )/);
    }
    expect(text).toBe("exit code 0\ntwo\n");
    await sandbox.close();
    expect(await markedProcesses([mark])).toEqual([]);
    expect((await here.call("shell_run", { command: "echo three" })).text).toContain("The helper is stopping.");
  },
);

test("a machine without the programs says what to install; one that is switched off, where", async () => {
  const base = { platform: process.platform, environment: { PATH: "/nonexistent" }, mark: "m" };
  const off = createSandbox({ ...base, settings: () => ({ mode: "off", domains: [] }) });
  expect(await off.status()).toMatchObject({ isUsable: false, mend: expect.stringContaining('"auto"') as string });
  const other = createSandbox({ ...base, platform: "aix", settings: () => ({ mode: "auto", domains: [] }) });
  expect(await other.status()).toEqual({ isUsable: false, why: "There is no sandbox for aix yet." });
  if (!isLinux) return;
  const missing = createSandbox({ ...base, settings: () => ({ mode: "auto", domains: [] }) });
  const status = await missing.status();
  expect(status).toMatchObject({ isUsable: false, why: "Not installed: bubblewrap, socat." });
  expect(status).toMatchObject({ mend: "sudo apt install bubblewrap socat" });
});
