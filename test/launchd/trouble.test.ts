import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { applyPlan, uninstall } from "../../launchd/apply-plan.ts";
import { handOff, startInstalled } from "../../launchd/hand-off.ts";
import { isInside } from "../../launchd/inside.ts";
import { installStatus } from "../../launchd/install-status.ts";
import { planHandOff, planInstall, planTick, unwantedJobs } from "../../launchd/plan-install.ts";
import { createMac, type FakeMac, untilJob } from "../fakes/launchctl.ts";
import { DAILY, HELPER, install, startsOf, TICK, waitingIn, wishFor } from "./installation.ts";

let mac: FakeMac;
afterEach(() => mac.close());

const agentOf = ({ person }: FakeMac) => join(person, "Library", "LaunchAgents", `${HELPER}.plist`);
const runningHelper = (of: FakeMac) => of.until(HELPER, (job) => job?.state === "running");

test.each([3, 5, 37, 130])("bootstrap that ends once with %i is tried again", async (code) => {
  mac = createMac();
  mac.answer("bootstrap", code, 1);
  expect((await install(mac, { triggers: [] })).trouble).toBeUndefined();
  await runningHelper(mac);
});

test.each([
  [3, "refused", /launchd does not know/, /loopd helper install/],
  [5, "refused", /input\/output error.*does not say why/, /launchctl bootout gui\/501.*log show/],
  [37, "refused", /still busy with another/, /launchctl bootout/],
  [113, "refused", /launchd does not know/, /loopd helper install/],
  [119, "switched-off", /switched off/, /launchctl enable gui\/501\/dev\.loopd\.helper/],
  [122, "refused", /others may write/, /chmod 755/],
  [125, "no-session", /nobody is logged in at the screen.*starts at the next login/, /not over SSH/],
  [130, "refused", /a state it knows nothing about/, /restart the Mac/],
  [161, "blocked", /does not allow it to run in the background/, /Login Items/],
  [77, "refused", /bootstrap ended with 77: Bootstrap failed: 77/, /launchctl error 77/],
] as const)(
  "bootstrap that keeps ending with %i is %s, with words and a way out",
  async (code, reason, words, mend) => {
    mac = createMac();
    mac.answer("bootstrap", code, 100);
    const { trouble } = await install(mac, { triggers: [] });
    expect(trouble).toMatchObject({ reason, code });
    expect(trouble?.words).toMatch(words);
    expect(trouble?.mend).toMatch(mend);
  },
);

test("a job that launchd takes and drops is not reported as installed", async () => {
  mac = createMac();
  mac.answer("bootstrap", 0, 1);
  const { trouble, changes } = await install(mac, { triggers: [] });
  expect(trouble).toMatchObject({ reason: "blocked" });
  expect(changes).toEqual([`wrote ${agentOf(mac)}`]);
});

test.each([3, 113])("bootout that ends with %i found nothing to do", async (code) => {
  mac = createMac();
  await install(mac, { triggers: [] });
  mac.answer("print", 113, 1);
  mac.answer("bootout", code, 1);
  const jobs = unwantedJobs(wishFor(mac));
  expect((await uninstall({ platform: "darwin", home: mac.home, jobs }, mac.machine)).trouble).toBeUndefined();
});

test("what the person switched off stays off, and nothing is written", async () => {
  mac = createMac();
  mac.switchOff(HELPER);
  const off = await install(mac);
  expect(off).toMatchObject({ changes: [], trouble: { reason: "switched-off" } });
  expect(off.trouble?.words).toMatch(/Login Items.*left it so and changed nothing/);
  expect([mac.agents(), mac.changes()]).toEqual([[], []]);
  spawnSync(join(mac.machine.root, "bin/launchctl"), ["enable", `gui/501/${HELPER}`]);
  expect((await install(mac)).trouble).toBeUndefined();
  await runningHelper(mac);

  mac.switchOff(HELPER);
  mac.forgetCalls();
  expect((await install(mac, { version: "2" })).trouble).toMatchObject({ reason: "switched-off" });
  expect(mac.changes()).toEqual([]);
  expect((await installStatus(planInstall(wishFor(mac)), mac.machine))[0]).toMatchObject({
    isFine: false,
    words: `${HELPER} is switched off, and loopd leaves it so.`,
  });
  const jobs = unwantedJobs(wishFor(mac));
  expect((await uninstall({ platform: "darwin", home: mac.home, jobs }, mac.machine)).trouble).toBeUndefined();
  expect([mac.agents(), mac.job(HELPER), mac.disabled()[HELPER]]).toEqual([[], undefined, true]);
});

test("without anybody at the screen the agent waits in its place for the next login", async () => {
  mac = createMac();
  mac.settings({ hasSession: false });
  const { trouble, changes } = await install(mac);
  expect(trouble).toMatchObject({ reason: "no-session", code: 125 });
  expect(changes).toEqual([`wrote ${agentOf(mac)}`]);
  const asRoot = await applyPlan(planInstall(wishFor(mac)), { ...mac.machine, uid: 0 });
  expect(asRoot.trouble?.words).toMatch(/do not use sudo/);
  expect((await installStatus(planInstall(wishFor(mac)), mac.machine))[0]?.words).toMatch(/nobody is logged in/);
  mac.settings({ hasSession: true });
  expect((await install(mac)).changes).toContain(`loaded ${HELPER}`);
});

test("a list that cannot be written is said so, and the next install completes what was begun", async () => {
  mac = createMac();
  await install(mac, { triggers: [] });
  await runningHelper(mac);
  expect(() => planInstall(wishFor(mac, { helper: ["\u0001"] }))).toThrow(/U\+0001/);
  // A folder stands where the list should be: no file can take its place, for root neither.
  const agent = agentOf(mac);
  const plan = planInstall(wishFor(mac, { triggers: [], helper: [join(mac.home, "program.mjs"), "helper"] }));
  renameSync(agent, `${agent}.away`);
  mkdirSync(agent);
  await expect(applyPlan(plan, mac.machine)).rejects.toMatchObject({ code: "home-unusable" });
  rmdirSync(agent);
  renameSync(`${agent}.away`, agent);
  expect((await applyPlan(plan, mac.machine)).trouble).toBeUndefined();
  await runningHelper(mac);
});

test("a helper that fails is started again, one that ends with 0 is left alone", async () => {
  mac = createMac();
  writeFileSync(join(mac.home, "crashes"), "");
  await install(mac, { triggers: [] });
  await mac.until(HELPER, (job) => (job?.runs ?? 0) >= 3);
  rmSync(join(mac.home, "crashes"));
  const [pid = 0] = await untilJob(
    () => waitingIn(mac.home),
    (waiting) => waiting.length > 0,
  );
  const { runs } = (await mac.until(HELPER, (job) => job?.pid === pid)) ?? {};
  process.kill(pid, "SIGTERM");
  await mac.until(HELPER, (job) => job?.state === "not running" && job.lastExit === 0);
  expect(mac.job(HELPER)?.runs).toBe(runs);
  const [report] = await installStatus(planInstall(wishFor(mac)), mac.machine);
  expect(report).toMatchObject({ isFine: true, words: `${HELPER} is installed and is stopped.` });
  expect(await startInstalled(HELPER, "darwin", mac.machine)).toBeUndefined();
  await runningHelper(mac);
  expect(await startInstalled("dev.loopd.other", "darwin", mac.machine)).toMatchObject({ code: 113 });
});

test("from inside of its own job nothing is restarted, and a hand-off does it", async () => {
  mac = createMac();
  await install(mac, { triggers: [] });
  const { pid } = (await runningHelper(mac)) ?? {};
  mac.forgetCalls();
  const upgrade = planInstall(wishFor(mac, { version: "2", triggers: [] }));
  const marked = { ...mac.machine, environment: { ...mac.machine.environment, LOOPD_JOB: HELPER } };
  const byLaunchd = { ...mac.machine, environment: { ...mac.machine.environment, XPC_SERVICE_NAME: HELPER } };
  const child = { ...mac.machine, pid: pid ?? 0 };
  for (const machine of [marked, byLaunchd, child]) {
    expect(await applyPlan(upgrade, machine)).toMatchObject({ changes: [], trouble: { reason: "inside" } });
    const jobs = unwantedJobs(wishFor(mac));
    expect(await uninstall({ platform: "darwin", home: mac.home, jobs }, machine)).toMatchObject({
      trouble: { reason: "inside" },
    });
  }
  expect(mac.changes()).toEqual([]);
  expect((await applyPlan(planTick(wishFor(mac, { triggers: [DAILY] })), marked)).trouble).toBeUndefined();
  expect(mac.job(TICK)).toBeDefined();

  const wish = wishFor(mac);
  const job = planHandOff(wish, [join(mac.home, "program.mjs"), "hand-off", "install"]);
  for (const times of [1, 2]) {
    expect(await handOff(job, "darwin", marked)).toBeUndefined();
    await untilJob(
      () => startsOf(mac.home, "hand-off"),
      (starts) => starts.length === times,
    );
  }
  expect(startsOf(mac.home, "hand-off")[0]).toMatchObject({ words: ["install"] });
  expect(mac.job(HELPER)?.pid).toBe(pid);
  expect(mac.agents()).toEqual([`${HELPER}.plist`]);
});

test("a real descendant of the helper is inside, whatever its environment says", async () => {
  mac = createMac();
  await install(mac, { triggers: [] });
  const pid = (await runningHelper(mac))?.pid ?? 0;
  expect(await isInside(mac.machine, HELPER, pid)).toBe(false);
  expect(await isInside(mac.machine, HELPER, process.ppid)).toBe(true);
  expect(await isInside(mac.machine, HELPER, process.pid)).toBe(true);
});
