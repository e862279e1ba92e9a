import type { Timer } from "../src/agent/ports.ts";
import type { Millis } from "../src/protocol/values.ts";

const HEARTBEAT: Millis = 1_000;

/**
 * A timer that counts awake time: the sum of heartbeats, each capped, because no clock of Node leaves sleep out on
 * every system. After a laptop slept for an hour, a call with two minutes left still has two minutes.
 */
export function startAwakeTimer(limit: Millis): Timer {
  let spent: Millis = 0;
  let beat = performance.now();
  let handle: NodeJS.Timeout | undefined;
  /** Spent time that a restart forgave. */
  let restarted: Millis = 0;
  let pauses = 0;
  let isOver = false;
  let expire: () => void = () => {};
  const expired = new Promise<void>((resolve) => (expire = resolve));
  const count = () => {
    const now = performance.now();
    spent += Math.min(now - beat, 2 * HEARTBEAT);
    beat = now;
  };
  const schedule = () => {
    handle = setTimeout(tick, Math.min(HEARTBEAT, Math.max(0, restarted + limit - spent)));
  };
  const tick = () => {
    count();
    if (spent - restarted >= limit) expire();
    else schedule();
  };
  const stop = () => {
    if (handle !== undefined) count();
    clearTimeout(handle);
    handle = undefined;
  };
  schedule();
  return {
    expired,
    stop: () => {
      isOver = true;
      stop();
    },
    pause: () => {
      pauses += 1;
      if (pauses === 1) stop();
    },
    resume: () => {
      pauses -= 1;
      if (pauses > 0 || isOver) return;
      beat = performance.now();
      schedule();
    },
    restart: () => {
      if (handle !== undefined) count();
      restarted = spent;
    },
    elapsed: () => {
      if (handle !== undefined) count();
      return Math.round(spent);
    },
  };
}
