import type { Millis } from "../../src/protocol/values.ts";

/** Ends a request when its caller aborts it or when nothing has come for too long. */
export interface IdleWatch {
  /** Fires in both cases; for the request. */
  signal: AbortSignal;
  /** Something arrived: the wait begins anew. */
  alive(): void;
  /** The answer is whole and only the end of the stream is awaited; that is worth less patience. */
  hurry(limit: Millis): void;
  /** Why the signal fired, if it did. */
  reason(): "idle" | "aborted" | undefined;
  /** Ends the watch; what still runs goes on. */
  stop(): void;
}

/** Starts watching. The timer is re-armed in place, so an event costs next to nothing. */
export function watchIdle(limit: Millis, caller: AbortSignal): IdleWatch {
  const controller = new AbortController();
  let reason: "idle" | "aborted" | undefined;
  const abort = (why: "idle" | "aborted") => () => {
    reason ??= why;
    controller.abort();
  };
  const onAbort = abort("aborted");
  const onIdle = abort("idle");
  let timer = setTimeout(onIdle, limit);
  caller.addEventListener("abort", onAbort, { once: true });
  if (caller.aborted) onAbort();
  return {
    signal: controller.signal,
    alive: () => void timer.refresh(),
    hurry(shorter) {
      clearTimeout(timer);
      timer = setTimeout(onIdle, Math.min(shorter, limit));
    },
    reason: () => reason,
    stop() {
      clearTimeout(timer);
      caller.removeEventListener("abort", onAbort);
    },
  };
}
