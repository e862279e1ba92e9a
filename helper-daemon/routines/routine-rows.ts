import { nearNames } from "../../src/tools/near-name.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { RoutineRow } from "../../src/protocol/routine-methods.ts";
import type { RunRow, Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { iso } from "../store/routine-ledger.ts";
import type { StoredRoutine } from "../store/routine-list.ts";
import { describeNext, describeTrigger } from "./describe-schedule.ts";
import type { RoutineWorld } from "./routine-world.ts";
import { lastSlots } from "./slots.ts";
import { slotsOf } from "./trigger-slots.ts";
import { instantOf } from "./zone-offsets.ts";

/** Firings that every change of a routine is answered with. */
const SHOWN_FIRINGS = 5;

/** The zone of this machine. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** @throws LoopdError `unknown-routine`, with the nearest names. */
export function routineNamed({ store }: RoutineWorld, name: string): StoredRoutine {
  const found = store.routines.find(name);
  if (found !== undefined) return found;
  const near = nearNames(name, store.routines.names(), 3);
  const hint = near.length === 0 ? "See all with: loopd routines list" : `Did you mean ${near.join(" or ")}?`;
  throw new LoopdError("unknown-routine", `There is no routine ${name}. ${hint}`);
}

/** A routine as it is listed. */
export function rowOf(
  { store }: RoutineWorld,
  { routine, paused, failures, nextDue, taints }: StoredRoutine,
): RoutineRow {
  const [last] = store.runs.list({ routine: routine.name, limit: 1 });
  const isComing = paused === undefined && nextDue !== undefined;
  return {
    ...routine,
    schedule: describeTrigger(routine.trigger),
    ...(paused === undefined ? {} : { paused }),
    failures,
    ...(taints.length === 0 ? {} : { taints }),
    ...(isComing ? { next: iso(nextDue) } : {}),
    ...(last === undefined ? {} : { last }),
  };
}

/** A routine with its next firings in words. */
export function shown(world: RoutineWorld, name: string): { routine: RoutineRow; firings: string[] } {
  const stored = routineNamed(world, name);
  return { routine: rowOf(world, stored), firings: firingsOf(stored.routine.trigger, world.now()) };
}

/** The next firings of a trigger in words. */
export function firingsOf(trigger: Trigger, now: Millis): string[] {
  return describeNext(trigger, now, SHOWN_FIRINGS, localZone());
}

/** Stretches of the ledger as one line for each slot, newest first, as far as `limit` lines reach. */
export function expanded(world: RoutineWorld, lines: readonly RunRow[], before: Millis, limit: number): RunRow[] {
  const single = lines.flatMap((line) => (line.count === undefined ? [line] : slotLines(world, line, before, limit)));
  single.sort((a, b) => (a.scheduledFor < b.scheduledFor ? 1 : a.scheduledFor > b.scheduledFor ? -1 : 0));
  return single.slice(0, limit);
}

/** The line as it is where the routine fires at other times by now. */
function slotLines({ store }: RoutineWorld, line: RunRow, before: Millis, limit: number): RunRow[] {
  const { to, count, ...rest } = line;
  const trigger = store.routines.find(line.routine)?.routine.trigger;
  if (trigger === undefined || to === undefined) return [line];
  const slots = slotsOf(trigger, []);
  const [from, end] = [Date.parse(line.scheduledFor) - 1, Date.parse(to)];
  if (slots.countIn(from, end) !== count) return [line];
  return lastSlots(slots, from, Math.min(end, before - 1), limit).map((slot) => ({ ...rest, scheduledFor: iso(slot) }));
}

/**
 * An instant that a person has written: ISO 8601, in the routine's zone where it says none. A date without a time is its
 * first or its last moment. @throws LoopdError `invalid-params`
 */
export function momentOf(text: string, trigger: Trigger, edge: "first" | "last"): Millis {
  const said = text.trim();
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(said);
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(said) && !isDay;
  const wall = Date.parse(hasOffset || isDay ? said : `${said.replace(" ", "T")}Z`);
  if (!/^\d{4}-\d{2}-\d{2}/.test(said) || Number.isNaN(wall)) {
    throw new LoopdError(
      "invalid-params",
      `${JSON.stringify(said)} is no ISO time, such as 2027-01-31T09:00 or 2027-01-31.`,
    );
  }
  if (hasOffset) return wall;
  const zone = "zone" in trigger ? trigger.zone : localZone();
  const end = isDay && edge === "last" ? wall + 86_400_000 : wall;
  const instant = instantOf(zone, end) ?? end;
  return end === wall ? instant : instant - 1;
}
