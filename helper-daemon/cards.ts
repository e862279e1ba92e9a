import type { ToolBook } from "../src/agent/ports.ts";
import { answerProblem } from "../src/protocol/check-answer.ts";
import type { EntryData, EntryDraft } from "../src/protocol/entries.ts";
import { recoveryAnswerSchema } from "../src/protocol/entries.ts";
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
  hub.record(answerDrafts(card, book, params));
  return withGrant(store.cards.find(card.approvalId));
}

/**
 * What an answer to a card that still waits records.
 * @throws LoopdError `invalid-params`, `not-allowed`.
 */
export function answerDrafts(
  card: CardRow,
  book: Pick<ToolBook, "parse">,
  params: ParsedParamsOf<"card.resolve">,
): EntryDraft[] {
  const { approvalId: cardId, session, turn } = card;
  if (params.resolution !== "approved" && (params.scope !== "once" || params.holdsFor !== undefined)) {
    throw new LoopdError("not-allowed", `Only an approval can hold for longer; ${cardId} still waits.`);
  }
  const data = { cardId, ...answerOf(card, book, params) };
  const grants = params.resolution === "approved" ? grantDrafts(card, params, new Date()) : [];
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

type Answer = Omit<EntryData<"card.resolved">, "cardId">;

function answerOf(card: CardRow, book: Pick<ToolBook, "parse">, params: ParsedParamsOf<"card.resolve">): Answer {
  if (params.resolution === "edited") return editedAnswer(card, book, params);
  if (card.type === "question") return questionAnswer(card, params);
  return card.type === "recovery" ? recoveryAnswer(card, params) : approvalAnswer(card, params);
}

/** Other arguments, which the tool must take. They are decided anew, and `deny` still wins. */
function editedAnswer(
  { type, approvalId, tool }: CardRow,
  book: Pick<ToolBook, "parse">,
  { by, reason, arguments: values = null }: ParsedParamsOf<"card.resolve">,
): Answer {
  if (type !== "approval") {
    throw new LoopdError("invalid-params", `${approvalId} is a ${type}; only an approval has arguments to edit.`);
  }
  const parsed = book.parse(tool, values);
  if (parsed.type === "parsed") return { resolution: "edited", by, reason, arguments: parsed.arguments };
  throw new LoopdError("invalid-params", `${approvalId} still waits: ${parsed.message}`);
}

function approvalAnswer({ approvalId }: CardRow, params: ParsedParamsOf<"card.resolve">): Answer {
  const { resolution, scope, reason, by } = params;
  if (resolution === "answered") {
    const hint = `loopd approvals approve ${approvalId}, or deny`;
    throw new LoopdError("invalid-params", `${approvalId} is an approval, not a question. Answer with: ${hint}`);
  }
  return { resolution, by, scope: resolution === "approved" ? scope : undefined, reason };
}

function recoveryAnswer({ approvalId }: CardRow, params: ParsedParamsOf<"card.resolve">): Answer {
  const { resolution, reason, answer, by } = params;
  const parsed = recoveryAnswerSchema.safeParse(answer);
  if (resolution === "answered" && parsed.success) return { resolution, by, reason, answer: parsed.data };
  const hint = `loopd approvals answer ${approvalId} happened|again|skip`;
  throw new LoopdError("invalid-params", `${approvalId} asks what became of an interrupted call. Answer with: ${hint}`);
}

/** Text, one of the choices, or an object that fits the form; or denied, which means that the person says nothing to it. */
function questionAnswer({ approvalId, question }: CardRow, params: ParsedParamsOf<"card.resolve">): Answer {
  const { resolution, reason, answer, by } = params;
  if (resolution === "denied") return { resolution, by, reason };
  const hint = `loopd questions answer ${approvalId} (see loopd questions list), or decline it with --decline`;
  if (resolution === "approved" || question === undefined) {
    const message = `${approvalId} is a question, which nobody can approve. Answer with: ${hint}`;
    throw new LoopdError("invalid-params", message);
  }
  const problem = answerProblem(question, answer);
  if (problem !== undefined) {
    const message = `${approvalId} still waits: this is no answer to it. ${problem} Answer with: ${hint}`;
    throw new LoopdError("invalid-params", message);
  }
  return { resolution, by, reason, answer };
}
