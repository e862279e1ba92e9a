import type { CardRow } from "../../protocol/requests.ts";
import { stepOf } from "../../protocol/values.ts";
import { presentCard } from "./card.ts";
import type { CardChoice } from "./card-view.ts";

/** What a person can do about a card. */
export type CardAction =
  | { type: "answer-card"; card: CardRow; choice: CardChoice }
  | { type: "answer-in-words"; card: CardRow }
  | { type: "fill-in-form"; card: CardRow }
  | { type: "deny-with-reason"; card: CardRow }
  | { type: "edit-arguments"; card: CardRow }
  /** `cards`: every approval of the step, the card itself among them. */
  | { type: "answer-step"; cards: readonly CardRow[] }
  | { type: "copy-arguments"; text: string };

/**
 * The actions of a card in the order in which Raycast lists them; the first one is on the return key. Denying is never
 * further away than the second key. `waiting`: all cards that wait, among which are the others of its step.
 */
export function cardActions(card: CardRow, waiting: readonly CardRow[]): CardAction[] {
  const { choices, asksFor } = presentCard(card);
  const actionOf = (choice: CardChoice): CardAction => ({ type: "answer-card", card, choice });
  const isLonger = ({ scope }: CardChoice) => scope !== undefined;
  const actions = choices.filter((choice) => !isLonger(choice)).map(actionOf);
  if (asksFor === "text") actions.unshift({ type: "answer-in-words", card });
  if (asksFor === "form") actions.unshift({ type: "fill-in-form", card });
  if (card.type !== "recovery") actions.push({ type: "deny-with-reason", card });
  if (card.type === "approval") {
    actions.push({ type: "edit-arguments", card });
    const cards = cardsOfStep(card, waiting);
    if (cards.length > 1) actions.push({ type: "answer-step", cards });
  }
  actions.push(...choices.filter(isLonger).map(actionOf));
  if (card.type !== "question") {
    actions.push({ type: "copy-arguments", text: JSON.stringify(card.arguments, null, 2) });
  }
  return actions;
}

/** The approvals of a card's step, in the order of the calls. */
function cardsOfStep({ callId, session }: CardRow, waiting: readonly CardRow[]): CardRow[] {
  const step = stepOf(callId);
  return waiting.filter((one) => one.type === "approval" && one.session === session && stepOf(one.callId) === step);
}
