import type { Settings } from "../ports.ts";
import type { TurnState, TurnView } from "../transcript.ts";
import { requestTokens, windowLimits } from "./window-limits.ts";

/** What has to happen before the next request: nothing, a smaller conversation, or the end of the turn. */
export type Due = { type: "compact"; reason: "window" | "asked" } | { type: "fail"; message: string } | undefined;

/** Tries that made nothing smaller, after which a turn waits until its window is really full. */
const MOST_SKIPS = 2;
/** Tries in a row, after which a conversation that does not fit is given up. */
const MOST_TRIES = 2;

/**
 * Looks at the window before each request. A request of which the estimate says that it does not fit is never sent, and
 * what a server found too large is not sent again as it was.
 */
export function dueCompaction(view: TurnView, turn: TurnState, settings: Settings): Due {
  const { tries, skips, overflow } = turn.compaction;
  if (overflow !== undefined && tries > 0) return { type: "fail", message: overflow.message };
  if (view.asked !== undefined) return { type: "compact", reason: "asked" };
  if (overflow !== undefined) return { type: "compact", reason: "window" };
  const limits = windowLimits(turn, settings);
  if (limits === undefined) return undefined;
  const tokens = requestTokens(view, settings, limits.factor);
  if (tokens > limits.budget) {
    if (tries < MOST_TRIES) return { type: "compact", reason: "window" };
    return { type: "fail", message: tooLarge(tokens, limits.budget) };
  }
  const isDue = tokens > limits.trigger && tries === 0 && skips < MOST_SKIPS;
  return isDue ? { type: "compact", reason: "window" } : undefined;
}

function tooLarge(tokens: number, budget: number): string {
  const what = `The next request would have about ${tokens} tokens; the model's window has room for ${budget} beside the response.`;
  const done = "loopd left out what it could, and did not send it.";
  return `${what} ${done} Ask for less at once, begin a new session, or use a model with a larger window.`;
}
