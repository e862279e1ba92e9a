import type { Millis } from "../../src/protocol/values.ts";
import type { RoutinePlan, WatchedRoutine } from "./routine-plan.ts";

type Settled = Pick<RoutinePlan, "due" | "skipped" | "start" | "cancel" | "withdraw">;

/**
 * What becomes of the chosen slots beside the runs that are open, and which run begins. Of one routine one run is under way
 * at a time; what is due waits for its end, the oldest first. Slots in `queued` wait whatever the routine says of overlap.
 */
export function settleOverlap(
  { routine, open }: WatchedRoutine,
  chosen: readonly Millis[],
  queued: readonly Millis[],
): Settled {
  const underWay = open.filter((run) => run.state !== "due").map((run) => run.scheduledFor);
  const waiting = open.filter((run) => run.state === "due").map((run) => run.scheduledFor);
  const contested = open.length === 0 ? [] : chosen.filter((slot) => !queued.includes(slot));
  const isReplaced = contested.length > 0 && routine.overlap === "cancel-other";
  const isSkipped =
    routine.overlap === "skip" || (routine.overlap === "buffer-one" && (waiting.length > 0 || queued.length > 0));
  const skipped = isSkipped ? contested : [];
  const due = chosen.filter((slot) => !skipped.includes(slot));
  const withdraw = isReplaced ? waiting : [];
  const ready = [...(isReplaced ? [] : waiting), ...due].sort((a, b) => a - b);
  return {
    due,
    skipped: skipped.map((slot) => ({ from: slot, to: slot, count: 1, reason: "overlap" })),
    start: underWay.length === 0 ? ready.slice(0, 1) : [],
    cancel: isReplaced ? underWay : [],
    withdraw,
  };
}
