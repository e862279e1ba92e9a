import type { Millis } from "../../src/protocol/values.ts";
import type { Absence } from "./routine-plan.ts";

/** Ticks come at least this often while the machine is awake. */
export const TICK_MS: Millis = 30_000;
/** Two ticks further apart than this have something between them that stopped the helper. */
const GAP_MS: Millis = 3 * TICK_MS;
/** What two clocks may differ by before one of them was set, or stood still. */
const DRIFT_MS: Millis = 2_000;

/** Tells when no tick could come. */
export interface AwakeClock {
  /** Since the last tick that was kept. None if the clock was set back. */
  absencesUntil(now: Millis): Absence[];
  /** The tick at this time is durable. */
  ticked(now: Millis): void;
  /** Whether wall time has moved otherwise than time has passed, since the last look. */
  hasJumped(now: Millis, monotonic: Millis): boolean;
}

/**
 * A clock for a helper that begins at `now` and was last awake at `before`. Wall time that passed without a tick counts as
 * sleep: a helper that could not run and a machine that slept leave the same gap, and where a clock was put ahead by mistake,
 * setting it back takes the missed slots out of the ledger again.
 */
export function createAwakeClock(now: Millis, before: Millis | undefined): AwakeClock {
  let last = before ?? now;
  let reason: Absence["reason"] = "off";
  let offset: number | undefined;
  return {
    absencesUntil: (until) => {
      const isGap = reason === "off" ? until > last : until - last > GAP_MS;
      return isGap ? [{ from: last, to: until, reason }] : [];
    },
    ticked: (at) => {
      last = at;
      reason = "asleep";
    },
    hasJumped: (wall, monotonic) => {
      const before = offset;
      offset = wall - monotonic;
      return before !== undefined && Math.abs(offset - before) > DRIFT_MS;
    },
  };
}
