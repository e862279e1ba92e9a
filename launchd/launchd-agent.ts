import { EXIT_SECONDS, type Job, JOB_MARK, RESTART_SECONDS } from "./job.ts";
import type { LaunchdKeys } from "./launchd-keys.ts";
import type { TickSchedule } from "./tick-schedule.ts";

/** What every agent of ours has in common. Without a process type, launchd would throttle it like background work. */
function agentOf({ label, command, environment, errorLog }: Job): LaunchdKeys {
  return {
    Label: label,
    ProgramArguments: [...command],
    EnvironmentVariables: { ...environment, [JOB_MARK]: label },
    WorkingDirectory: "/",
    StandardErrorPath: errorLog,
    Umask: 0o077,
    ProcessType: "Interactive",
    LimitLoadToSessionType: "Aqua",
  };
}

/**
 * The agent that runs the helper from login on. One that ends with 0 was told to, or found another helper in its home;
 * it is left alone. One that ends otherwise is started again.
 */
export function helperAgent(job: Job): LaunchdKeys {
  return {
    ...agentOf(job),
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: RESTART_SECONDS,
    ExitTimeOut: EXIT_SECONDS,
  };
}

/** The agent that asks the helper to look at the clock when a routine is due. */
export function tickAgent(job: Job, { calendar, everySeconds }: TickSchedule): LaunchdKeys {
  return {
    ...agentOf(job),
    ...(everySeconds === undefined ? {} : { StartInterval: everySeconds }),
    ...(calendar.length === 0 ? {} : { StartCalendarInterval: [...calendar] }),
  };
}

/** The agent that runs one command, now, as a job of its own. */
export function handOffAgent(job: Job): LaunchdKeys {
  return { ...agentOf(job), RunAtLoad: true };
}
