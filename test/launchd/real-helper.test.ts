import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { uninstall } from "../../launchd/apply-plan.ts";
import { startInstalled } from "../../launchd/hand-off.ts";
import { unwantedJobs } from "../../launchd/plan-install.ts";
import { NODE_FLAGS } from "../../src/protocol/node-flags.ts";
import type { Connection } from "../../src/protocol/connect.ts";
import { connectTo, withoutSandbox } from "../fakes/helper.ts";
import { createMac, type FakeMac } from "../fakes/launchctl.ts";
import { HELPER, install, wishFor } from "./installation.ts";

const SCRIPT = resolve(import.meta.dirname, "../../assets/helper/helper.mjs");
const real = { helper: [...NODE_FLAGS, SCRIPT], triggers: [] };

let mac: FakeMac;
afterEach(() => mac.close());

/** Connects to the helper with this process id as soon as it has the home; without one, to whichever does. */
async function connected(pid?: number): Promise<Connection> {
  for (;;) {
    const connection = await (async () => connectTo(mac.home))().catch(() => undefined);
    if (connection !== undefined && (pid === undefined || connection.hello.pid === pid)) return connection;
    connection?.close();
    await delay(50);
  }
}

/** A helper that somebody starts by hand in the same home; resolves with what it says when it is ready. */
async function byHand(): Promise<{ child: ChildProcess; said: { ready: boolean; pid: number | null } }> {
  const child = spawn(process.execPath, real.helper, {
    env: { ...process.env, LOOPD_HOME: mac.home, LOOPD_READY_FD: "3" },
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [line] = (await once(child.stdio[3] as NodeJS.ReadableStream, "data")) as [Buffer];
  return { child, said: JSON.parse(line.toString()) as { ready: boolean; pid: number | null } };
}

test("the installed helper serves, comes back after kill -9, and leaves no room for a second one", async () => {
  mac = createMac();
  withoutSandbox(mac.home);
  expect((await install(mac, real)).trouble).toBeUndefined();
  const connection = await connected();
  const pid = mac.job(HELPER)?.pid ?? 0;
  expect(connection.hello.pid).toBe(pid);

  const second = await byHand();
  expect(second.said.pid).toBeNull();
  if (second.child.exitCode === null) await once(second.child, "exit");
  expect(second.child.exitCode).toBe(0);
  expect(mac.job(HELPER)).toMatchObject({ pid, runs: 1 });
  connection.close();

  process.kill(pid, "SIGKILL");
  await mac.until(HELPER, (job) => job?.runs === 2 && job.pid !== null);
  (await connected(mac.job(HELPER)?.pid ?? 0)).close();
  expect(mac.job(HELPER)?.runs).toBe(2);
  const jobs = unwantedJobs(wishFor(mac));
  expect((await uninstall({ platform: "darwin", home: mac.home, jobs }, mac.machine)).trouble).toBeUndefined();
});

test("beside a helper that was started by hand the installed one ends, once, and takes over when it is asked to", async () => {
  mac = createMac();
  withoutSandbox(mac.home);
  const first = await byHand();
  expect(first.said.pid).toBe(first.child.pid);
  expect((await install(mac, real)).trouble).toBeUndefined();
  await mac.until(HELPER, (job) => job?.state === "not running" && job.lastExit === 0);
  (await connected(first.child.pid)).close();
  first.child.kill("SIGTERM");
  await once(first.child, "exit");
  expect(mac.job(HELPER)).toMatchObject({ runs: 1, state: "not running" });
  expect(await startInstalled(HELPER, "darwin", mac.machine)).toBeUndefined();
  const { pid } = (await mac.until(HELPER, (job) => job?.runs === 2 && job.pid !== null)) ?? {};
  (await connected(pid ?? 0)).close();
});
