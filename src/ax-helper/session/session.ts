import type { Problem } from "../problem.ts";
import { stopped } from "../request-ends.ts";
import type { Screen } from "../screen.ts";
import type { SessionView } from "./session-view.ts";

/** A session at work on the screen: what it asks, what it remembers, and one thing after the other. */
export interface Session {
  screen: Screen;
  memory: SessionView;
  /** Works once everything that was begun before is done, so that each look tells what its own action changed. */
  inTurn<T>(signal: AbortSignal, work: () => Promise<T | Problem>): Promise<T | Problem>;
}

/** Turns of one session. Cancelled ones are told at once and do not begin. */
export function createTurns(): Session["inTurn"] {
  let last: Promise<unknown> = Promise.resolve();
  return async (signal, work) => {
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      return signal.aborted ? stopped() : work();
    };
    const own = last.then(begin, begin);
    last = own.catch(() => undefined);
    // What has begun ends by its own requests, which know the signal.
    return Promise.race([own, cancelled(signal).then((problem) => (hasBegun ? own : problem))]);
  };
}

/** Resolves once the signal fires. */
function cancelled(signal: AbortSignal): Promise<Problem> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(stopped());
    else signal.addEventListener("abort", () => resolve(stopped()), { once: true });
  });
}
