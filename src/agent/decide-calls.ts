import type { EntryDraft } from "../protocol/entries.ts";
import { periodMs } from "../protocol/period.ts";
import type { Cause, Facts, Millis } from "../protocol/values.ts";
import { allEnded } from "./all-ended.ts";
import { canonicalize } from "./canonical.ts";
import { isRepeat } from "./budget.ts";
import { hookRules } from "./hooks/decide-hooks.ts";
import { circumstancesOf } from "./policy/circumstances.ts";
import { decide, type Verdict } from "./policy/decide.ts";
import type { ParsedCall, Ports, Settings, ToolBook } from "./ports.ts";
import { type CallView, newestCard, type TurnState, type TurnView } from "./transcript.ts";

/**
 * Looks at what each call would touch, asks the decide-hooks and policy, and drafts answer and card together. What hooks
 * say is durable when it resolves. [] where the turn was stopped meanwhile. Hooks and rules answer for a call that cannot do
 * what it asks as for any other, so that what is forbidden stays so and is on record; only no card is opened for it.
 */
export async function decideCalls(
  ports: Ports,
  view: TurnView,
  calls: CallView[],
  settings: Settings,
  stop: AbortSignal,
): Promise<EntryDraft[]> {
  const { turn } = view;
  if (turn === undefined) return [];
  const decided = await allEnded(calls.map((call) => decideCall(ports, view, turn, call, settings, stop)));
  return stop.aborted ? [] : decided.flat();
}

async function decideCall(
  ports: Ports,
  view: TurnView,
  turn: TurnState,
  call: CallView,
  { rules, tools, hooks }: Settings,
  stop: AbortSignal,
): Promise<EntryDraft[]> {
  const { callId, name } = call;
  const parsed: ParsedCall = { callId, name, arguments: call.arguments, effect: call.effect ?? "exec" };
  const facts = await ports.inspect({ ...parsed, takesImages: view.epoch?.takesImages });
  const around = { ...circumstancesOf(view, turn, ports.now()), causes: historyOf(turn, call) };
  const hash = () => boundHash(ports, tools, parsed, facts);
  const opinions =
    hooks.length === 0
      ? []
      : await hookRules(ports, { view, turn, call, facts, argumentsHash: hash(), around, hooks }, stop);
  if (opinions === undefined) return [];
  const verdict = withPersonsWord(call, decide(parsed, facts, around, [...opinions, ...rules]));
  const { answer: decision, ruleId, causes, reason } = verdict;
  const where = { session: view.session, turn: turn.turn };
  const data = { callId, decision, ruleId, causes, facts, reason };
  const answered: EntryDraft = { kind: "tool.decided", ...where, data };
  if (decision !== "requiresApproval" || facts.refusal !== undefined) return [answered];
  const cardId = `${callId}#${call.cards.length + 1}`;
  const expiresAt = expiry(verdict.expiresIn, around.now);
  const card = { cardId, type: "approval" as const, callId, argumentsHash: hash(), causes, expiresAt };
  return [answered, { kind: "card.opened", ...where, data: card }];
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

/** What an approval is bound to: the same call, tool, arguments and facts, or a new card. */
function boundHash(
  ports: Ports,
  tools: ToolBook,
  { callId, name, arguments: values }: ParsedCall,
  facts: Facts,
): string {
  const schemaHash = ports.digest(canonicalize(tools.schemaOf(name) ?? {}));
  return ports.digest(canonicalize({ callId, tool: name, schemaHash, arguments: values, factsHash: facts.hash }));
}

function expiry(expiresIn: string | undefined, now: Millis): Millis | undefined {
  return expiresIn === undefined ? undefined : now + periodMs(expiresIn);
}
