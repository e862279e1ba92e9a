import type { CardType, EntryData, EntryDraft, EntryOf } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/values.ts";
import { type CheckedAnswer, checkAnswer } from "../cards.ts";
import { grantOf } from "../policy/grant-offer.ts";
import type { ToolBook } from "../ports.ts";
import { type CallView, type CardView, callsOf, type TurnView } from "../transcript.ts";
import { rationaleIn } from "./memory-ports.ts";
import type { PendingCard, PendingToolCall } from "./pending-call.ts";
import type { TraceLog } from "./trace-log.ts";

/** How a person answers a card. */
export type CardDecision =
  | { resolution: "approved"; scope: "once" | "session" }
  | { resolution: "denied"; reason?: string }
  | { resolution: "edited"; arguments: Json }
  | { resolution: "answered"; answer: Json };

/** Cards that wait for a person, oldest first. */
export function pendingCards(log: TraceLog): PendingCard[] {
  const calls = log.view().turn?.finish === undefined ? callsIn(log.view()) : [];
  return calls.flatMap((call) => call.cards.filter(isOpen).map((card) => pendingCard(log, call, card)));
}

/**
 * The entries that answer a card, on the newest view.
 * @throws LoopdError `unknown-card`, `card-resolved`, `invalid-params`, `not-allowed`.
 */
export function answerDrafts(
  log: TraceLog,
  book: ToolBook,
  cardId: string,
  decision: CardDecision,
  word: { by: string; at: string },
): EntryDraft[] {
  const view = log.view();
  const call = callsIn(view).find(({ cards }) => cards.some((card) => card.cardId === cardId));
  const card = call?.cards.find((one) => one.cardId === cardId);
  if (call === undefined || card === undefined || !isOpen(card)) throw closed(log, cardId);
  const answer = checked(book, log, call, card, decision);
  const where = { session: log.session, turn: view.turn?.turn };
  const data: EntryData<"card.resolved"> = { cardId, by: word.by, ...answer };
  const resolved: EntryDraft = { kind: "card.resolved", ...where, data };
  if (decision.resolution !== "approved" || decision.scope === "once") return [resolved];
  const asked = { approvalId: cardId, type: card.type, session: log.session, tool: call.name };
  const facts = call.decision?.facts;
  const rule = grantOf({ ...asked, facts, causes: [...(card.causes ?? [])] }, "session", word);
  if (rule !== undefined) return [resolved, { kind: "rule.added", session: log.session, data: { rule } }];
  const message = `What ${cardId} asks for can only be approved once: there is nothing by which to know it again.`;
  throw new LoopdError("not-allowed", message);
}

/** @throws LoopdError `invalid-params`, saying how the card can be answered. */
function checked(book: ToolBook, log: TraceLog, call: CallView, { cardId, type }: CardView, decision: CardDecision) {
  const question = openedAs(log, cardId)?.data.question;
  const answer = checkAnswer({ type, tool: call.name, question }, book, decision);
  if (answer.type === "fits") return answer.data;
  throw new LoopdError("invalid-params", `${cardId} still waits: ${refusal(type, answer)}`);
}

function refusal(type: CardType, problem: Exclude<CheckedAnswer, { type: "fits" }>): string {
  switch (problem.type) {
    case "not-editable":
      return `it is a ${type}; only an approval has arguments to edit.`;
    case "not-a-question":
      return "it is an approval; approve, deny or edit it.";
    case "no-recovery":
      return 'it asks what became of an interrupted call; answer "happened", "again" or "skip".';
    case "not-an-approval":
      return "it is a question; answer it, or deny to decline it.";
    default:
      return problem.message;
  }
}

function pendingCard(log: TraceLog, call: CallView, card: CardView): PendingCard {
  const { cardId, type, causes = [], expiresAt } = card;
  return {
    cardId,
    type,
    call: pendingCall(log, call),
    causes,
    expiresAt,
    question: openedAs(log, cardId)?.data.question,
  };
}

function pendingCall(log: TraceLog, { callId, name, arguments: values, effect, decision }: CallView): PendingToolCall {
  const modelRationale = rationaleIn(log.entries(), callId);
  return { id: callId, name, arguments: values, effect: effect ?? "exec", facts: decision?.facts, modelRationale };
}

function closed(log: TraceLog, cardId: string): LoopdError {
  const first = log.entries().findLast((entry) => entry.kind === "card.resolved" && entry.data.cardId === cardId);
  if (first?.kind === "card.resolved") {
    const { resolution, by } = first.data;
    const how = `${cardId} was already ${resolution} by ${by} at ${first.at}. Nothing was changed.`;
    return new LoopdError("card-resolved", how);
  }
  return new LoopdError("unknown-card", `There is no card ${cardId} in this session that waits for anybody.`);
}

function openedAs(log: TraceLog, cardId: string): EntryOf<"card.opened"> | undefined {
  const entry = log.entries().findLast((one) => one.kind === "card.opened" && one.data.cardId === cardId);
  return entry?.kind === "card.opened" ? entry : undefined;
}

function callsIn({ turn }: TurnView): readonly CallView[] {
  return turn === undefined ? [] : callsOf(turn);
}

function isOpen({ resolution }: CardView): boolean {
  return resolution === undefined;
}
