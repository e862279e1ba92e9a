import { type Clock, startAwakeTimer as startTimer } from "../src/agent/awake-timer.ts";
import type { Timer } from "../src/agent/ports.ts";
import type { Millis } from "../src/protocol/values.ts";

/** The monotonic clock of this process. */
const clock: Clock<NodeJS.Timeout> = {
  now: () => performance.now(),
  startTimer: (run, delay) => setTimeout(run, delay),
  stopTimer: (handle) => clearTimeout(handle),
};

/** A timer that counts awake time of this machine. */
export function startAwakeTimer(limit: Millis): Timer {
  return startTimer(clock, limit);
}
