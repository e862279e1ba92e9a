import { setTimeout as delay } from "node:timers/promises";

/** Resolves as `work` does. @throws the signal's reason once it fires; the work goes on. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => undefined as void;
  const fired = new Promise<never>((_, reject) => {
    const listener = () => reject(signal.reason as Error);
    if (signal.aborted) listener();
    signal.addEventListener("abort", listener, { once: true });
    stop = () => signal.removeEventListener("abort", listener);
  });
  try {
    return await Promise.race([work, fired]);
  } finally {
    stop();
  }
}

/** Waits without keeping the process alive. @throws the signal's abort error */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false });
}
