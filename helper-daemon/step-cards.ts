import type { ToolBook } from "../src/agent/ports.ts";
import type { StepCard } from "../src/protocol/card-answer.ts";
import type { EntryDraft } from "../src/protocol/entries.ts";
import { asLoopdError } from "../src/protocol/errors.ts";
import type { CardRow, ParsedParamsOf } from "../src/protocol/requests.ts";
import { answerDrafts, refuseLate } from "./cards.ts";
import type { Hub } from "./hub.ts";
import type { Store } from "./store/open-store.ts";

/** What became of the approvals of a step, and where they are. */
interface StepAnswered {
  session: string;
  cards: StepCard[];
}

/**
 * Answers every approval of a step that waits, in one record. What somebody has answered meanwhile stays as it is and is
 * named, and so is what cannot be answered so; the rest goes on.
 * @throws LoopdError `unknown-card`, `ambiguous-id`, or those of the store: then nothing was answered.
 */
export function resolveStep(
  store: Store,
  hub: Hub,
  book: Pick<ToolBook, "parse">,
  params: ParsedParamsOf<"card.resolve-step">,
): StepAnswered {
  const before = store.cards.step(params.cardId);
  const drafts: EntryDraft[] = [];
  const refusals = new Map<string, { code: string; message: string }>();
  for (const card of before) {
    const cardId = card.approvalId;
    try {
      if (card.state !== "pending") continue;
      refuseLate(store, card);
      drafts.push(...answerDrafts(card, store, book, { ...params, cardId }));
    } catch (thrown) {
      const { code, message } = asLoopdError(thrown);
      refusals.set(cardId, { code, message });
    }
  }
  if (drafts.length > 0) hub.record(drafts);
  const cards = before.map((card) => stepCard(card, store.cards.find(card.approvalId), refusals.get(card.approvalId)));
  return { session: before[0]?.session ?? "", cards };
}

function stepCard(before: CardRow, now: CardRow, refusal: { code: string; message: string } | undefined): StepCard {
  const { approvalId: cardId, tool, state, resolvedBy, resolvedAt } = now;
  const result = before.state !== "pending" ? "earlier" : refusal === undefined ? "resolved" : "refused";
  return { cardId, tool, result, state, resolvedBy, resolvedAt, ...refusal };
}
