import type { EntryData } from "../src/protocol/entries.ts";
import { recoveryAnswerSchema } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { CardRow, ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Hub } from "./hub.ts";
import type { Store } from "./store/open-store.ts";

/**
 * Records a person's answer to a card. The first one wins: the store refuses a second in the same transaction.
 * @throws LoopdError `unknown-card`, `ambiguous-id`, `card-resolved` (naming who and when), `invalid-params`, `not-allowed`.
 */
export function resolveCard(store: Store, hub: Hub, params: ParsedParamsOf<"card.resolve">): CardRow {
  const card = store.cards.find(params.cardId);
  if (card.state !== "pending") {
    throw new LoopdError(
      "card-resolved",
      `${card.approvalId} was already ${card.state} by ${card.resolvedBy} at ${card.resolvedAt}. Nothing was changed.`,
    );
  }
  const { approvalId: cardId, session, turn } = card;
  hub.record([{ kind: "card.resolved", session, turn, data: { cardId, ...answerOf(card, params) } }]);
  return store.cards.find(cardId);
}

function answerOf(card: CardRow, params: ParsedParamsOf<"card.resolve">): Omit<EntryData<"card.resolved">, "cardId"> {
  const { resolution, scope, reason, answer, by } = params;
  if (scope !== "once") {
    throw new LoopdError(
      "not-allowed",
      `This version grants an approval once, not "${scope}". Approve with --scope once.`,
    );
  }
  if (card.type === "recovery") {
    const parsed = recoveryAnswerSchema.safeParse(answer);
    if (resolution === "answered" && parsed.success) return { resolution, by, reason, answer: parsed.data };
    const hint = `loopd approvals answer ${card.approvalId} happened|again|skip`;
    throw new LoopdError(
      "invalid-params",
      `${card.approvalId} asks what became of an interrupted call. Answer with: ${hint}`,
    );
  }
  if (resolution === "answered") {
    const hint = `loopd approvals approve ${card.approvalId}, or deny`;
    throw new LoopdError("invalid-params", `${card.approvalId} is an approval, not a question. Answer with: ${hint}`);
  }
  return { resolution, by, scope: resolution === "approved" ? scope : undefined, reason };
}
