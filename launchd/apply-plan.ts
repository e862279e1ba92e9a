import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isInside } from "./inside.ts";
import { type Installed, readInstalled, removeInstalled, writeInstalled } from "./installed.ts";
import type { InstallPlan, Platform, UnwantedJob, WantedJob } from "./install-plan.ts";
import { switchedOff as switchedOffAgent } from "./launchctl-codes.ts";
import { launchdSupervisor } from "./launchd-supervisor.ts";
import type { Machine } from "./machine.ts";
import { isTrouble, type JobState, type Supervisor, type Trouble } from "./supervisor.ts";
import { switchedOff as switchedOffUnit, systemdSupervisor } from "./systemd-supervisor.ts";
import { isSamePath, presentAt, removeFile, writeWanted } from "./wanted-files.ts";

/** What came of it: what was changed, one line each, and what stood in the way. Nothing of both: all was as wanted. */
export interface Applied {
  changes: string[];
  trouble?: Trouble;
}

/** The keeper of jobs of a platform. */
export function supervisorOf(platform: Platform, machine: Machine): Supervisor {
  return platform === "darwin" ? launchdSupervisor(machine) : systemdSupervisor(machine);
}

/**
 * Makes the machine as the plan says: installs, upgrades, repairs, or finds that there is nothing to do. Writes only files
 * that differ, restarts only jobs that would run something else than before, and leaves alone what the person switched off.
 * Cut short at any point, the next call completes it.
 * @throws LoopdError `home-unusable` or `store-full` for files; what the system answers is `trouble`.
 */
export async function applyPlan(plan: InstallPlan, machine: Machine): Promise<Applied> {
  const supervisor = supervisorOf(plan.platform, machine);
  const before = await readInstalled(plan.home);
  const jobs = { ...before.jobs };
  const changes: string[] = [];
  const withJobs = (): Installed => ({ jobs, environment: { ...plan.environment } });
  await mkdir(join(plan.home, "logs"), { recursive: true, mode: 0o700 });
  try {
    for (const job of plan.unwanted) {
      delete jobs[job.label];
      const trouble = await removeJob(job, supervisor, machine, changes);
      if (trouble !== undefined) return { changes, trouble };
    }
    for (const job of plan.wanted) {
      const trouble = await bringAbout(job, { plan, machine, supervisor, startedAs: before.jobs[job.label], changes });
      if (trouble !== undefined) return { changes, trouble };
      jobs[job.label] = plan.version;
    }
    return { changes };
  } finally {
    if (JSON.stringify(withJobs()) !== JSON.stringify(before)) await writeInstalled(plan.home, withJobs());
  }
}

/**
 * Takes everything of loopd off the machine but the home with what is in it. Jobs that were switched off go, too.
 * @throws LoopdError `home-unusable`.
 */
export async function uninstall(
  { platform, home, jobs }: { platform: Platform; home: string; jobs: readonly UnwantedJob[] },
  machine: Machine,
): Promise<Applied> {
  const supervisor = supervisorOf(platform, machine);
  const changes: string[] = [];
  for (const job of jobs) {
    const trouble = await removeJob(job, supervisor, machine, changes);
    if (trouble !== undefined) return { changes, trouble };
  }
  await removeInstalled(home);
  return { changes };
}

type Doing = {
  plan: InstallPlan;
  machine: Machine;
  supervisor: Supervisor;
  /** The version it was last started with. */
  startedAs: string | undefined;
  changes: string[];
};

async function bringAbout(job: WantedJob, doing: Doing): Promise<Trouble | undefined> {
  const { plan, machine, supervisor, startedAs, changes } = doing;
  const state = await supervisor.stateOf(job.unit);
  if (isTrouble(state)) return state.reason === "no-session" ? waitForLogin(job, state, changes) : state;
  if (state.isAllowed === "never" || (state.isAllowed === "no" && startedAs !== undefined)) {
    return plan.platform === "darwin" ? switchedOffAgent(machine.uid, job.label) : switchedOffUnit(job.unit);
  }
  const isAsWanted = (await Promise.all(job.files.map(presentAt))).every((present) => present === "same");
  const isRightFile = state.file === undefined || (await isSamePath(state.file, job.files[0].path));
  if (isAsWanted && state.isLoaded && !state.isEnding && isRightFile) {
    if (job.role !== "helper" || startedAs === plan.version || state.pid === undefined) return undefined;
    if (await isInside(machine, job.label, state.pid)) return inside(job);
    changes.push(`restarted ${job.label}: it runs ${plan.version} now`);
    return supervisor.restart(job.unit);
  }
  if (state.isLoaded && (await isInside(machine, job.label, state.pid))) return inside(job);
  return replace(job, state, doing);
}

/** The old job first, then the file: whatever is cut short, a file and a job never disagree unnoticed. */
async function replace(job: WantedJob, state: JobState, doing: Doing): Promise<Trouble | undefined> {
  const { supervisor, changes } = doing;
  const stopped = state.isLoaded ? await supervisor.unload(job.unit, "for-now") : undefined;
  if (stopped !== undefined) return stopped;
  try {
    await writeDiffering(job, changes);
  } catch (error) {
    if (state.isLoaded) await supervisor.load(job);
    throw error;
  }
  const trouble = await supervisor.load(job);
  if (trouble === undefined) changes.push(`${state.isLoaded ? "loaded anew" : "loaded"} ${job.label}`);
  return trouble;
}

/** Nobody is logged in: what is read at login is put there, the rest is for then. */
async function waitForLogin(job: WantedJob, trouble: Trouble, changes: string[]): Promise<Trouble> {
  if (job.role === "helper") await writeDiffering(job, changes);
  return trouble;
}

async function writeDiffering(job: WantedJob, changes: string[]): Promise<void> {
  for (const file of job.files) {
    if ((await presentAt(file)) === "same") continue;
    await writeWanted(file);
    changes.push(`wrote ${file.path}`);
  }
}

/** A job of which this process is part is left alone; so is one that is not there. */
async function removeJob(
  { label, unit, paths }: UnwantedJob,
  supervisor: Supervisor,
  machine: Machine,
  changes: string[],
): Promise<Trouble | undefined> {
  const state = await supervisor.stateOf(unit);
  if (isTrouble(state) && state.reason !== "no-session") return state;
  if (!isTrouble(state) && state.isLoaded) {
    if (await isInside(machine, label, state.pid)) return label.includes(".hand-off") ? undefined : inside({ label });
    const trouble = await supervisor.unload(unit, "for-good");
    if (trouble !== undefined) return trouble;
    changes.push(`unloaded ${label}`);
  }
  const removed = [];
  for (const path of paths) if (await removeFile(path)) removed.push(`removed ${path}`);
  if (removed.length > 0) await supervisor.filesChanged();
  changes.push(...removed);
  return undefined;
}

function inside({ label }: { label: string }): Trouble {
  return {
    reason: "inside",
    words: `This runs inside of ${label}, which would have to end for it, and would take this along half-way. Nothing was changed.`,
    mend: "run it in a terminal of your own: loopd helper install",
  };
}
