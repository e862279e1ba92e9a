import type { Limits } from "../protocol/config.ts";
import type { Overrides } from "../protocol/entries.ts";
import type { Millis } from "../protocol/values.ts";
import type { TurnState } from "./transcript.ts";

/** What of a turn's budget a delegate of it may use. A field is absent where the turn has no such limit. */
export interface Allowance {
  /** `left`: all that nobody has used or reserved. `share`: what each delegate gets that is still to begin. */
  tokens?: { left: number; share: number };
  costUsd?: { left: number; share: number };
  wallMs?: Millis;
  /** The first limit of the turn that leaves nothing, in words. */
  spent?: string;
}

/** The other delegates of the step. */
export interface Siblings {
  /** Budgets of those that have begun and whose use is not counted yet. */
  running: readonly Pick<Overrides, "maxTokens" | "maxCostUsd">[];
  /** How many are still to begin, the one that is asked about included. */
  waiting: number;
}

/** What is left: the turn's limits without what it has spent and what running delegates may still spend. */
export function allowanceOf(
  { overrides, spent, startedAt }: Pick<TurnState, "overrides" | "spent" | "startedAt">,
  limits: Limits,
  { running, waiting }: Siblings,
  now: Millis,
): Allowance {
  const { maxTokens = limits.maxTokens, maxCostUsd = limits.maxCostUsd, maxTurnMs = limits.maxTurnMs } = overrides;
  const reserved = (of: (one: Siblings["running"][number]) => number | undefined) =>
    running.reduce((sum, one) => sum + (of(one) ?? 0), 0);
  const tokensLeft = (maxTokens ?? 0) - spent.tokens - reserved((one) => one.maxTokens);
  const costLeft = (maxCostUsd ?? 0) - spent.costUsd - reserved((one) => one.maxCostUsd);
  const wallLeft = Math.floor((maxTurnMs ?? 0) - (now - (startedAt ?? now)));
  const tokens = maxTokens === undefined ? undefined : { left: tokensLeft, share: Math.floor(tokensLeft / waiting) };
  const costUsd = maxCostUsd === undefined ? undefined : { left: costLeft, share: costLeft / waiting };
  const wallMs = maxTurnMs === undefined ? undefined : wallLeft;
  if (tokens !== undefined && tokens.share < 1) return { spent: `${maxTokens} tokens` };
  if (costUsd !== undefined && costUsd.share <= 0) return { spent: `${maxCostUsd} USD` };
  if (wallMs !== undefined && wallMs < 1) return { spent: `${(maxTurnMs ?? 0) / 1_000} seconds` };
  return { tokens, costUsd, wallMs };
}
