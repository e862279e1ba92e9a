import { isAbsolute, join } from "node:path";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { ParsedParamsOf } from "../../src/protocol/requests.ts";
import { type Routine, routineSchema, type Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import type { Origin } from "../methods.ts";
import { describeMoment } from "./describe-moment.ts";
import { describeTrigger } from "./describe-schedule.ts";
import { localZone } from "./routine-rows.ts";
import type { RoutineWorld } from "./routine-world.ts";
import { readSchedule } from "./schedule-text.ts";
import { readTrigger } from "./trigger-flags.ts";

type Schedule = ParsedParamsOf<"routine.add">["schedule"];

/**
 * The trigger that is meant. The words of a call mean what they meant when a person was shown them, however late the answer
 * came: `in 20 minutes` counts from then. @throws LoopdError `invalid-params`; also where that time is past by now, and
 * where the words would mean something else than the card showed.
 */
export function meantTrigger(
  world: RoutineWorld,
  origin: Origin,
  schedule: Schedule,
  zone: string | undefined,
): Trigger {
  const { asOf, preview } = shownTo(world, origin);
  const trigger = triggerOf(schedule, zone, asOf ?? world.now());
  if (asOf === undefined) return trigger;
  if (trigger.type === "at" && trigger.at <= world.now()) {
    const when = describeMoment(trigger.at, trigger.zone);
    throw new LoopdError(
      "invalid-params",
      `That meant ${when}, which is past by now: it was asked for too late. Ask anew.`,
    );
  }
  if (!preview.includes(describeTrigger(trigger))) {
    throw new LoopdError("invalid-params", "That would mean another time than it did when it was shown. Ask anew.");
  }
  return trigger;
}

/** What the card of a call showed, and when it was true. Nothing for a face, which means what it says now. */
function shownTo({ store }: RoutineWorld, origin: Origin): { asOf: Millis | undefined; preview: string } {
  const decided = origin.caller === "face" ? [] : store.log.ofTurn(origin.turn, "tool.decided");
  const last = decided.findLast(({ data }) => origin.caller === "tool" && data.callId === origin.callId)?.data.facts;
  const asOf = last?.asOf === undefined ? undefined : Date.parse(last.asOf);
  return { asOf, preview: last?.preview ?? "" };
}

/** A routine with changes, and another trigger where one is wished for. */
export function editedRoutine(
  { person }: Pick<RoutineWorld, "person">,
  before: Routine,
  changes: ParsedParamsOf<"routine.edit">["changes"],
  wished: Trigger | undefined,
): Routine {
  const { overrides = {}, endpoint = before.endpoint, model = before.model, window = before.window, ...rest } = changes;
  const trigger = wished && inFolder(wished, changes.workspace ?? before.workspace ?? person, person);
  return routineSchema.parse({
    ...{ ...before, ...present(rest), trigger: trigger ?? before.trigger },
    ...{ endpoint: endpoint ?? undefined, model: model ?? undefined, window: window ?? undefined },
    overrides: present({ ...before.overrides, ...overrides }),
  });
}

/** The trigger that is meant. `at`, `every` and `cron` take other words for a schedule too: `--at "weekdays at 9:00"`. */
export function triggerOf(schedule: Schedule, zone: string | undefined, now: number): Trigger {
  const circumstances = { now, zone: zone ?? localZone() };
  try {
    return readTrigger(schedule, circumstances);
  } catch (thrown) {
    const given = Object.values(schedule).filter((text) => text !== undefined);
    const [text] = given;
    if (text === undefined || given.length > 1 || schedule.on !== undefined) throw thrown;
    try {
      const trigger = readSchedule(text, circumstances);
      if (["cron", "every", "at"].includes(trigger.type)) return trigger;
    } catch {
      // The first complaint speaks about what was asked for.
    }
    throw thrown;
  }
}

/** Globs are absolute: `~` is the person's home, everything else is in the routine's folder. */
export function inFolder(trigger: Trigger, folder: string, person: string): Trigger {
  if (trigger.type !== "file" || isAbsolute(trigger.glob)) return trigger;
  const { glob } = trigger;
  return { type: "file", glob: glob.startsWith("~/") ? join(person, glob.slice(2)) : join(folder, glob) };
}

function present<T extends object>(values: T): Partial<T> {
  const named = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(named) as Partial<T>;
}
