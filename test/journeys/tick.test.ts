import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunRow } from "../../src/protocol/routine.ts";
import type { Check } from "../../src/protocol/requests.ts";
import type { Connection } from "../../src/protocol/connect.ts";
import type { FakeMac } from "../fakes/launchctl.ts";
import { type InstalledHome, installedLinux, installedMac, startedByHand } from "../launchd/installed-home.ts";

/** A hang guard. */
const PATIENT = { timeout: 90_000 };
/** Milliseconds that a second of this launchd takes where restarts are to be counted, and where none shall come in between. */
const [FAST, SLOW] = [20, 3_000];

let mac: InstalledHome<FakeMac>;

const helperJob = () => mac.machine.job(mac.units.helper);
const kickstarts = () =>
  mac.machine.changes().filter((line) => line === `kickstart gui/501/${mac.units.helper}`).length;

/** The helper that launchd runs now. */
async function agent(): Promise<Connection> {
  const job = await mac.machine.until(mac.units.helper, (one) => one?.pid != null);
  return mac.connected(job?.pid ?? 0);
}

/** A routine that is due `ms` from now, once. */
async function dueIn(ms: number, connection: Connection, name = "brief"): Promise<void> {
  const at = new Date(Date.now() + ms).toISOString();
  await connection.request("routine.add", {
    name,
    prompt: "Write it.",
    schedule: { at },
    workspace: mac.cli.workspace,
  });
}

const runsOf = async (connection: Connection): Promise<RunRow[]> =>
  (await connection.request("routine.runs", { limit: 100 })).runs;

/** Resolves once so many runs are in the ledger, and all are over. */
async function settled(connection: Connection, count: number): Promise<RunRow[]> {
  for (;;) {
    const runs = await runsOf(connection);
    if (runs.length >= count && runs.every(({ finishedAt }) => finishedAt !== undefined)) return runs;
    await delay(50);
  }
}

test(
  "beside an installed helper one by hand ends, and the other way round, without a storm; nothing runs twice",
  PATIENT,
  async () => {
    mac = await installedMac(FAST);
    const first = await agent();
    const { pid } = first.hello;
    await dueIn(3_600_000, first, "later");
    await dueIn(2_500, first);
    await mac.machine.until(mac.units.tick, (job) => job !== undefined);
    const second = await startedByHand(mac, {});
    expect([second.pid, await second.exited]).toEqual([null, 0]);
    expect(second.stderr()).toBe(
      `A helper runs for ${mac.home} already as process ${pid}, so this one ends. To stop that one: loopd helper stop\n`,
    );
    await Promise.all([mac.verb("tick"), mac.tickNow(), settled(first, 1)]);
    await Promise.all([mac.verb("tick"), mac.verb("tick")]);
    expect(await runsOf(first)).toMatchObject([{ routine: "brief", state: "ran" }]);
    expect(helperJob()).toMatchObject({ pid, runs: 1 });

    expect((await mac.run("helper", "stop")).stdout).toContain(`process ${pid}`);
    const byHand = await startedByHand(mac, {});
    expect(await mac.verb("start")).toMatchObject({ ok: true, pid: byHand.pid });
    await mac.machine.until(mac.units.helper, (job) => job?.runs === 2 && job.pid === null);
    const other = await mac.connected(byHand.pid ?? 0);
    await dueIn(1_000, other, "again");
    await Promise.all([mac.tickNow(), mac.verb("tick"), settled(other, 2)]);
    expect((await runsOf(other)).map(({ routine, state }) => `${routine} ${state}`).sort()).toEqual([
      "again ran",
      "brief ran",
    ]);
    // Several times as long as launchd waits between two starts.
    await delay(5 * 10 * FAST);
    expect(helperJob()).toMatchObject({ runs: 2, pid: null, lastExit: 0 });
    other.close();
    byHand.child.kill("SIGKILL");
    await byHand.exited;
    // It died, so a tick has launchd start the installed one.
    await mac.tickNow();
    (await agent()).close();
    expect(helperJob()?.runs).toBe(3);
  },
);

test(
  "a slot that comes while the helper is dead is run once by the tick; one that was stopped is left alone",
  PATIENT,
  async () => {
    mac = await installedMac(SLOW);
    const first = await agent();
    await dueIn(3_600_000, first, "later");
    await mac.machine.until(mac.units.tick, (job) => job !== undefined);
    await dueIn(1_500, first);
    process.kill(first.hello.pid, "SIGKILL");
    expect((await first.closed).code).toBe("connection-closed");
    expect(helperJob()).toMatchObject({ runs: 1 });
    await delay(1_600);
    mac.machine.forgetCalls();
    await mac.tickNow();
    expect(kickstarts()).toBe(1);
    const second = await agent();
    expect(await settled(second, 1)).toMatchObject([{ routine: "brief", state: "ran" }]);
    await Promise.all([mac.tickNow(), mac.verb("tick")]);
    expect(await runsOf(second)).toHaveLength(1);
    expect([kickstarts(), helperJob()?.runs]).toEqual([1, 2]);
    second.close();

    expect((await mac.run("helper", "stop")).exitCode).toBe(0);
    await mac.tickNow();
    expect(await mac.verb("tick")).toEqual({ ok: true, did: "left" });
    expect([kickstarts(), helperJob()]).toMatchObject([1, { runs: 2, pid: null, lastExit: 0 }]);
    const asked = await mac.run("ask", "hello");
    expect(asked).toMatchObject({ exitCode: 0 });
    expect(kickstarts()).toBe(2);
    const third = await mac.connected();
    expect(third.hello.pid).toBe(helperJob()?.pid);
    third.close();
  },
);

test(
  "what keeps the system from starting the helper reaches the person with what to do, and doctor until it is over",
  PATIENT,
  async () => {
    mac = await installedMac(FAST);
    (await agent()).close();
    await mac.run("helper", "stop");
    mac.machine.switchOff(mac.units.helper);
    const refused = await mac.run("ask", "hello");
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toMatch(/switched off on this Mac \(System Settings > General > Login Items/);
    expect(refused.stderr).toContain(`launchctl enable gui/501/${mac.units.helper}`);
    expect(kickstarts()).toBe(0);
    expect(mac.machine.disabled()).toMatchObject({ [mac.units.helper]: true });

    // It died, and the tick may not start it either.
    const byHand = await startedByHand(mac, {});
    byHand.child.kill("SIGKILL");
    await byHand.exited;
    expect(await mac.verb("tick")).toMatchObject({ ok: false, error: { reason: "switched-off" } });
    const again = await startedByHand(mac, {});
    const checks = JSON.parse((await mac.run("doctor", "--json")).stdout) as Check[];
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: "installed tick",
        state: "warning",
        mend: expect.stringContaining("launchctl enable") as string,
      }),
    );
    expect(await mac.verb("tick")).toEqual({ ok: true, did: "poked" });
    expect((await mac.run("doctor", "--json")).stdout).not.toContain("installed tick");
    again.child.kill("SIGTERM");
    await again.exited;

    rmSync(join(mac.machine.person, "..", "..", "launchd", "disabled.json"));
    const database = new Database(join(mac.home, "loopd.db"));
    database.pragma("user_version = 9999");
    database.close();
    const newer = await mac.run("ask", "hello");
    expect(newer.exitCode).toBe(4);
    expect(newer.stderr).toMatch(/newer/);
    expect(newer.stderr).not.toContain("store-newer");
    mac.machine.answer("kickstart", 113, 1);
    expect((await mac.run("helper", "start")).stderr).toMatch(
      /launchd does not know dev\.loopd\.helper.*Mend it with: loopd helper install/,
    );
    rmSync(join(mac.home, "bin", "node"));
    expect((await mac.run("helper", "start")).stderr).toMatch(/bin\/node is gone.*loopd helper install/);
  },
);

test(
  "the tick is there while a routine waits for the clock; the child that sees to it is told no secret",
  PATIENT,
  async () => {
    mac = await installedMac(FAST);
    (await agent()).close();
    await mac.run("helper", "stop");
    const seen = join(mac.home, "seen.txt");
    rmSync(join(mac.home, "bin", "node"));
    writeFileSync(join(mac.home, "bin", "node"), `#!/bin/sh\nenv >> '${seen}'\nexec '${process.execPath}' "$@"\n`, {
      mode: 0o755,
    });
    const helper = await startedByHand(mac, { OPENAI_API_KEY: "sk-secret", LOOPD_ENDPOINT_KEY: "sk-secret" });
    const connection = await mac.connected(helper.pid ?? 0);
    const schedule = { cron: "30 7 * * 1-5" };
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    await connection.request("routine.add", { name: "a", prompt: "x", schedule, zone: timeZone });
    await connection.request("routine.add", { name: "b", prompt: "x", schedule: { on: "wake" } });
    const job = await mac.machine.until(mac.units.tick, (one) => one !== undefined);
    const plist = readFileSync(job?.file ?? "", "utf8");
    expect(plist.match(/<key>Hour<\/key>\s*<integer>7<\/integer>/g)).toHaveLength(5);
    expect(mac.machine.agents()).toEqual([`${mac.units.helper}.plist`]);
    expect(readFileSync(seen, "utf8")).not.toContain("sk-secret");
    expect(readFileSync(seen, "utf8")).toContain(`LOOPD_HOME=${mac.home}`);
    await connection.request("routine.pause", { name: "a", why: "holiday" });
    await mac.machine.until(mac.units.tick, (one) => one === undefined);
    connection.close();
    helper.child.kill("SIGTERM");
    await helper.exited;
  },
);

test("on Linux the timer follows the routines, and faces start the service", PATIENT, async () => {
  const linux = await installedLinux();
  const unit = linux.units.helper;
  const first = await linux.connected((await linux.machine.until(unit, (job) => job?.pid != null))?.pid ?? 0);
  const zone = "Europe/Berlin";
  await first.request("routine.add", { name: "a", prompt: "x", schedule: { cron: "0 9 * * *" }, zone });
  while (linux.machine.timer(linux.units.tick) === undefined) await delay(50);
  expect(linux.machine.timer(linux.units.tick)).toContainEqual(["OnCalendar", "*-*-* 09:00:00 Europe/Berlin"]);
  first.close();
  await linux.run("helper", "stop");
  expect(await linux.verb("tick")).toEqual({ ok: true, did: "left" });
  linux.machine.forgetCalls();
  expect((await linux.run("ask", "hello")).exitCode).toBe(0);
  expect(linux.machine.changes()).toContain(`start ${unit}`);
  const second = await linux.connected();
  expect(second.hello.pid).toBe(linux.machine.job(unit)?.pid);
  second.close();
  await linux.run("helper", "stop");
  linux.machine.set(unit, "masked");
  expect((await linux.run("ask", "hello")).stderr).toMatch(/is switched off \(systemctl --user mask/);
});
