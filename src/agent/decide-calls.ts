import type { EntryDraft } from "../protocol/entries.ts";
import { periodMs } from "../protocol/period.ts";
import type { Facts, Millis } from "../protocol/values.ts";
import { allEnded } from "./all-ended.ts";
import { canonicalize } from "./canonical.ts";
import { hookRules } from "./hooks/decide-hooks.ts";
import { circumstancesOf } from "./policy/circumstances.ts";
import type { ParsedCall, Ports, Settings, ToolBook } from "./ports.ts";
import type { CallView, TurnState, TurnView } from "./transcript.ts";
import { verdictOn } from "./verdict-on.ts";

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
  const now = ports.now();
  const around = circumstancesOf(view, turn, now);
  const hash = () => boundHash(ports, tools, parsed, facts);
  const opinions =
    hooks.length === 0
      ? []
      : await hookRules(ports, { view, turn, call, facts, argumentsHash: hash(), around, hooks }, stop);
  if (opinions === undefined) return [];
  const verdict = verdictOn({ view, turn, call, facts }, [...opinions, ...rules], now);
  const { answer: decision, ruleId, causes, reason } = verdict;
  const where = { session: view.session, turn: turn.turn };
  const data = { callId, decision, ruleId, causes, facts, reason };
  const answered: EntryDraft = { kind: "tool.decided", ...where, data };
  if (decision !== "requiresApproval" || facts.refusal !== undefined) return [answered];
  const cardId = `${callId}#${call.cards.length + 1}`;
  const expiresAt = expiry(verdict.expiresIn, now);
  const card = { cardId, type: "approval" as const, callId, argumentsHash: hash(), causes, expiresAt };
  return [answered, { kind: "card.opened", ...where, data: card }];
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
