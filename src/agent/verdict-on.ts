import type { Cause, Facts, Millis, Rule } from "../protocol/values.ts";
import { isRepeat } from "./budget.ts";
import { circumstancesOf } from "./policy/circumstances.ts";
import { decide, type Verdict } from "./policy/decide.ts";
import { type CallView, newestCard, type TurnState, type TurnView } from "./transcript.ts";

/** A call with what a look at the world found about it. */
interface Decidable {
  view: TurnView;
  turn: TurnState;
  call: CallView;
  facts: Facts;
}

/** What policy says to a call of a trace: from its recorded facts, what surrounds it, and its own history. Pure. */
export function verdictOn({ view, turn, call, facts }: Decidable, rules: readonly Rule[], now: Millis): Verdict {
  const { callId, name, arguments: values, effect = "exec" } = call;
  const around = { ...circumstancesOf(view, turn, now), causes: historyOf(turn, call) };
  return withPersonsWord(call, decide({ callId, name, arguments: values, effect }, facts, around, rules));
}

/**
 * What a call's own history gives cause for: a hook has changed what a person had approved, the call was found in the
 * model's text, where it may be a quotation, or the turn has run the very same call before and now runs it again to mend an answer that a validator did not pass.
 */
function historyOf(turn: TurnState, call: CallView): Cause[] {
  const changes = call.hooks.changedBy.map((source): Cause => ({ type: "hook-change", source }));
  if (turn.step?.isRescued === true) changes.push({ type: "rescued", source: "the text of the answer" });
  const isAgain = turn.rejections > 0 && isRepeat(turn, call);
  return isAgain ? [...changes, { type: "repeat", source: "this turn has run it before" }] : changes;
}

/**
 * Arguments that a person wrote need no second approval by that person, unless something comes to light that the card had
 * not shown. What policy forbids stays forbidden.
 */
function withPersonsWord(call: CallView, verdict: Verdict): Verdict {
  const card = newestCard(call);
  if (card?.resolution !== "edited" || verdict.answer !== "requiresApproval") return verdict;
  const shown = card.causes ?? [];
  const isShown = (cause: Cause) => shown.some(({ type, source }) => type === cause.type && source === cause.source);
  return verdict.causes.every(isShown) ? { ...verdict, answer: "execute", ruleId: `card ${card.cardId}` } : verdict;
}
