import type { EntryDraft } from "../protocol/entries.ts";
import type { Cause, Facts, Millis } from "../protocol/values.ts";
import { canonicalize } from "./canonical.ts";
import { type Circumstances, decide, type Verdict } from "./policy/decide.ts";
import type { ParsedCall, Ports, Settings, ToolBook } from "./ports.ts";
import { type CallView, newestCard, type TurnState, type TurnView } from "./transcript.ts";

/** What surrounds the calls of a turn, as policy sees it. */
export function circumstancesOf(view: TurnView, turn: TurnState, now: Millis): Circumstances {
  const { origin, overrides, endpointTrust } = turn;
  return { session: view.session, origin, overrides, taints: view.taints, endpointTrust, now };
}

/** Looks at what each call would touch, asks policy, and drafts answer and card together. */
export async function decideCalls(
  ports: Ports,
  view: TurnView,
  calls: CallView[],
  { rules, tools }: Settings,
): Promise<EntryDraft[]> {
  const { turn } = view;
  if (turn === undefined) return [];
  const around = circumstancesOf(view, turn, ports.now());
  const decided = await Promise.all(
    calls.map(async (call): Promise<EntryDraft[]> => {
      const { callId, name } = call;
      const parsed: ParsedCall = { callId, name, arguments: call.arguments, effect: call.effect ?? "exec" };
      const facts = await ports.inspect(parsed);
      const verdict = withPersonsWord(call, decide(parsed, facts, around, rules));
      const { answer: decision, ruleId, causes, reason } = verdict;
      const where = { session: view.session, turn: turn.turn };
      const answered: EntryDraft = {
        kind: "tool.decided",
        ...where,
        data: { callId, decision, ruleId, causes, facts, reason },
      };
      if (decision !== "requiresApproval") return [answered];
      const argumentsHash = boundHash(ports, tools, parsed, facts);
      const cardId = `${callId}#${call.cards.length + 1}`;
      const expiresAt = expiry(verdict.expiresIn, around.now);
      const card = { cardId, type: "approval" as const, callId, argumentsHash, causes, expiresAt };
      return [answered, { kind: "card.opened", ...where, data: card }];
    }),
  );
  return decided.flat();
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

const UNITS: Readonly<Record<string, Millis>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function expiry(expiresIn: string | undefined, now: Millis): Millis | undefined {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(expiresIn ?? "") ?? [];
  return count === undefined ? undefined : now + Number(count) * (UNITS[unit] ?? 0);
}
