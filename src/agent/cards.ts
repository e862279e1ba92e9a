import { answerProblem } from "../protocol/check-answer.ts";
import { type CardType, type EntryData, recoveryAnswerSchema } from "../protocol/entries.ts";
import type { Question } from "../protocol/question.ts";
import type { GrantScope, Json } from "../protocol/values.ts";
import type { ToolBook } from "./ports.ts";

/** What of a card decides which answers it takes. */
interface AskedCard {
  type: CardType;
  tool: string;
  /** Present where the type is `question`. */
  question?: Question;
}

/** What a person says to a card. */
interface Said {
  resolution: "approved" | "denied" | "edited" | "answered";
  scope?: GrantScope;
  reason?: string;
  /** With `answered`. */
  answer?: Json;
  /** With `edited`. */
  arguments?: Json;
}

/** What is recorded of an answer, or why it is none to this card: `message` says what does not fit about what was said. */
export type CheckedAnswer =
  | { type: "fits"; data: Omit<EntryData<"card.resolved">, "cardId" | "by"> }
  | { type: "not-editable" | "not-a-question" | "no-recovery" | "not-an-approval" }
  | { type: "wrong-arguments" | "wrong-answer"; message: string };

/**
 * Whether a card takes an answer. An approval is approved, denied or edited, to arguments that its tool takes; a recovery
 * says what became of the call; a question is answered with a text, one of its choices or what fits its form, or denied,
 * which means that the person says nothing to it.
 */
export function checkAnswer(card: AskedCard, book: Pick<ToolBook, "parse">, said: Said): CheckedAnswer {
  if (said.resolution === "edited") return checkEdit(card, book, said);
  if (card.type === "approval") return checkApproval(said);
  return card.type === "recovery" ? checkRecovery(said) : checkQuestion(card, said);
}

/** Other arguments are decided anew, and `deny` still wins. */
function checkEdit(
  { type, tool }: AskedCard,
  book: Pick<ToolBook, "parse">,
  { reason, arguments: values = null }: Said,
): CheckedAnswer {
  if (type !== "approval") return { type: "not-editable" };
  const parsed = book.parse(tool, values);
  if (parsed.type === "invalid") return { type: "wrong-arguments", message: parsed.message };
  return { type: "fits", data: { resolution: "edited", reason, arguments: parsed.arguments } };
}

function checkApproval({ resolution, scope, reason }: Said): CheckedAnswer {
  if (resolution === "answered") return { type: "not-a-question" };
  return { type: "fits", data: { resolution, scope: resolution === "approved" ? scope : undefined, reason } };
}

function checkRecovery({ resolution, reason, answer }: Said): CheckedAnswer {
  const parsed = recoveryAnswerSchema.safeParse(answer);
  if (resolution !== "answered" || !parsed.success) return { type: "no-recovery" };
  return { type: "fits", data: { resolution, reason, answer: parsed.data } };
}

function checkQuestion({ question }: AskedCard, { resolution, reason, answer }: Said): CheckedAnswer {
  if (resolution === "denied") return { type: "fits", data: { resolution, reason } };
  if (resolution !== "answered" || question === undefined) return { type: "not-an-approval" };
  const problem = answerProblem(question, answer);
  if (problem !== undefined) return { type: "wrong-answer", message: problem };
  return { type: "fits", data: { resolution, reason, answer } };
}
