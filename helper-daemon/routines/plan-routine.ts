import { asLoopdError } from "../../src/protocol/errors.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { chooseSlots, lateSlots, tooManyIn } from "./catch-up.ts";
import { missedStretches } from "./missed-stretches.ts";
import { settleOverlap } from "./overlap.ts";
import type { Absence, RoutinePlan, WatchedRoutine } from "./routine-plan.ts";
import { slotsOf } from "./trigger-slots.ts";

/** Nobody has slept for longer; a clock that says so is wrong, and counting the slots of millennia would hold up everything. */
const LONGEST_ACCOUNT_MS = 10 * 366 * 86_400_000;

/** Whether a slot has come, or what its trigger waits for has happened, since the last tick. */
export function isDue({ nextDue, happened }: WatchedRoutine, now: Millis): boolean {
  return (nextDue !== undefined && nextDue <= now) || happened.length > 0;
}

/** Whether so many runs have failed in a row that it is to be paused. */
export function failsTooOften({ routine, failures }: WatchedRoutine): boolean {
  return routine.pauseAfterFailures > 0 && failures >= routine.pauseAfterFailures;
}

/**
 * What becomes of one routine's slots in (cursor, now], and which of its runs begins. Undefined if nothing is to be stored.
 * A trigger that cannot be read any more (its zone is gone) pauses its routine, and no other.
 */
export function planRoutine(
  watched: WatchedRoutine,
  now: Millis,
  absences: readonly Absence[],
): RoutinePlan | undefined {
  if (failsTooOften(watched)) {
    const times = watched.failures === 1 ? "once" : `${watched.failures} times in a row`;
    return { ...unchanged(watched), pause: `It failed ${times}.` };
  }
  try {
    if (now < watched.cursor) return rewound(watched, now);
    if (isDue(watched, now)) return planSlots(watched, now, absences);
  } catch (thrown) {
    return { ...unchanged(watched), pause: asLoopdError(thrown).message };
  }
  const { start } = settleOverlap(watched, [], []);
  return start.length === 0 ? undefined : { ...unchanged(watched), start };
}

function planSlots(watched: WatchedRoutine, now: Millis, absences: readonly Absence[]): RoutinePlan {
  const { cursor, happened, claimed, routine } = watched;
  const slots = slotsOf(routine.trigger, happened);
  const chosen = chooseSlots(watched, slots, now);
  const settled = settleOverlap(watched, chosen, lateSlots(routine, chosen, now));
  const tooMany = tooManyIn(routine, chosen, now);
  const from = Math.max(cursor, now - LONGEST_ACCOUNT_MS);
  const notRun = missedStretches({ slots, from, to: now, taken: [...chosen, ...claimed], absences, tooMany });
  const isTold = happened.length > 0;
  return {
    ...unchanged(watched),
    ...settled,
    cursor: now,
    nextDue: isTold ? undefined : slots.after(now),
    // What happens several times before one tick (files change) is one reason to run.
    missed: isTold ? [] : notRun,
    skipped: isTold ? [...asOverlap(notRun), ...settled.skipped] : settled.skipped,
  };
}

function asOverlap(stretches: RoutinePlan["missed"]): RoutinePlan["skipped"] {
  return stretches.map((stretch) => ({ ...stretch, reason: "overlap" }));
}

function rewound(watched: WatchedRoutine, now: Millis): RoutinePlan {
  const nextDue = slotsOf(watched.routine.trigger, []).after(now);
  return { ...unchanged(watched), cursor: now, nextDue, rewound: { from: watched.cursor, to: now } };
}

function unchanged({ id, cursor, nextDue }: WatchedRoutine): RoutinePlan {
  return { id, cursor, nextDue, due: [], missed: [], skipped: [], start: [], cancel: [], withdraw: [] };
}
