/**
 * - `helper`: the helper, kept alive.
 * - `tick`: asks the helper to look at the clock, and starts it if it is down.
 * - `hand-off`: does once, outside of the helper, what the helper cannot do to itself.
 */
export type JobRole = "helper" | "tick" | "hand-off";

/** Something that the system runs for us, in the words of neither launchd nor systemd. */
export interface Job {
  role: JobRole;
  /** Name by which the system knows it. */
  label: string;
  /** One line for a person. */
  description: string;
  /** Absolute path of the program, then its arguments. */
  command: readonly [string, ...string[]];
  /** Everything the job needs to know; never a secret, for the file can be read by others. */
  environment: Readonly<Record<string, string>>;
  /** File that takes what the job says on standard error: all there is of a start that fails early. */
  errorLog: string;
}

/** Seconds that a helper has to end after it was asked to. */
export const EXIT_SECONDS = 30;
/** Least seconds between two starts of a helper that keeps failing. */
export const RESTART_SECONDS = 10;
/** Seconds between two ticks where no calendar says when. */
export const TICK_SECONDS = 300;
/** Variable that tells a process which of our jobs it is. */
export const JOB_MARK = "LOOPD_JOB";
