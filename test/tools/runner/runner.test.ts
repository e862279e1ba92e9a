import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { bootId } from "../../../src/tools/runner/boot.ts";
import { processRow } from "../../../src/tools/runner/process-table.ts";
import { type ProcessRequest, runProcess } from "../../../src/tools/runner/run-process.ts";
import { sweepOrphans } from "../../../src/tools/runner/sweep.ts";
import { endAfterTest, isAlive, pidsIn, world } from "../world.ts";

const isLinux = process.platform === "linux";
const boot = bootId();

const request = (command: string, others: Partial<ProcessRequest> = {}): ProcessRequest => ({
  callId: `runner.${process.pid}.0`,
  signal: new AbortController().signal,
  spawned: () => Promise.resolve(),
  environment: process.env,
  file: "/bin/sh",
  args: ["-c", command],
  folder: tmpdir(),
  onOutput: () => undefined,
  ...others,
});

test("a process is recorded with the start time that the system tells, however short its life", async () => {
  const seen: [number, string][] = [];
  const spawned = async (pid: number, startTime: string) => void seen.push([pid, startTime]);
  for (let i = 0; i < 20; i += 1) await runProcess(request("exit 0", { spawned }));
  expect(seen).toHaveLength(20);
  if (isLinux) expect(seen.every(([pid, startTime]) => pid > 1 && /^\d+$/.test(startTime))).toBe(true);
  await runProcess(
    request("sleep 1000", {
      signal: AbortSignal.timeout(30_000),
      spawned: async (pid, startTime) => {
        onTestFinished(() => endAfterTest(-pid));
        expect((await processRow(pid))?.startTime).toBe(startTime);
        process.kill(pid);
      },
    }),
  );
});

test("a child that cannot be recorded is ended, and the error is told", async () => {
  let child = 0;
  const spawned = (pid: number) => {
    child = pid;
    onTestFinished(() => endAfterTest(-pid));
    return Promise.reject(new Error("store full"));
  };
  await expect(runProcess(request("sleep 1000", { spawned }))).rejects.toThrow("store full");
  expect(child).toBeGreaterThan(1);
  expect(isAlive(child)).toBe(false);
});

test("output that nobody can take ends the program", async () => {
  const onOutput = () => Promise.reject(new Error("cannot take it"));
  await expect(runProcess(request("yes", { onOutput }))).rejects.toThrow("cannot take it");
});

test("a program waits for a slow reader, and all of its output arrives", async () => {
  let bytes = 0;
  const onOutput = async (chunk: Buffer) => {
    await new Promise(setImmediate);
    bytes += chunk.length;
  };
  const end = await runProcess(request("head -c 20000000 /dev/zero; echo oops >&2", { onOutput }));
  expect(end).toMatchObject({ type: "ended", code: 0, errors: "oops\n", hadBackground: false, isLeftRunning: false });
  expect(bytes).toBe(20_000_000);
});

test("a grandchild that never stops writing holds nobody up", async () => {
  const end = await runProcess(request("yes & exit 7"));
  expect(end).toMatchObject({ type: "ended", code: 7, hadBackground: true, isLeftRunning: false });
});

test("what cannot start says why", async () => {
  const cases = [
    request("", { file: "/no/such/program" }),
    request("", { folder: "/no/such/folder" }),
    request("", { args: ["-c", "x".repeat(3_000_000)] }),
    request("", { signal: AbortSignal.abort() }),
  ];
  for (const one of cases) {
    const end = await runProcess(one);
    expect(end.type).toBe("not-started");
    expect(end.type === "not-started" && end.why.length).toBeGreaterThan(10);
  }
});

test("the name of this boot is the same each time", () => {
  expect(bootId()).toBe(boot);
  expect(boot).toMatch(/^[0-9a-f-]{36}$/);
});

/** A process as an earlier helper left it: in its own group, with the mark of a call. */
async function orphan(
  callId: string | undefined,
  command = "exec sleep 1000",
): Promise<{ pid: number; startTime: string }> {
  const env = { PATH: process.env["PATH"], ...(callId === undefined ? {} : { LOOPD_CALL: callId }) };
  const child = spawn("/bin/sh", ["-c", command], { detached: true, stdio: "ignore", env });
  const pid = child.pid ?? 0;
  onTestFinished(() => endAfterTest(-pid));
  return { pid, startTime: (await processRow(pid))?.startTime ?? "" };
}

const unique = (name: string): string => `sweep.${process.pid}.${name}`;

test("the sweep ends a recorded process with its group", async () => {
  const here = await world();
  const callId = unique("recorded");
  const stubborn = `trap "" TERM; (trap "" TERM; while :; do sleep 1; done) & echo $! > ${here.path("pid")}; wait`;
  const { pid, startTime } = await orphan(callId, stubborn);
  const [grandchild = 0] = await pidsIn(here.path("pid"), 1);
  const swept = await sweepOrphans({ spawned: [{ callId, pid, startTime, boot }], callIds: [callId], boot });
  expect(swept).toContainEqual({ callId, pid, isGone: true });
  expect([pid, grandchild].map(isAlive)).toEqual([false, false]);
  expect(await sweepOrphans({ spawned: [{ callId, pid, startTime, boot }], callIds: [callId], boot })).toEqual([]);
});

test("strangers are left alive: another start time, boot, call, or no mark", async () => {
  const stranger = await orphan(undefined);
  const other = await orphan(unique("other"));
  const callId = unique("mine");
  const spawned = [
    { callId, ...stranger, startTime: "1", boot },
    { callId, ...stranger, boot: "another boot" },
    ...(isLinux ? [{ callId, ...stranger, boot }] : []),
    { callId, ...other, startTime: "1", boot },
    { callId, pid: 1, startTime: "0", boot },
    { callId, pid: 2 ** 22 + 1, startTime: "0", boot },
  ];
  expect(await sweepOrphans({ spawned, callIds: [callId], boot })).toEqual([]);
  expect([stranger.pid, other.pid].map(isAlive)).toEqual([true, true]);
});

test.skipIf(!isLinux)(
  "a child that was never recorded, and one that outlived its leader, are found by their mark",
  async () => {
    const here = await world();
    const callId = unique("unrecorded");
    const { pid } = await orphan(callId);
    const leader = await orphan(callId, `setsid sleep 1000 & echo $! > ${here.path("pid")}`);
    const [outlived = 0] = await pidsIn(here.path("pid"), 1);
    expect([pid, outlived].map(isAlive)).toEqual([true, true]);
    const swept = await sweepOrphans({ spawned: [{ callId, ...leader, boot }], callIds: [callId], boot });
    expect(swept.map((one) => one.pid).sort()).toEqual([pid, outlived].sort());
    expect(swept.every((one) => one.isGone)).toBe(true);
    expect([pid, outlived].map(isAlive)).toEqual([false, false]);
  },
);

test("the sweep never ends the process that sweeps", async () => {
  const before = process.env["LOOPD_CALL"];
  const callId = unique("self");
  const script = `
    import { sweepOrphans } from ${JSON.stringify(new URL("../../../src/tools/runner/sweep.ts", import.meta.url).href)};
    console.log(JSON.stringify(await sweepOrphans({ spawned: [], callIds: [${JSON.stringify(callId)}], boot: "b" })));
  `;
  const child = spawn(
    process.execPath,
    ["--experimental-strip-types", "--no-warnings", "--input-type=module", "-e", script],
    {
      env: { ...process.env, LOOPD_CALL: callId },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect([code, text.trim()]).toEqual([0, "[]"]);
  expect(process.env["LOOPD_CALL"]).toBe(before);
});
