import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { applyPlan, uninstall } from "../../launchd/apply-plan.ts";
import { installStatus } from "../../launchd/install-status.ts";
import { planInstall, planTick, unwantedJobs } from "../../launchd/plan-install.ts";
import { createMac, type FakeMac, untilJob } from "../fakes/launchctl.ts";
import { DAILY, HELPER, install, startsOf, TICK, wishFor } from "./installation.ts";
import { hasNoPython, readWithPython } from "./python-plistlib.ts";

let mac: FakeMac;
afterEach(() => mac.close());

const agentOf = ({ person }: FakeMac) => join(person, "Library", "LaunchAgents", `${HELPER}.plist`);
const tickOf = ({ home }: FakeMac) => join(home, "launchd", `${TICK}.plist`);
const runningHelper = (of: FakeMac) => of.until(HELPER, (job) => job?.state === "running");
const firstStart = async (of: FakeMac) =>
  (
    await untilJob(
      () => startsOf(of.home, "helper"),
      (starts) => starts.length > 0,
    )
  )[0];

test("install writes one list at login's place and one into the home, and both jobs are there", async () => {
  mac = createMac();
  const { changes, trouble } = await install(mac);
  expect(trouble).toBeUndefined();
  expect(changes).toEqual([`wrote ${agentOf(mac)}`, `loaded ${HELPER}`, `wrote ${tickOf(mac)}`, `loaded ${TICK}`]);
  expect(mac.agents()).toEqual([`${HELPER}.plist`]);
  expect(mac.changes()).toEqual([
    `enable gui/501/${HELPER}`,
    `bootstrap gui/501 ${agentOf(mac)}`,
    `enable gui/501/${TICK}`,
    `bootstrap gui/501 ${tickOf(mac)}`,
  ]);
  for (const path of [agentOf(mac), tickOf(mac)]) expect(statSync(path).mode & 0o777).toBe(0o644);
  const started = await firstStart(mac);
  expect(started).toMatchObject({ words: ["$HOME", "a b"], folder: "/", umask: 0o077 });
  expect(started?.environment).toMatchObject({
    LOOPD_HOME: mac.home,
    LOOPD_JOB: HELPER,
    LANG: "de_DE.UTF-8",
    PATH: "/opt/mine:/usr/bin:/opt/homebrew/bin:/usr/local/bin:/bin:/usr/sbin:/sbin",
  });
  expect(started?.environment).not.toHaveProperty("ANTHROPIC_API_KEY");
  await untilJob(
    () => readFileSync(join(mac.home, "logs", "helper.stderr.log"), "utf8"),
    (log) => log.includes("complains"),
  );
  expect(startsOf(mac.home, "tick")).toEqual([]);
  const reports = await installStatus(planInstall(wishFor(mac)), mac.machine);
  expect(reports.map(({ isFine, words }) => [isFine, words])).toEqual([
    [true, `${HELPER} is installed and runs as process ${mac.job(HELPER)?.pid}.`],
    [true, `${TICK} is installed and waits for its time.`],
  ]);
});

test.skipIf(hasNoPython)("another parser finds in the lists what was meant, and no secret", async () => {
  mac = createMac({ name: `Ada "<&>' 🦊 </string>`.replaceAll("/", "∕") });
  const meant = wishFor(mac);
  expect((await install(mac)).trouble).toBeUndefined();
  const environment = {
    LOOPD_HOME: mac.home,
    PATH: "/opt/mine:/usr/bin:/opt/homebrew/bin:/usr/local/bin:/bin:/usr/sbin:/sbin",
    LANG: "de_DE.UTF-8",
  };
  const common = {
    WorkingDirectory: "/",
    Umask: 63,
    ProcessType: "Interactive",
    LimitLoadToSessionType: "Aqua",
  };
  expect(readWithPython([agentOf(mac), tickOf(mac)].map((path) => readFileSync(path, "utf8")))).toEqual([
    {
      ...common,
      Label: HELPER,
      ProgramArguments: [process.execPath, ...meant.helper],
      EnvironmentVariables: { ...environment, LOOPD_JOB: HELPER },
      StandardErrorPath: join(mac.home, "logs", "helper.stderr.log"),
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      ExitTimeOut: 30,
    },
    {
      ...common,
      Label: TICK,
      ProgramArguments: [process.execPath, ...meant.tick],
      EnvironmentVariables: { ...environment, LOOPD_JOB: TICK },
      StandardErrorPath: join(mac.home, "logs", "tick.stderr.log"),
      StartCalendarInterval: { Hour: 9, Minute: 0 },
    },
  ]);
  expect((await firstStart(mac))?.environment.LOOPD_HOME).toBe(mac.home);
});

test("installing again changes nothing", async () => {
  mac = createMac();
  await install(mac);
  const { pid } = (await runningHelper(mac)) ?? {};
  const times = [agentOf(mac), tickOf(mac)].map((path) => statSync(path).mtimeMs);
  mac.forgetCalls();
  expect(await install(mac)).toEqual({ changes: [] });
  expect(mac.changes()).toEqual([]);
  expect([agentOf(mac), tickOf(mac)].map((path) => statSync(path).mtimeMs)).toEqual(times);
  expect(mac.job(HELPER)?.pid).toBe(pid);
});

test("another version restarts the helper and writes no file", async () => {
  mac = createMac();
  await install(mac);
  const { pid } = (await runningHelper(mac)) ?? {};
  mac.forgetCalls();
  const before = await installStatus(planInstall(wishFor(mac, { version: "2" })), mac.machine);
  expect(before[0]).toMatchObject({ isFine: false, isCurrent: false, mend: "loopd helper install" });
  expect(await install(mac, { version: "2" })).toEqual({ changes: [`restarted ${HELPER}: it runs 2 now`] });
  expect(mac.changes()).toEqual([`kickstart -k gui/501/${HELPER}`]);
  await mac.until(HELPER, (job) => job?.state === "running" && job.pid !== pid);
  expect(await install(mac, { version: "2" })).toEqual({ changes: [] });
});

test("another Node is another file: the old job goes, and has gone, before the new one comes", async () => {
  mac = createMac();
  writeFileSync(join(mac.home, "slow"), "");
  await install(mac);
  await firstStart(mac);
  const node = join(mac.home, "node");
  symlinkSync(process.execPath, node);
  mac.forgetCalls();
  const { changes, trouble } = await install(mac, { node, triggers: [] });
  expect(trouble).toBeUndefined();
  expect(changes).toContain(`loaded anew ${HELPER}`);
  expect(mac.changes()).toEqual([
    `bootout gui/501/${TICK}`,
    `bootout gui/501/${HELPER}`,
    `enable gui/501/${HELPER}`,
    `bootstrap gui/501 ${agentOf(mac)}`,
  ]);
});

test("routines change the tick alone, and the last one takes it away", async () => {
  mac = createMac();
  await install(mac);
  const { pid } = (await runningHelper(mac)) ?? {};
  mac.forgetCalls();
  const weekly = { ...DAILY, expression: "0 9 * * mon" };
  await applyPlan(planTick(wishFor(mac, { triggers: [DAILY, weekly] })), mac.machine);
  expect(mac.changes()).toEqual([]);
  await applyPlan(planTick(wishFor(mac, { triggers: [weekly] })), mac.machine);
  expect(mac.changes()).toEqual([
    `bootout gui/501/${TICK}`,
    `enable gui/501/${TICK}`,
    `bootstrap gui/501 ${tickOf(mac)}`,
  ]);
  await applyPlan(planTick(wishFor(mac, { triggers: [] })), mac.machine);
  expect(mac.job(TICK)).toBeUndefined();
  expect(existsSync(tickOf(mac))).toBe(false);
  expect(mac.job(HELPER)?.pid).toBe(pid);
});

test("uninstall leaves nothing but the home", async () => {
  mac = createMac();
  await install(mac);
  await runningHelper(mac);
  const jobs = unwantedJobs(wishFor(mac));
  const { changes, trouble } = await uninstall({ platform: "darwin", home: mac.home, jobs }, mac.machine);
  expect(trouble).toBeUndefined();
  expect(changes).toEqual([
    `unloaded ${TICK}`,
    `removed ${tickOf(mac)}`,
    `unloaded ${HELPER}`,
    `removed ${agentOf(mac)}`,
  ]);
  expect([mac.job(HELPER), mac.job(TICK)]).toEqual([undefined, undefined]);
  expect(mac.agents()).toEqual([]);
  expect(readdirSync(join(mac.home, "launchd"))).toEqual([]);
  expect(await uninstall({ platform: "darwin", home: mac.home, jobs }, mac.machine)).toEqual({ changes: [] });
  expect((await installStatus(planInstall(wishFor(mac)), mac.machine))[0]).toMatchObject({
    isFine: false,
    words: `${HELPER} is not installed.`,
  });
});

test("what was cut short, moved, linked or opened to others is mended", async () => {
  mac = createMac();
  await install(mac);
  const agent = agentOf(mac);
  const elsewhere = join(mac.person, "dotfiles.plist");
  renameSync(agent, elsewhere);
  symlinkSync(elsewhere, agent);
  expect((await install(mac)).changes).toContain(`wrote ${agent}`);
  chmodSync(agent, 0o666);
  expect((await install(mac)).changes).toEqual([`wrote ${agent}`, `loaded anew ${HELPER}`]);
  expect(statSync(agent).mode & 0o777).toBe(0o644);
  rmSync(agent);
  expect((await install(mac)).changes).toEqual([`wrote ${agent}`, `loaded anew ${HELPER}`]);
  // As after a crash between the old job's end and the new one's start.
  process.kill(mac.job(HELPER)?.keeper ?? 0, "SIGTERM");
  await mac.until(HELPER, (job) => job === undefined);
  expect((await install(mac)).changes).toEqual([`loaded ${HELPER}`]);
  await runningHelper(mac);
});

test("two homes on one machine have jobs of their own", async () => {
  mac = createMac();
  await install(mac);
  const second = { ...mac, home: join(mac.home, "second") };
  mkdirSync(second.home);
  expect((await install(second, { usualHome: mac.home })).trouble).toBeUndefined();
  expect(mac.agents()).toHaveLength(2);
  await untilJob(
    () => startsOf(second.home, "helper"),
    (starts) => starts.length === 1,
  );
  expect(startsOf(mac.home, "helper")).toHaveLength(1);
});

test("two installers at once come to one helper", async () => {
  mac = createMac();
  const both = await Promise.all([install(mac), install(mac)]);
  expect(both.map(({ trouble }) => trouble)).toEqual([undefined, undefined]);
  await runningHelper(mac);
  expect(await install(mac)).toEqual({ changes: [] });
});
