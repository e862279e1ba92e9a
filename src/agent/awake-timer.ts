import type { Timer } from "./ports.ts";
import type { Millis } from "../protocol/values.ts";

const HEARTBEAT: Millis = 1_000;

/** What a timer needs of the machine. */
export interface Clock<Handle = unknown> {
  /** Milliseconds from any start; only differences count. */
  now(): Millis;
  /** Runs something once after that delay. */
  startTimer(run: () => void, delay: Millis): Handle;
  stopTimer(handle: Handle): void;
}

/**
 * A timer that counts awake time: the sum of heartbeats, each capped, because no clock leaves sleep out on every system.
 * After a laptop slept for an hour, a call with two minutes left still has two minutes.
 */
export function startAwakeTimer<Handle>(clock: Clock<Handle>, limit: Millis): Timer {
  let spent: Millis = 0;
  let beat = clock.now();
  let running: { handle: Handle } | undefined;
  /** Spent time that a restart forgave. */
  let restarted: Millis = 0;
  let pauses = 0;
  let isOver = false;
  let expire: () => void = () => {};
  const expired = new Promise<void>((resolve) => (expire = resolve));
  const count = () => {
    const now = clock.now();
    spent += Math.min(Math.max(0, now - beat), 2 * HEARTBEAT);
    beat = now;
  };
  const schedule = () => {
    const delay = Math.min(HEARTBEAT, Math.max(0, restarted + limit - spent));
    running = { handle: clock.startTimer(tick, delay) };
  };
  const tick = () => {
    count();
    if (spent - restarted >= limit) expire();
    else schedule();
  };
  const stop = () => {
    if (running === undefined) return;
    count();
    clock.stopTimer(running.handle);
    running = undefined;
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
      beat = clock.now();
      schedule();
    },
    restart: () => {
      if (running !== undefined) count();
      restarted = spent;
    },
    elapsed: () => {
      if (running !== undefined) count();
      return Math.round(spent);
    },
  };
}
