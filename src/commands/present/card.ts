import { formFields, questionChoices } from "../../protocol/form-fields.ts";
import type { CardRow } from "../../protocol/requests.ts";
import { presentApproval } from "./approval.ts";
import type { CardView } from "./card-view.ts";
import { plural } from "./quantity.ts";
import { presentQuestion } from "./question.ts";

/** What a face shows of a card, whatever it asks. */
export function presentCard(card: CardRow): CardView {
  return card.type === "question" ? presentQuestion(card) : presentApproval(card);
}

/** The command that answers a card from any terminal. `program`: how this person calls loopd; `id`: fit for a shell. */
export function answerCommand({ type, question, grant, appGrant }: CardRow, program: string, id: string): string {
  if (type === "recovery") return `${program} approvals answer ${id} happened|again|skip`;
  if (type === "approval") {
    const longer = grant === undefined ? "" : "; for longer: --scope session|always";
    const whole = appGrant === undefined ? "" : "; everything in the application: --scope session --reach app";
    return `${program} approvals approve ${id}   (or: deny ${id} --reason TEXT${longer}${whole})`;
  }
  return `${program} questions answer ${id} ${answerWords(question)}   (or: --decline)`;
}

/** What of pending cards a person has to answer, and the commands that list it. `program`: how this person calls loopd. */
export function waitingWords(cards: readonly CardRow[], program: string): string {
  const questions = cards.filter(({ type }) => type === "question").length;
  const approvals = cards.length - questions;
  const parts: string[] = [];
  if (approvals > 0) parts.push(`${plural(approvals, "approval")} (${program} approvals)`);
  if (questions > 0) parts.push(`${plural(questions, "question")} (${program} questions)`);
  return `Waiting for you: ${parts.join(", ")}`;
}

function answerWords(question: CardRow["question"]): string {
  if (question?.form !== undefined) return formFields(question).length === 0 ? "'{}'" : "--field NAME=VALUE …";
  return question === undefined || questionChoices(question).length === 0 ? '"TEXT"' : "NUMBER";
}
