import type { Settings } from "../ports.ts";
import type { TurnState } from "../transcript.ts";

/** A response may take that part of the window where nobody said how long it may be. */
const USUAL_SHARE = 1 / 8;
/** However much the turn asks for, the other half is for what the model has to read. */
const MOST_SHARE = 1 / 2;
/** Servers refuse a budget of fewer thoughts. */
const LEAST_THINKING = 1_024;

/** Whose turn it is, and what it asks for. */
type Asking = Pick<TurnState, "endpoint" | "model" | "overrides">;

/**
 * Tokens that the response to a turn's request may have: what the turn asks for, at most half of the window; else what the
 * limits say, at most an eighth of it and the thinking that the turn asks for. Without a window there is no such bound.
 */
export function outputTokens({ endpoint, model, overrides }: Asking, settings: Settings): number {
  const window = settings.windowOf?.(endpoint, model)?.tokens;
  const { maxOutputTokens: asked, thinkingTokens = 0 } = overrides;
  const usual = settings.limits.maxOutputTokens;
  if (window === undefined) return asked ?? usual;
  const most = Math.floor(window * MOST_SHARE);
  if (asked !== undefined) return Math.min(asked, most);
  return Math.min(usual, most, Math.floor(window * USUAL_SHARE) + thinkingTokens);
}

/**
 * Tokens of it that may be thought: what the turn asks for where that leaves room for an answer, else three quarters of
 * the response. Undefined where nobody asked, or where so little is left that servers would refuse it.
 */
export function thinkingTokens(turn: Asking, settings: Settings): number | undefined {
  const { thinkingTokens: asked } = turn.overrides;
  const most = outputTokens(turn, settings);
  if (asked === undefined || asked < most) return asked;
  const left = Math.floor(most * 0.75);
  return left < LEAST_THINKING ? undefined : left;
}
