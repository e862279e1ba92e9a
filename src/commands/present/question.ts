import { expectation } from "../../protocol/check-answer.ts";
import { type FormField, formFields, questionChoices } from "../../protocol/form-fields.ts";
import type { CardRow } from "../../protocol/requests.ts";
import { callSummary } from "./call.ts";
import { type CardChoice, type CardView, createSections } from "./card-view.ts";
import { oneLine, visibleText } from "./terminal-text.ts";

const LONGEST_TITLE = 100;
const LONGEST_CHOICE = 80;

const decline: CardChoice = { title: "Decline to Answer", resolution: "denied" };

/** What a face shows of a question: who asks, what, and how it can be answered. */
export function presentQuestion(card: CardRow): CardView {
  const { question } = card;
  const { sections, add } = createSections();
  if (question === undefined)
    return { title: "A question that cannot be read", sections, asksFor: "choice", choices: [decline] };
  const asker = askerOf(question.from);
  add("Asked by", asker.detail);
  add("During", asker.warning === undefined ? undefined : callSummary(card.tool, card.arguments));
  add("Careful", asker.warning);
  add("Question", question.text, "quote");
  const choices = questionChoices(question);
  const fields = formFields(question);
  add("Choices", choices.map((choice, index) => `${index + 1}. ${indented(choice)}`).join("\n"), "block");
  add("Fields", fields.map(fieldWords).join("\n"), "block");
  const answers = choices.map((choice): CardChoice => ({
    title: choiceTitle(choice),
    resolution: "answered",
    answer: choice,
  }));
  // A form without fields asks for a yes or no.
  if (question.form !== undefined && fields.length === 0) {
    answers.push({ title: "Confirm", resolution: "answered", answer: {} });
  }
  return {
    title: oneLine(`${asker.name} asks: ${question.text}`, LONGEST_TITLE),
    sections,
    asksFor: fields.length > 0 ? "form" : answers.length > 0 ? "choice" : "text",
    choices: [...answers, decline],
  };
}

/** The words of a question, for a place that shows plain text. */
export function questionText({ question }: CardRow): string {
  return question === undefined ? "" : visibleText(question.text);
}

/** A field as a form labels it: the stranger's title, and whether it may stay empty. */
export function fieldLabel({ title, isRequired }: FormField): string {
  return `${oneLine(title, LONGEST_CHOICE)}${isRequired ? "" : " (optional)"}`;
}

/** A choice of somebody else, marked as such, so that it cannot pass for an action of ours. */
function choiceTitle(choice: string): string {
  return `Answer “${oneLine(choice, LONGEST_CHOICE)}”`;
}

function askerOf(from: string): { name: string; detail: string; warning?: string } {
  const [kind, ...rest] = from.split(" ");
  if (kind !== "mcp") return { name: "The model", detail: "the model" };
  const server = oneLine(rest.join(" "), 64);
  return {
    name: `The server ${server}`,
    detail: `the connected server ${server}`,
    warning: "what you answer goes to that server; give it no password or key",
  };
}

function fieldWords(field: FormField): string {
  const { name, title, description, isRequired, preset } = field;
  const what = [title === name ? "" : title, description ?? ""].filter((words) => words !== "").join(": ");
  const rest = [isRequired ? "required" : "optional", expectation(field)];
  if (preset !== undefined) rest.push(`default ${JSON.stringify(preset)}`);
  return indented(`${name}${what === "" ? "" : `: ${what}`} (${rest.join(", ")})`);
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n   ");
}
