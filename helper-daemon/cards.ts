import { type CheckedAnswer, checkAnswer } from "../src/agent/cards.ts";
import type { ToolBook } from "../src/agent/ports.ts";
import type { EntryDraft } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { CardRow, ParsedParamsOf } from "../src/protocol/requests.ts";
import { grantDrafts, withGrant } from "./grants.ts";
import type { Hub } from "./hub.ts";
import type { Store } from "./store/open-store.ts";

/**
 * Records a person's answer to a card. The first one wins: the store refuses a second in the same transaction.
 * @throws LoopdError `unknown-card`, `ambiguous-id`, `card-resolved` (naming who and when), `turn-finished`,
 * `invalid-params`, `not-allowed`.
 */
export function resolveCard(
  store: Store,
  hub: Hub,
  book: Pick<ToolBook, "parse">,
  params: ParsedParamsOf<"card.resolve">,
): CardRow {
  const card = store.cards.find(params.cardId);
  refuseLate(store, card);
  hub.record(answerDrafts(card, store, book, params));
  return withGrant(store.cards.find(card.approvalId), store);
}

/**
 * What an answer to a card that still waits records.
 * @throws LoopdError `invalid-params`, `not-allowed`.
 */
export function answerDrafts(
  card: CardRow,
  store: Pick<Store, "taints">,
  book: Pick<ToolBook, "parse">,
  params: ParsedParamsOf<"card.resolve">,
): EntryDraft[] {
  const { approvalId: cardId, session, turn } = card;
  const isLonger = params.scope !== "once" || params.holdsFor !== undefined || params.reach !== "same";
  if (params.resolution !== "approved" && isLonger) {
    throw new LoopdError("not-allowed", `Only an approval can hold for longer; ${cardId} still waits.`);
  }
  const data = { cardId, ...answerOf(card, book, params) };
  const grants = params.resolution === "approved" ? grantDrafts(card, store, params, new Date()) : [];
  return [{ kind: "card.resolved", session, turn, data }, ...grants];
}

/**
 * Refuses an answer that comes too late, and says to whom or to what.
 * @throws LoopdError `card-resolved`, `turn-finished`.
 */
export function refuseLate(store: Store, card: CardRow): void {
  const { approvalId, state, turn, expiresAt, resolvedBy, resolvedAt } = card;
  const [stopping] = store.log.ofTurn(turn, "turn.stopping");
  const stopped = stopping && `its turn was stopped by ${stopping.data.by} at ${stopping.at}`;
  if (state === "pending") {
    // Nobody has told the runner yet, or it is about to say so itself.
    if (stopped !== undefined) {
      throw new LoopdError("turn-finished", `${approvalId} waits for nothing any more: ${stopped}. Nothing will run.`);
    }
    if (expiresAt === undefined || Date.parse(expiresAt) > Date.now()) return;
  }
  throw new LoopdError("card-resolved", `${approvalId} ${endWords()} Nothing was changed.`);

  function endWords(): string {
    switch (state) {
      case "pending":
      case "expired":
        return `expired at ${resolvedAt ?? expiresAt}: nobody had answered in time, so it counts as denied.`;
      case "cancelled":
        return `was cancelled at ${resolvedAt}, because ${stopped ?? "its call ended without an answer"}.`;
      default:
        return `was already ${state} by ${resolvedBy} at ${resolvedAt}.`;
    }
  }
}

/** @throws LoopdError `invalid-params`, saying how the card can be answered. */
function answerOf(card: CardRow, book: Pick<ToolBook, "parse">, params: ParsedParamsOf<"card.resolve">) {
  const checked = checkAnswer(card, book, params);
  if (checked.type === "fits") return { ...checked.data, by: params.by };
  throw new LoopdError("invalid-params", refusal(card, checked));
}

function refusal({ type, approvalId: id }: CardRow, problem: Exclude<CheckedAnswer, { type: "fits" }>): string {
  const hint = `loopd questions answer ${id} (see loopd questions list), or decline it with --decline`;
  switch (problem.type) {
    case "not-editable":
      return `${id} is a ${type}; only an approval has arguments to edit.`;
    case "wrong-arguments":
      return `${id} still waits: ${problem.message}`;
    case "not-a-question":
      return `${id} is an approval, not a question. Answer with: loopd approvals approve ${id}, or deny`;
    case "no-recovery":
      return `${id} asks what became of an interrupted call. Answer with: loopd approvals answer ${id} happened|again|skip`;
    case "not-an-approval":
      return `${id} is a question, which nobody can approve. Answer with: ${hint}`;
    case "wrong-answer":
      return `${id} still waits: this is no answer to it. ${problem.message} Answer with: ${hint}`;
  }
}
