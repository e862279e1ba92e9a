import type { ToolBook } from "../src/agent/ports.ts";
import { answerProblem } from "../src/protocol/check-answer.ts";
import type { EntryData } from "../src/protocol/entries.ts";
import { recoveryAnswerSchema } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { CardRow, ParsedParamsOf } from "../src/protocol/requests.ts";
import { grantDrafts } from "./grants.ts";
import type { Hub } from "./hub.ts";
import type { Store } from "./store/open-store.ts";

/**
 * Records a person's answer to a card. The first one wins: the store refuses a second in the same transaction.
 * @throws LoopdError `unknown-card`, `ambiguous-id`, `card-resolved` (naming who and when), `invalid-params`, `not-allowed`.
 */
export function resolveCard(
  store: Store,
  hub: Hub,
  book: Pick<ToolBook, "parse">,
  params: ParsedParamsOf<"card.resolve">,
): CardRow {
  const card = store.cards.find(params.cardId);
  if (card.state !== "pending") {
    throw new LoopdError(
      "card-resolved",
      `${card.approvalId} was already ${card.state} by ${card.resolvedBy} at ${card.resolvedAt}. Nothing was changed.`,
    );
  }
  const { approvalId: cardId, session, turn } = card;
  if (params.scope !== "once" && params.resolution !== "approved") {
    throw new LoopdError("not-allowed", `Only an approval can hold for longer; ${cardId} still waits.`);
  }
  const data = { cardId, ...answerOf(card, book, params) };
  const grants = params.resolution === "approved" ? grantDrafts(card, params.scope, params.by, new Date()) : [];
  hub.record([{ kind: "card.resolved", session, turn, data }, ...grants]);
  return store.cards.find(cardId);
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
