import type { Routine, SlotReason } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";

/** A run of a routine that has not ended. `due`: it has not begun. Runs are named by routine and scheduled time. */
export type OpenRun = { scheduledFor: Millis; state: "due" | "running" | "waiting" };

/** What a tick has to know of one routine. */
export type WatchedRoutine = {
  id: string;
  routine: Pick<Routine, "trigger" | "overlap" | "catchUp" | "window" | "pauseAfterFailures">;
  /** Every slot up to and including it is accounted for. */
  cursor: Millis;
  /** The first slot after the cursor: nothing is looked at before. Undefined: it never comes. */
  nextDue: Millis | undefined;
  isPaused: boolean;
  /** How many runs have failed in a row. */
  failures: number;
  open: readonly OpenRun[];
  /** Scheduled times after the cursor that have a run already; there are some only after the clock was set back. */
  claimed: readonly Millis[];
  /** When that happened which a trigger `wake`, `login` or `file` waits for, after the cursor. */
  happened: readonly Millis[];
};

/**
 * A stretch in which no tick could come: from the last tick before it to the first one after it. `clock`: the clock was put
 * ahead, so that time only seemed to pass. `held-up`: the machine ran, but the helper did not come to tick.
 */
export type Absence = { from: Millis; to: Millis; reason: "asleep" | "off" | "clock" | "held-up" };

/** Slots that nothing runs for, as one line of the ledger: the first, the last, how many. */
export type SlotStretch = { from: Millis; to: Millis; count: number; reason: SlotReason };

/** What becomes of one routine. All of it is to be stored at once, before anything starts. */
export type RoutinePlan = {
  id: string;
  cursor: Millis;
  nextDue: Millis | undefined;
  /** Slots that get a run. */
  due: readonly Millis[];
  missed: readonly SlotStretch[];
  skipped: readonly SlotStretch[];
  /** Runs, among those that were due before and those of this plan, that begin now: one at most. */
  start: readonly Millis[];
  /** Runs that are cancelled for a later one, which begins at the tick after their end. */
  cancel: readonly Millis[];
  /** Runs that were due and now never begin, since a later one takes their place: they become skipped. */
  withdraw: readonly Millis[];
  /**
   * The clock was set back over slots that were accounted for: the cursor stands at `to` again. What was noted as missed
   * or skipped in (to, from] has not come yet (`cutStretch`); runs of that time keep their slots, which do not run again.
   */
  rewound?: { from: Millis; to: Millis };
  /** Words: why it is to be paused. Its slots wait until then. */
  pause?: string;
};
