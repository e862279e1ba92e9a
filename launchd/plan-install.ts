import { join } from "node:path";
import type { InstallPlan, InstallWish, UnwantedJob, WantedFile, WantedJob } from "./install-plan.ts";
import type { Job, JobRole } from "./job.ts";
import { jobEnvironment } from "./job-environment.ts";
import { labelOf } from "./labels.ts";
import { handOffAgent, helperAgent, tickAgent } from "./launchd-agent.ts";
import { onCalendar } from "./on-calendar.ts";
import { propertyListOf } from "./property-list.ts";
import { helperUnit, onceUnit, tickTimer } from "./systemd-units.ts";
import { tickSchedule } from "./tick-schedule.ts";

const DESCRIPTIONS: Readonly<Record<JobRole, string>> = {
  helper: "loopd helper",
  tick: "loopd tick: has the helper look at the clock",
  "hand-off": "loopd: does what the helper cannot do to itself",
};

/**
 * The jobs and files of an installation: the helper, and the tick if a routine waits for the clock. A pure function.
 * @throws LoopdError `invalid-params` for a path that the system could not be given.
 */
export function planInstall(wish: InstallWish): InstallPlan {
  const tick = planTick(wish);
  return { ...tick, wanted: [helperJob(wish), ...tick.wanted] };
}

/**
 * The tick alone: what the helper brings about by itself at its start and whenever routines change, since that touches
 * no file in `~/Library/LaunchAgents`.
 * @throws LoopdError `invalid-params`.
 */
export function planTick(wish: InstallWish): InstallPlan {
  const { platform, home, version } = wish;
  const job = tickJob(wish);
  const environment = jobEnvironment(wish.environment, home, platform);
  const common = { platform, home, version, environment };
  return job === undefined
    ? { ...common, wanted: [], unwanted: [unwantedJob(wish, "tick")] }
    : { ...common, wanted: [job], unwanted: [] };
}

/**
 * A job of its own that runs Node once with these arguments, outside of the helper (`handOff`).
 * @throws LoopdError `invalid-params`.
 */
export function planHandOff(wish: InstallWish, words: readonly string[]): WantedJob {
  const job = jobOf(wish, "hand-off", words);
  const text = wish.platform === "darwin" ? propertyListOf(handOffAgent(job)) : onceUnit(job);
  return wantedJob(wish, "hand-off", [text]);
}

/** Everything that an installation of this home may have put on the machine, whatever its routines are. */
export function unwantedJobs(place: Place): UnwantedJob[] {
  return (["hand-off", "tick", "helper"] as const).map((role) => unwantedJob(place, role));
}

/** With what systemd itself leaves behind: what it enabled, and when a timer last elapsed. */
function unwantedJob(place: Place, role: JobRole): UnwantedJob {
  const unit = unitOf(place, role);
  const traces = [
    join(place.person, ".config", "systemd", "user", "default.target.wants", unit),
    join(place.person, ".config", "systemd", "user", "timers.target.wants", unit),
    join(place.person, ".local", "share", "systemd", "timers", `stamp-${unit}`),
  ];
  const paths = [...pathsOf(place, role), ...(place.platform === "linux" ? traces : [])];
  return { label: labelOf(place, role), unit, paths };
}

function helperJob(wish: InstallWish): WantedJob {
  const job = jobOf(wish, "helper", wish.helper);
  return wantedJob(wish, "helper", [wish.platform === "darwin" ? propertyListOf(helperAgent(job)) : helperUnit(job)]);
}

function tickJob(wish: InstallWish): WantedJob | undefined {
  const job = jobOf(wish, "tick", wish.tick);
  if (wish.platform === "darwin") {
    const schedule = tickSchedule(wish.triggers, wish.zone);
    return schedule && wantedJob(wish, "tick", [propertyListOf(tickAgent(job, schedule))]);
  }
  const lines = onCalendar(wish.triggers);
  return lines.length === 0 ? undefined : wantedJob(wish, "tick", [tickTimer(job, lines), onceUnit(job)]);
}

function jobOf(wish: InstallWish, role: JobRole, words: readonly string[]): Job {
  return {
    role,
    label: labelOf(wish, role),
    description: DESCRIPTIONS[role],
    command: [wish.node, ...words],
    environment: jobEnvironment(wish.environment, wish.home, wish.platform),
    errorLog: join(wish.home, "logs", `${role}.stderr.log`),
  };
}

function wantedJob(wish: InstallWish, role: JobRole, texts: readonly [string, ...string[]]): WantedJob {
  const paths = pathsOf(wish, role);
  const fileOf = (text: string, place: number): WantedFile => ({ path: paths[place] ?? "", text, mode: 0o644 });
  const [first, ...others] = texts;
  return {
    role,
    label: labelOf(wish, role),
    unit: unitOf(wish, role),
    files: [fileOf(first, 0), ...others.map((text, i) => fileOf(text, i + 1))],
  };
}

type Place = Pick<InstallWish, "platform" | "person" | "home" | "usualHome">;

function unitOf(place: Place, role: JobRole): string {
  const label = labelOf(place, role);
  if (place.platform === "darwin") return label;
  return `${label}.${role === "tick" ? "timer" : "service"}`;
}

/** Only the helper's agent is where macOS looks at login, and where each change is shown to the person. */
function pathsOf(place: Place, role: JobRole): string[] {
  const label = labelOf(place, role);
  if (place.platform === "linux") {
    const folder = join(place.person, ".config", "systemd", "user");
    const service = join(folder, `${label}.service`);
    return role === "tick" ? [join(folder, `${label}.timer`), service] : [service];
  }
  const folder = role === "helper" ? join(place.person, "Library", "LaunchAgents") : join(place.home, "launchd");
  return [join(folder, `${label}.plist`)];
}
