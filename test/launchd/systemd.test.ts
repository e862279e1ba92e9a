import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { applyPlan, uninstall } from "../../launchd/apply-plan.ts";
import { handOff, startInstalled } from "../../launchd/hand-off.ts";
import type { InstallWish } from "../../launchd/install-plan.ts";
import { installStatus } from "../../launchd/install-status.ts";
import { planHandOff, planInstall, unwantedJobs } from "../../launchd/plan-install.ts";
import { untilJob } from "../fakes/launchctl.ts";
import { createLinux, type FakeLinux } from "../fakes/systemctl.ts";
import { DAILY, install, startsOf, waitingIn, wishFor } from "./installation.ts";

const HELPER = "dev.loopd.helper.service";
const TICK = "dev.loopd.tick.timer";

let linux: FakeLinux;
afterEach(() => linux.close());

const wish = (changed: Partial<InstallWish> = {}) => wishFor(linux, { platform: "linux", ...changed });
const installHere = (changed: Partial<InstallWish> = {}) => install(linux, { platform: "linux", ...changed });
const unitOf = (name: string) => join(linux.person, ".config", "systemd", "user", name);
const running = () => linux.until(HELPER, (job) => job?.state === "running");

test("install writes a service and a timer, and both are enabled and there", async () => {
  linux = createLinux();
  const { changes, trouble } = await installHere();
  expect(trouble).toBeUndefined();
  expect(changes).toEqual([
    `wrote ${unitOf(HELPER)}`,
    "loaded dev.loopd.helper",
    `wrote ${unitOf(TICK)}`,
    `wrote ${unitOf("dev.loopd.tick.service")}`,
    "loaded dev.loopd.tick",
  ]);
  expect(statSync(unitOf(HELPER)).mode & 0o777).toBe(0o644);
  expect(linux.timer(TICK)).toContainEqual(["OnCalendar", "*-*-* 09:00:00 Europe/Berlin"]);
  const [started] = await untilJob(
    () => startsOf(linux.home, "helper"),
    (starts) => starts.length > 0,
  );
  expect(started).toMatchObject({ words: ["$HOME", "a b"], folder: "/", umask: 0o077 });
  expect(started?.environment).toMatchObject({ LOOPD_HOME: linux.home, LOOPD_JOB: "dev.loopd.helper" });
  expect(readFileSync(unitOf(HELPER), "utf8")).not.toContain("sk-secret");
  const reports = await installStatus(planInstall(wish()), linux.machine);
  expect(reports.map(({ isFine }) => isFine)).toEqual([true, true]);
  linux.forgetCalls();
  expect(await installHere()).toEqual({ changes: [] });
  expect(linux.changes()).toEqual([]);
});

test("a home with a hostile name is started with that very name", async () => {
  linux = createLinux({ name: `Ada's "100%h" $HOME 🦊` });
  expect((await installHere()).trouble).toBeUndefined();
  const [started] = await untilJob(
    () => startsOf(linux.home, "helper"),
    (starts) => starts.length > 0,
  );
  expect(started?.environment.LOOPD_HOME).toBe(linux.home);
});

test("a changed routine changes the timer alone, another version restarts the helper, another Node replaces the unit", async () => {
  linux = createLinux();
  await installHere();
  const pid = (await running())?.pid;
  linux.forgetCalls();
  await installHere({ triggers: [{ ...DAILY, zone: "America/New_York" }] });
  expect(linux.changes()).toEqual([`stop ${TICK}`, "daemon-reload", `enable ${TICK}`, `restart ${TICK}`]);
  expect(linux.timer(TICK)).toContainEqual(["OnCalendar", "*-*-* 09:00:00 America/New_York"]);
  expect(linux.job(HELPER)?.pid).toBe(pid);
  linux.forgetCalls();
  await installHere({ version: "2", triggers: [] });
  expect(linux.changes()).toEqual([`disable --now ${TICK}`, "daemon-reload", `restart ${HELPER}`]);
  await linux.until(HELPER, (job) => job?.state === "running" && job.pid !== pid);
  linux.forgetCalls();
  await installHere({ version: "2", triggers: [], node: "/proc/self/exe" });
  expect(linux.changes()).toEqual([`stop ${HELPER}`, "daemon-reload", `enable ${HELPER}`, `restart ${HELPER}`]);
});

test("uninstall leaves nothing but the home", async () => {
  linux = createLinux();
  await installHere();
  await running();
  const enabled = unitOf("timers.target.wants");
  const stamps = join(linux.person, ".local/share/systemd/timers");
  for (const folder of [enabled, stamps]) mkdirSync(folder, { recursive: true });
  symlinkSync(unitOf(TICK), join(enabled, TICK));
  writeFileSync(join(stamps, `stamp-${TICK}`), "");
  const gone = await uninstall({ platform: "linux", home: linux.home, jobs: unwantedJobs(wish()) }, linux.machine);
  expect(gone.trouble).toBeUndefined();
  expect(readdirSync(unitOf("."), { recursive: true })).toEqual(["timers.target.wants"]);
  expect(readdirSync(stamps)).toEqual([]);
  expect([linux.job(HELPER), linux.timer(TICK)]).toEqual([undefined, undefined]);
  expect(await uninstall({ platform: "linux", home: linux.home, jobs: unwantedJobs(wish()) }, linux.machine)).toEqual({
    changes: [],
  });
});

test.each(["masked", "disabled"] as const)("a unit that the person has %s stays so", async (state) => {
  linux = createLinux();
  await installHere({ triggers: [] });
  linux.set(HELPER, state);
  linux.forgetCalls();
  const { trouble } = await installHere({ triggers: [], version: "2" });
  expect(trouble).toMatchObject({ reason: "switched-off" });
  expect(trouble?.mend).toContain("systemctl --user unmask");
  expect(linux.changes()).toEqual([]);
});

test("without a session of systemd the unit waits in its place", async () => {
  linux = createLinux();
  linux.settings({ hasSession: false });
  const { trouble, changes } = await installHere();
  expect(trouble).toMatchObject({ reason: "no-session" });
  expect(trouble?.mend).toContain("loginctl enable-linger");
  expect(changes).toEqual([`wrote ${unitOf(HELPER)}`]);
  linux.settings({ hasSession: true });
  expect((await installHere()).trouble).toBeUndefined();
  await running();
  rmSync(join(linux.machine.root, "usr/bin/systemctl"));
  expect((await installStatus(planInstall(wish()), linux.machine))[0]).toMatchObject({ isFine: false });
});

test("a helper that fails is started again; one that was stopped is started through systemd", async () => {
  linux = createLinux();
  writeFileSync(join(linux.home, "crashes"), "");
  await installHere({ triggers: [] });
  await linux.until(HELPER, (job) => (job?.runs ?? 0) >= 2);
  rmSync(join(linux.home, "crashes"));
  const [pid = 0] = await untilJob(
    () => waitingIn(linux.home),
    (waiting) => waiting.length > 0,
  );
  process.kill(pid, "SIGTERM");
  await linux.until(HELPER, (job) => job?.state === "not running" && job.lastExit === 0);
  expect(await startInstalled(HELPER, "linux", linux.machine)).toBeUndefined();
  await running();
  expect(await startInstalled("dev.loopd.other.service", "linux", linux.machine)).toMatchObject({ reason: "refused" });
});

test("a hand-off runs as a unit of its own", async () => {
  linux = createLinux();
  mkdirSync(join(linux.home, "logs"));
  const job = planHandOff(wish(), [join(linux.home, "program.mjs"), "hand-off"]);
  expect(await handOff(job, "linux", linux.machine)).toBeUndefined();
  const [started] = await untilJob(
    () => startsOf(linux.home, "hand-off"),
    (starts) => starts.length > 0,
  );
  expect(started?.environment.LOOPD_JOB).toBe("dev.loopd.hand-off");
  const inside = { ...linux.machine, environment: { ...linux.machine.environment, LOOPD_JOB: "dev.loopd.helper" } };
  await installHere({ triggers: [] });
  await running();
  expect(await applyPlan(planInstall(wish({ version: "2" })), inside)).toMatchObject({ trouble: { reason: "inside" } });
});
