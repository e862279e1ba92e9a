import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { refuseSecondRun, sweepUnfinished } from "../../helper-daemon/recovery.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import { markedProcesses } from "../../src/tools/runner/process-table.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { endAfterTest, isAlive } from "../tools/world.ts";

const isLinux = process.platform === "linux";
const CALL = `recovery.${process.pid}.1.0`;

/** A home whose trace ends in the middle of a call. */
function interrupted() {
  const folder = temporaryFolder("recovery");
  const store = openStore(join(folder, "loopd.db"), createStamp("boot"));
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  const where = { session: "s", turn: "t" };
  const [cardId, callId] = [`${CALL}#1`, CALL];
  const overrides = {};
  const started = { input: "go", origin: "user" as const, originKey: "user:1", endpoint: "e", model: "m", overrides };
  createHub(store.log).record([
    { kind: "session.created", session: "s", data: { title: "t", workspace: folder, nonce: "n" } },
    { kind: "turn.started", ...where, data: { ...started, provenance: {} } },
    { kind: "tool.requested", ...where, data: { callId, name: "shell_run", arguments: {}, effect: "exec" } },
    { kind: "tool.started", ...where, data: { callId, attempt: 1, timeLimitMs: 1 } },
    { kind: "card.opened", ...where, data: { cardId, type: "recovery", callId } },
  ]);
  const again = {
    cardId,
    resolution: "answered" as const,
    scope: "once" as const,
    reach: "same" as const,
    answer: "again",
    by: "test",
  };
  return { store, again, log: pino({ level: "silent" }) };
}

function program(mark: string | undefined, command: string): number {
  const env = { PATH: process.env["PATH"], ...(mark === undefined ? {} : { LOOPD_CALL: mark }) };
  const child = spawn("/bin/sh", ["-c", command], { detached: true, stdio: "ignore", env });
  const pid = child.pid ?? 0;
  onTestFinished(() => endAfterTest(-pid));
  return pid;
}

/** Resolves once a process with the mark can be seen. */
async function appeared(mark: string): Promise<void> {
  while ((await markedProcesses([mark])).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

test.skipIf(!isLinux)("a marked process of an earlier helper is ended at start, whatever it ignores", async () => {
  const { store, log } = interrupted();
  const mark = `mcp-recovery-${process.pid}`;
  const server = program(mark, `trap "" TERM HUP; while :; do sleep 1; done`);
  const stranger = program(`${mark}x`, "exec sleep 1000");
  await appeared(mark);
  await sweepUnfinished(store, "boot", log, [mark]);
  expect([server, stranger].map(isAlive)).toEqual([false, true]);
});

test.skipIf(!isLinux)(
  "while the first run lives it cannot be run again, and the person is told how to end it",
  async () => {
    const { store, again, log } = interrupted();
    // Nothing ends it: a keeper that no mark gives away starts it anew each time.
    const keeper = program(undefined, `while :; do LOOPD_CALL=${CALL} sleep 1000; done`);
    await appeared(CALL);
    await sweepUnfinished(store, "boot", log, []);
    await expect(refuseSecondRun(store, "boot", again)).rejects.toMatchObject({
      code: "not-allowed",
      message: expect.stringMatching(/still lives[^]*nothing was started[^]*kill -9 \d+/) as string,
    });
    await refuseSecondRun(store, "boot", { ...again, answer: "skip" });
    endAfterTest(-keeper);
    await refuseSecondRun(store, "boot", again);
    expect(await markedProcesses([CALL])).toEqual([]);
  },
);

test("temporary folders of helpers that are gone are removed, those of living ones stay", async () => {
  const { store, log } = interrupted();
  // Reaped, not only a zombie, which still answers to its pid.
  const gone = spawnSync("/bin/sh", ["-c", "exec true"]).pid;
  const names = [
    `loopd-output-${gone}-a`,
    `loopd-sandbox-${gone}-b`,
    `loopd-output-${process.pid}-c`,
    `loopd-output-nobody-${process.pid}`,
  ];
  const folders = names.map((name) => join(tmpdir(), name));
  for (const folder of folders) {
    mkdirSync(folder);
    onTestFinished(() => removeFolder(folder));
    writeFileSync(join(folder, "output"), "x");
  }
  await sweepUnfinished(store, "boot", log, []);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false, true, true]);
});
