import { supervisorOf } from "./apply-plan.ts";
import type { InstallPlan, WantedJob } from "./install-plan.ts";
import { readInstalled } from "./installed.ts";
import type { JobRole } from "./job.ts";
import type { Machine } from "./machine.ts";
import { isTrouble, type JobState, type Supervisor, type Trouble } from "./supervisor.ts";
import { type Present, presentAt } from "./wanted-files.ts";

/** How one job of an installation stands. */
export interface JobReport {
  role: JobRole;
  label: string;
  /** Whether its files are there and say what they should. */
  files: Present;
  /** What the system says of it; absent where it cannot be asked. */
  state?: JobState;
  /** Whether it runs what is installed; false after an upgrade that has not been applied. */
  isCurrent: boolean;
  isFine: boolean;
  /** All of that in one sentence. */
  words: string;
  /** The command that mends it. */
  mend?: string;
}

/** Looks at every job of a plan, and changes nothing. */
export async function installStatus(plan: InstallPlan, machine: Machine): Promise<JobReport[]> {
  const supervisor = supervisorOf(plan.platform, machine);
  const installed = await readInstalled(plan.home);
  return Promise.all(plan.wanted.map((job) => reportOf(job, supervisor, installed.jobs[job.label] === plan.version)));
}

async function reportOf(job: WantedJob, supervisor: Supervisor, isCurrent: boolean): Promise<JobReport> {
  const [answer, all] = await Promise.all([supervisor.stateOf(job.unit), Promise.all(job.files.map(presentAt))]);
  const files: Present = all.find((present) => present !== "same") ?? "same";
  const common = { role: job.role, label: job.label, files, isCurrent };
  if (isTrouble(answer)) return { ...common, isFine: false, words: answer.words, mend: answer.mend };
  const problem = problemOf(job.label, answer, files, isCurrent || job.role !== "helper");
  const runs = answer.pid === undefined ? "waits for its time" : `runs as process ${answer.pid}`;
  const words =
    problem?.words ??
    `${job.label} is installed and ${job.role === "helper" && answer.pid === undefined ? "is stopped" : runs}.`;
  const mend = problem === undefined ? {} : { mend: problem.mend };
  return { ...common, state: answer, isFine: problem === undefined, words, ...mend };
}

function problemOf(
  label: string,
  state: JobState,
  files: Present,
  isCurrent: boolean,
): Pick<Trouble, "words" | "mend"> | undefined {
  const install = (words: string) => ({ words, mend: "loopd helper install" });
  if (state.isAllowed === "never") {
    return {
      words: `${label} is switched off, and loopd leaves it so.`,
      mend: "allow it in the system's settings, then: loopd helper install",
    };
  }
  if (files === "missing") return install(`${label} is not installed.`);
  if (files === "other") return install(`The file of ${label} is not the one of this version.`);
  if (!state.isLoaded) {
    const exit = state.lastExit === undefined ? "" : ` It last ended with ${state.lastExit}.`;
    return install(`${label} is installed, and the system has not loaded it.${exit}`);
  }
  return isCurrent ? undefined : install(`${label} still runs an earlier version.`);
}
