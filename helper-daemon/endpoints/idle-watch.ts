import type { Millis } from "../../src/protocol/values.ts";

/** `idle`: nothing came. `stuck`: no part of an answer did. */
type EndReason = "idle" | "stuck" | "aborted";

/** By so much longer than nothing at all, signs of life without an answer are waited for. */
export const PATIENCE = 10;

/** Ends a request when its caller aborts it or when nothing has come for too long. */
export interface IdleWatch {
  /** Fires in both cases; for the request. */
  signal: AbortSignal;
  /** A part of the answer arrived: the wait begins anew. */
  alive(): void;
  /** Anything arrived, were it a comment that only says that the server is there: it may take ten times as long. */
  breathing(): void;
  /** The answer is whole and only the end of the stream is awaited; that is worth less patience. */
  hurry(limit: Millis): void;
  /** Why the signal fired, if it did. */
  reason(): EndReason | undefined;
  /** Ends the watch; what still runs goes on. */
  stop(): void;
}

/** Starts watching. The timer is re-armed in place, so an event costs next to nothing. */
export function watchIdle(limit: Millis, caller: AbortSignal): IdleWatch {
  const controller = new AbortController();
  let reason: EndReason | undefined;
  let aliveAt = performance.now();
  let isHurried = false;
  const abort = (why: EndReason) => () => {
    reason ??= why;
    controller.abort();
  };
  const onAbort = abort("aborted");
  const onIdle = abort("idle");
  const onStuck = abort("stuck");
  let timer = setTimeout(onIdle, limit);
  caller.addEventListener("abort", onAbort, { once: true });
  if (caller.aborted) onAbort();
  return {
    signal: controller.signal,
    alive() {
      aliveAt = performance.now();
      timer.refresh();
    },
    breathing() {
      if (isHurried) return;
      if (performance.now() - aliveAt < PATIENCE * limit) timer.refresh();
      else onStuck();
    },
    hurry(shorter) {
      isHurried = true;
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
