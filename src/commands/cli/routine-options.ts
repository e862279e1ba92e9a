import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { periodMs, periodSchema } from "../../protocol/period.ts";
import type { ParamsOf } from "../../protocol/requests.ts";
import { usage } from "./failure.ts";
import { wholeNumber } from "./options.ts";
import { addOverrideOptions, type OverrideFlags, overridesFrom } from "./override-options.ts";

/** Flags that define a routine. */
export interface RoutineFlags extends OverrideFlags {
  cron?: string;
  every?: string;
  at?: string;
  on?: string;
  when?: string;
  zone?: string;
  prompt?: string;
  catchUp?: "latest" | "all" | "skip";
  window?: string;
  overlap?: "skip" | "buffer-one" | "cancel-other";
  session?: "new" | "resume";
  workspace?: string;
  notify?: true | string;
  pauseAfter?: number;
  budget?: string;
}

type Changes = ParamsOf<"routine.edit">["changes"];
type Moment = NonNullable<Changes["notify"]>[number];
const MOMENTS: readonly Moment[] = ["finish", "failure", "approval"];

/** Adds the flags to a command. */
export function addRoutineOptions(command: Command): Command {
  command
    .option("--cron <expr>", 'five fields: "0 9 * * mon-fri", or @daily')
    .option("--every <time>", "a period, such as 2h or 15 minutes")
    .option("--at <time>", 'once: "tomorrow 15:00", 2027-01-31T09:00, 18:30')
    .option("--on <what>", "wake (the machine has slept), login (yours, at this machine), or file:GLOB")
    .option("--when <words>", 'in words: "weekdays at 9:00", "first monday 08:30"')
    .option("--zone <zone>", "the zone of the schedule, such as Europe/Berlin (default: this machine's)")
    .option("--prompt <text>", "what to ask each time")
    .addOption(
      new Option("--catch-up <which>", "which missed slots run afterwards (default: latest)").choices([
        "latest",
        "all",
        "skip",
      ]),
    )
    .option("--window <time>", "how old a slot may be to run afterwards (default: 24h)")
    .addOption(
      new Option("--overlap <how>", "what a slot does while a run is open (default: skip)").choices([
        "skip",
        "buffer-one",
        "cancel-other",
      ]),
    )
    .addOption(
      new Option("-s, --session <mode>", "a session for each run, or one for all (default: new)").choices([
        "new",
        "resume",
      ]),
    )
    .option("-w, --workspace <folder>", "the folder that it works in (default: this one)")
    .option("--budget <list>", "limits of each run, such as steps=10,tokens=50000,cost=0.5,time=10m")
    .option("--pause-after <n>", "pause it after so many failures in a row; 0 is never", wholeNumber(0, 1_000))
    .option("--notify [moments]", "tell me of finish,failure,approval (without a list: all; none: never)");
  return addOverrideOptions(command, "for every run");
}

/** The schedule that the flags give; undefined if none does. */
export function scheduleFrom({
  cron,
  every,
  at,
  on,
  when,
}: RoutineFlags): ParamsOf<"routine.add">["schedule"] | undefined {
  const schedule = { cron, every, at, on, when };
  return Object.values(schedule).every((value) => value === undefined) ? undefined : schedule;
}

/** What else the flags say. @throws LoopdError `usage` */
export function routineChanges(flags: RoutineFlags): Changes {
  const { endpoint, model, ...overrides } = overridesFrom({ ...flags, ...budgetOf(flags.budget) });
  const { prompt, catchUp, window, overlap, session, workspace, pauseAfter } = flags;
  if (window !== undefined && !periodSchema.safeParse(window).success) {
    throw usage(`--window takes a time such as 90s, 30m, 24h or 7d, not "${window}".`);
  }
  const given = {
    ...{ prompt, catchUp, window, overlap, session, endpoint, model },
    workspace: workspace === undefined ? undefined : resolve(workspace),
    pauseAfterFailures: pauseAfter,
    notify: momentsOf(flags.notify),
    overrides: isBare(overrides) ? undefined : overrides,
  };
  return given;
}

function isBare(overrides: object): boolean {
  return Object.values(overrides).every((value) => value === undefined);
}

function momentsOf(notify: RoutineFlags["notify"]): Moment[] | undefined {
  if (notify === undefined) return undefined;
  if (notify === true) return [...MOMENTS];
  if (notify === "none") return [];
  return notify.split(",").map((word) => {
    const moment = MOMENTS.find((one) => one === word.trim());
    if (moment === undefined) throw usage(`--notify takes ${MOMENTS.join(", ")} or none, not "${word}".`);
    return moment;
  });
}

/** `steps=10,tokens=50000,cost=0.5,time=10m` as the flags `--max-…` have it. */
function budgetOf(list: string | undefined): OverrideFlags {
  if (list === undefined) return {};
  const limits: OverrideFlags = {};
  for (const part of list.split(",")) {
    const [key = "", value = ""] = part.split("=").map((word) => word.trim());
    const number = Number(value);
    const isCount = Number.isInteger(number) && number > 0;
    if (key === "steps" && isCount) limits.maxSteps = number;
    else if (key === "tokens" && isCount) limits.maxTokens = number;
    else if (key === "cost" && number > 0) limits.maxCost = number;
    else if (key === "time" && periodSchema.safeParse(value).success) limits.maxTime = periodMs(value);
    else throw usage(`--budget takes steps=N, tokens=N, cost=USD, time=10m, not "${part}".`);
  }
  return limits;
}
