import { performance } from "node:perf_hooks";

/** How often the thread is asked whether it is free, in milliseconds. */
const BEAT = 2;

/** Measures how long the thread of a command was busy at a stretch. */
export interface Busy {
  /** Milliseconds of the longest stretch since the last asking. The first asking starts the measurement. */
  longest(): number;
  stop(): void;
}

/** A measurement that costs nothing before it is asked for, and keeps no process alive. */
export function watchBusy(): Busy {
  let last = 0;
  let longest = 0;
  let timer: NodeJS.Timeout | undefined;
  const beat = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - BEAT);
    last = now;
  };
  return {
    longest: () => {
      if (timer === undefined) {
        last = performance.now();
        timer = setInterval(beat, BEAT).unref();
      }
      beat();
      const found = Math.max(0, longest);
      longest = 0;
      return found;
    },
    stop: () => clearInterval(timer),
  };
}
