import type { WantedJob } from "./install-plan.ts";

/** Why something could not be done, in words for a person, with the command that mends it. */
export interface Trouble {
  /**
   * - `switched-off`: the person has switched the job off, and that is respected.
   * - `no-session`: there is nobody logged in for whom the system would run jobs.
   * - `inside`: this process is part of the job that would have to be restarted.
   * - `blocked`: the system took the job and dropped it again.
   * - `refused`: the system said no.
   */
  reason: "switched-off" | "no-session" | "inside" | "blocked" | "refused";
  words: string;
  /** Command, or what to do by hand. */
  mend: string;
  /** Exit code of launchctl or systemctl. */
  code?: number;
}

/** What the system knows of a job. */
export interface JobState {
  /** The job is there, whether a process of it runs or not. */
  isLoaded: boolean;
  /** Its process was told to end and has not ended yet. */
  isEnding: boolean;
  /**
   * `no`: the job would not come back at the next login. `never`: somebody has forbidden the system to run it.
   */
  isAllowed: "yes" | "no" | "never";
  /** Process that runs now. */
  pid?: number;
  /** File that the system read. */
  file?: string;
  /** How the last process ended, in the system's words. */
  lastExit?: string;
}

/** The system's own keeper of jobs: launchd, or systemd for a user. */
export interface Supervisor {
  /** What it knows of a job, or why it cannot be asked. */
  stateOf(unit: string): Promise<JobState | Trouble>;
  /** Takes a job from its file and starts what is to be started. */
  load(job: WantedJob): Promise<Trouble | undefined>;
  /**
   * Ends a job and waits until it is gone. `for-now` if it comes back at once, from another file.
   */
  unload(unit: string, until: "for-now" | "for-good"): Promise<Trouble | undefined>;
  /** Ends the process of a loaded job and starts it again. */
  restart(unit: string): Promise<Trouble | undefined>;
  /** Starts a loaded job, unless it runs. */
  start(unit: string): Promise<Trouble | undefined>;
  /** Lets the system see that files have come or gone. */
  filesChanged(): Promise<void>;
}

/** Whether it is what keeps something from being done. */
export function isTrouble(value: object | undefined): value is Trouble {
  return value !== undefined && "reason" in value;
}
