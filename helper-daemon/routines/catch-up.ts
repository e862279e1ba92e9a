import type { Routine } from "../../src/protocol/routine.ts";
import { periodMs } from "../../src/protocol/period.ts";
import type { Millis } from "../../src/protocol/values.ts";
import type { WatchedRoutine } from "./routine-plan.ts";
import { lastSlots, type Slots } from "./slots.ts";

/** A slot is on time if its run can begin within it: ticks come every 30 s at least. */
const ON_TIME_MS = 60_000;
/** No more runs than this are made up for at once. */
const MAX_CATCH_UP = 100;

type CatchUp = Pick<Routine, "catchUp" | "window">;

/** How old a slot may be to run afterwards. */
function windowMs({ catchUp, window }: CatchUp): Millis {
  return periodMs(window ?? (catchUp === "all" ? "7d" : "24h"));
}

/**
 * The slots in (cursor, now] that are to run, in order: the latest one if it is on time or in the window of a routine that
 * catches up with the latest, and all that are in the window (`MAX_CATCH_UP` at most) if it catches up with all. Not those
 * that have a run already.
 */
export function chooseSlots({ routine, cursor, claimed }: WatchedRoutine, slots: Slots, now: Millis): Millis[] {
  const latest = slots.upTo(now);
  if (latest === undefined || latest <= cursor) return [];
  const free = (chosen: readonly Millis[]) => chosen.filter((slot) => !claimed.includes(slot));
  const isOnTime = now - latest < ON_TIME_MS;
  const oldest = now - windowMs(routine);
  if (routine.catchUp === "all" && latest >= oldest) {
    return free(lastSlots(slots, Math.max(cursor, oldest - 1), now, MAX_CATCH_UP));
  }
  const isMadeUp = routine.catchUp === "latest" && latest >= oldest;
  return isOnTime || isMadeUp ? free([latest]) : [];
}

/** Those of the chosen slots that were asked for one by one, though late: they run one after the other, whatever overlaps. */
export function lateSlots({ catchUp }: CatchUp, chosen: readonly Millis[], now: Millis): Millis[] {
  return catchUp === "all" ? chosen.filter((slot) => now - slot >= ON_TIME_MS) : [];
}

/** The stretch of the window whose slots do not run because too many were to be made up for. */
export function tooManyIn(
  routine: CatchUp,
  chosen: readonly Millis[],
  now: Millis,
): { from: Millis; to: Millis } | undefined {
  const [first] = chosen;
  if (routine.catchUp !== "all" || first === undefined || chosen.length < MAX_CATCH_UP) return undefined;
  return { from: now - windowMs(routine) - 1, to: first - 1 };
}
