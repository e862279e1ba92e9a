import type { EntryDraft } from "../protocol/entries.ts";
import type { Finish, Millis } from "../protocol/values.ts";
import { canonicalize } from "./canonical.ts";
import { FINAL_ANSWER } from "./hooks/final-answer.ts";
import type { Settings } from "./ports.ts";
import type { Spent } from "./spent.ts";
import { type CallView, callsOf, type TurnState } from "./transcript.ts";

/** The same call with the same result so often is a model that is stuck. */
const MOST_REPEATS = 3;

/** Why a turn has to come to its end now, and how it will have finished. */
export interface Exhausted {
  finish: Extract<Finish, "step-limit" | "budget">;
  words: string;
}

/** The first limit that the turn has reached. */
export function exhausted(turn: TurnState, { limits }: Settings, now: Millis): Exhausted | undefined {
  const { overrides, steps, startedAt } = turn;
  const spent = spentOn(turn.spent, turn);
  const maxSteps = overrides.maxSteps ?? limits.maxSteps;
  const { maxTokens = limits.maxTokens, maxCostUsd = limits.maxCostUsd, maxTurnMs = limits.maxTurnMs } = overrides;
  if (steps >= maxSteps) return { finish: "step-limit", words: `This turn has used its ${maxSteps} steps.` };
  const budget = (words: string): Exhausted => ({ finish: "budget", words });
  if (spent.denials >= limits.maxDenials) return budget(`${spent.denials} calls of this turn were denied.`);
  if (spent.corrections > limits.maxCorrections) {
    return budget(`${spent.corrections} times in a row, the calls were wrong and nothing ran.`);
  }
  if (Object.values(spent.repeats).some((count) => count >= MOST_REPEATS)) {
    return budget(`The same call came back with the same result ${MOST_REPEATS} times.`);
  }
  if (maxTokens !== undefined && spent.tokens >= maxTokens)
    return budget(`This turn has used its ${maxTokens} tokens.`);
  if (maxCostUsd !== undefined && spent.costUsd >= maxCostUsd)
    return budget(`This turn has cost its ${maxCostUsd} USD.`);
  if (maxCostUsd !== undefined && spent.unpriced > 0)
    return budget(`Nobody knows what this turn costs, so its limit of ${maxCostUsd} USD cannot be kept.`);
  if (maxTurnMs !== undefined && startedAt !== undefined && now - startedAt >= maxTurnMs) {
    return budget(`This turn has used its ${maxTurnMs / 1_000} seconds.`);
  }
  return undefined;
}

/** Wall time that the turn still has, less than nothing once that is used up; undefined where it has no limit. */
export function timeLeft({ overrides, startedAt }: TurnState, { limits }: Settings, now: Millis): Millis | undefined {
  const { maxTurnMs = limits.maxTurnMs } = overrides;
  return maxTurnMs === undefined || startedAt === undefined ? undefined : startedAt + maxTurnMs - now;
}

/** The note that asks for the closing answer. */
export function closingNote(session: string, turn: TurnState, { finish, words }: Exhausted): EntryDraft {
  const text = `${words} Answer now from what you know; no tool will run any more.`;
  return { kind: "note.added", session, turn: turn.turn, data: { from: "loopd", text, closes: finish, why: words } };
}

/** What is used up once the calls of a step are over. */
export function spentOn(spent: Spent, turn: TurnState): Spent {
  let { denials, repeated } = spent;
  let repeats: Record<string, number> = { ...spent.repeats };
  const effects = [...spent.effects];
  for (const call of callsOf(turn)) {
    // Answers have a budget of their own.
    if (call.outcome === undefined || call.name === FINAL_ANSWER) continue;
    if (call.outcome.kind === "denied") {
      denials += 1;
      continue;
    }
    const isNewEffect = call.outcome.isSideEffectPossible && !effects.includes(effectOf(call));
    if (isNewEffect) effects.push(effectOf(call));
    if (call.outcome.kind === "timed-out") continue;
    const key = keyOf(call, call.outcome.text);
    const count = (repeats[key] ?? 0) + 1;
    if (count > 1) repeated += 1;
    // After something else has changed, looking at the same thing again is no standstill. Changing to and fro is one.
    if (isNewEffect) repeats = {};
    repeats[key] = count;
  }
  return { ...spent, denials, corrections: correctionsOn(spent, turn), repeats, repeated, effects };
}

function correctionsOn({ corrections }: Spent, turn: TurnState): number {
  const kinds = callsOf(turn).flatMap((call) => (call.name === FINAL_ANSWER ? [] : (call.outcome?.kind ?? [])));
  if (kinds.length === 0) return corrections;
  return kinds.every((kind) => kind === "invalid") ? corrections + 1 : 0;
}

/** Whether the turn has run exactly this call before, and it may have changed something. */
export function isRepeat(turn: TurnState, call: CallView): boolean {
  return turn.spent.effects.includes(effectOf(call));
}

function effectOf({ name, arguments: values }: CallView): string {
  return canonicalize([name, values]);
}

function keyOf({ name, arguments: values }: CallView, text: string): string {
  return canonicalize([name, values, text]);
}
