import { uptime } from "node:os";
import type { Millis } from "../../src/protocol/values.ts";
import type { Absence } from "./routine-plan.ts";

/** Ticks come at least this often while the machine is awake. */
export const TICK_MS: Millis = 30_000;
/** Two ticks further apart than this have something between them that stopped the helper. */
const GAP_MS: Millis = 3 * TICK_MS;
/** What two clocks may differ by before one of them was set, or stood still. */
const DRIFT_MS: Millis = 2_000;

/** What the clocks of this machine show at one moment. Only the first one can be set. */
export interface Clocks {
  wall: Millis;
  /** Time that has really passed since some moment, asleep or awake. */
  passed: Millis;
  /** The same without the time that the machine slept. Undefined where the system does not tell. */
  awake: Millis | undefined;
}

/** Tells when no tick could come. */
export interface AwakeClock {
  /** Since the last tick that was kept. None if the clock was set back. */
  absencesUntil(now: Clocks): Absence[];
  /** The tick at this time is durable. */
  ticked(at: Clocks): void;
  /** Whether wall time has moved otherwise than time has passed, since the last look. */
  hasJumped(now: Millis, monotonic: Millis): boolean;
}

/** Reads them. On macOS what Node calls monotonic goes on in sleep, so that it cannot tell sleep from being held up. */
export function readClocks(wall: Millis): Clocks {
  const awake = process.platform === "darwin" ? undefined : performance.now();
  return { wall, passed: uptime() * 1_000, awake };
}

/**
 * A clock for a helper that begins at `now` and was last awake at `before`. A gap between two ticks is the reason that makes
 * up most of it: the clock was put ahead, the machine slept, or it ran and the helper did not come to tick.
 */
export function createAwakeClock(now: Clocks, before: Millis | undefined): AwakeClock {
  let last = before === undefined ? now : { ...now, wall: before };
  let isFirst = true;
  let offset: number | undefined;
  return {
    absencesUntil: (until) => {
      const isGap = isFirst ? until.wall > last.wall : until.wall - last.wall > GAP_MS;
      return isGap ? [{ from: last.wall, to: until.wall, reason: isFirst ? "off" : reasonOf(last, until) }] : [];
    },
    ticked: (at) => {
      last = at;
      isFirst = false;
    },
    hasJumped: (wall, monotonic) => {
      const before = offset;
      offset = wall - monotonic;
      return before !== undefined && Math.abs(offset - before) > DRIFT_MS;
    },
  };
}

function reasonOf(last: Clocks, now: Clocks): Absence["reason"] {
  const passed = now.passed - last.passed;
  if (passed < (now.wall - last.wall) / 2) return "clock";
  if (last.awake === undefined || now.awake === undefined) return "asleep";
  return now.awake - last.awake < passed / 2 ? "asleep" : "held-up";
}
