import { userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../../protocol/connect.ts";
import { asLoopdError } from "../../protocol/errors.ts";
import { formFields } from "../../protocol/form-fields.ts";
import type { CardRow, ParamsOf } from "../../protocol/requests.ts";
import { presentCard } from "../present/card.ts";
import { type CardPrompt, openPrompt } from "./card-prompt.ts";
import { paintedCard } from "./card-output.ts";
import { askForForm } from "./form-prompt.ts";

/** Milliseconds in which keys that were pressed before the prompt arrive. */
const TYPED_AHEAD = 50;

/** How a person left a card: answered here, resolved elsewhere while they looked, left for later, or Ctrl-C. */
export type CardAnswer = "answered" | "elsewhere" | "later" | "interrupted";

/** What a person says to a card. */
type Said = Pick<ParamsOf<"card.resolve">, "resolution" | "answer" | "reason">;

/** Who answers cards here, as the trace records it: this run of the command line, and whose it is. */
export function answeredBy(): string {
  try {
    return `cli (${userInfo().username}, process ${process.pid})`;
  } catch {
    return `cli (process ${process.pid})`;
  }
}

type Ask = { card: CardRow; request: Connection["request"]; elsewhere: AbortSignal };

/**
 * Shows a card in the terminal and asks for an answer until there is one. `elsewhere` fires when somebody else resolved
 * the card, which closes the prompt.
 */
export async function askForCard({ card, request, elsewhere }: Ask): Promise<CardAnswer> {
  const prompt = await openPrompt(elsewhere);
  await discardTypedAhead();
  process.stderr.write(`\n${paintedCard(presentCard(card), process.stderr)}\n`);
  const said = await sayTo(card, prompt);
  if (said === undefined) return elsewhere.aborted ? "elsewhere" : "interrupted";
  if (said === "later") return "later";
  try {
    await request("card.resolve", { cardId: card.approvalId, by: answeredBy(), ...said });
    return "answered";
  } catch (thrown) {
    if (asLoopdError(thrown).code === "card-resolved") return "elsewhere";
    throw thrown;
  }
}

/** What the person says; undefined once the prompt is closed. */
async function sayTo(card: CardRow, prompt: CardPrompt): Promise<Said | "later" | undefined> {
  const { asksFor, choices } = presentCard(card);
  const options = choices.map(({ title }, index) => ({ value: String(index), label: title }));
  if (asksFor !== "choice")
    options.unshift({ value: "words", label: asksFor === "form" ? "Fill in the form" : "Answer" });
  options.push({ value: "later", label: "Leave it for later" });
  // Nobody may say by a mere Enter what became of an interrupted effect.
  const first = options[card.type === "recovery" ? options.length - 1 : 0]?.value;
  const picked = await prompt.select("Your answer", options, first);
  if (picked === undefined || picked === "later") return picked;
  if (picked === "words") return asksFor === "form" ? inForm(card, prompt) : inWords(prompt);
  const choice = choices[Number(picked)];
  if (choice?.resolution !== "denied") return choice && { resolution: choice.resolution, answer: choice.answer };
  const words = await prompt.text("Why not? The model reads it (Enter: no reason)", { check: () => undefined });
  if (words === undefined) return undefined;
  return { resolution: "denied", reason: words.trim() === "" ? undefined : words.trim() };
}

async function inForm({ question }: CardRow, prompt: CardPrompt): Promise<Said | undefined> {
  const answer = await askForForm(question === undefined ? [] : formFields(question), prompt);
  return answer === undefined ? undefined : { resolution: "answered", answer };
}

async function inWords(prompt: CardPrompt): Promise<Said | undefined> {
  const check = (words: string) => (words.trim() === "" ? "Type your answer, or press Ctrl-C to leave." : undefined);
  const answer = await prompt.text("In your words", { check });
  return answer === undefined ? undefined : { resolution: "answered", answer: answer.trim() };
}

/** Forgets keys that were pressed before there was anything to answer: an early Enter must not approve. */
async function discardTypedAhead(): Promise<void> {
  const { stdin } = process;
  const ignore = () => {};
  stdin.setRawMode(true).on("data", ignore).resume();
  await delay(TYPED_AHEAD);
  stdin.off("data", ignore).pause();
  stdin.setRawMode(false);
}
