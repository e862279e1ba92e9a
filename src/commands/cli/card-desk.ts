import { userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../../protocol/connect.ts";
import { asLoopdError } from "../../protocol/errors.ts";
import { formFields } from "../../protocol/form-fields.ts";
import type { CardRow, ParamsOf } from "../../protocol/requests.ts";
import { stepOf } from "../../protocol/values.ts";
import { listCards } from "../list-cards.ts";
import { presentCard } from "../present/card.ts";
import { printableText } from "../present/terminal-text.ts";
import { type CardPrompt, openPrompt } from "./card-prompt.ts";
import { briefCard, offerText, paintedCard } from "./card-output.ts";
import { askForForm } from "./form-prompt.ts";

/** Milliseconds in which keys that were pressed before the prompt arrive. */
const TYPED_AHEAD = 50;

/** How a person left a card: answered here, resolved elsewhere while they looked, left for later, or Ctrl-C. */
export type CardAnswer = "answered" | "elsewhere" | "later" | "interrupted";

/** What a person says to a card, or to all approvals of its step. */
type Said = Pick<ParamsOf<"card.resolve">, "resolution" | "answer" | "reason" | "scope" | "reach">;
type SaidToStep = Pick<ParamsOf<"card.resolve-step">, "resolution"> & { isForStep: true };

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
  const step = card.type === "approval" ? await waitingInStep(card, request) : [card];
  await discardTypedAhead();
  show(card);
  const said = await sayTo(card, step, prompt);
  if (said === undefined) return elsewhere.aborted ? "elsewhere" : "interrupted";
  if (said === "later") return "later";
  const answer = { cardId: card.approvalId, by: answeredBy() };
  try {
    if ("isForStep" in said) await request("card.resolve-step", { ...answer, resolution: said.resolution });
    else tellOffer((await request("card.resolve", { ...answer, ...said })).card, said);
    return "answered";
  } catch (thrown) {
    const { code } = asLoopdError(thrown);
    if (code === "card-resolved" || code === "turn-finished") return "elsewhere";
    throw thrown;
  }
}

function show(card: CardRow): void {
  process.stderr.write(`\n${paintedCard(briefCard(card), process.stderr)}\n`);
}

/** Says after an approval of one call that it could be for longer, where such calls were approved again and again. */
function tellOffer(card: CardRow, { resolution, scope }: Said): void {
  const offer = resolution === "approved" && scope === undefined ? offerText(card) : undefined;
  if (offer !== undefined) process.stderr.write(`${printableText(offer)}\n`);
}

/** The approvals of a card's step that wait, itself among them. */
async function waitingInStep({ session, callId }: CardRow, request: Connection["request"]): Promise<CardRow[]> {
  const cards = await listCards(request, { session });
  return cards.filter(({ type, callId: other }) => type === "approval" && stepOf(other) === stepOf(callId));
}

/** What the person says; undefined once the prompt is closed. */
async function sayTo(
  card: CardRow,
  step: readonly CardRow[],
  prompt: CardPrompt,
): Promise<Said | SaidToStep | "later" | undefined> {
  const { asksFor, choices } = presentCard(card);
  const options = choices.map(({ title }, index) => ({ value: String(index), label: title }));
  if (asksFor !== "choice")
    options.unshift({ value: "words", label: asksFor === "form" ? "Fill in the form" : "Answer" });
  if (step.length > 1) options.push({ value: "step", label: `Look at All ${step.length} Calls of This Step` });
  options.push({ value: "later", label: "Leave it for later" });
  // Nobody may say by a mere Enter what became of an interrupted effect.
  const first = options[card.type === "recovery" ? options.length - 1 : 0]?.value;
  const picked = await prompt.select("Your answer", options, first);
  if (picked === undefined || picked === "later") return picked;
  if (picked === "words") return asksFor === "form" ? inForm(card, prompt) : inWords(prompt);
  if (picked === "step") return (await toStep(step, prompt)) ?? sayTo(card, step, prompt);
  const choice = choices[Number(picked)];
  if (choice?.resolution !== "denied") {
    if (choice === undefined) return undefined;
    const { resolution, scope, reach, answer } = choice;
    return { resolution, scope, reach, answer };
  }
  const words = await prompt.text("Why not? The model reads it (Enter: no reason)", { check: () => undefined });
  if (words === undefined) return undefined;
  return { resolution: "denied", reason: words.trim() === "" ? undefined : words.trim() };
}

/** One answer to a whole step, after every card of it was shown; undefined to go back to the one. */
async function toStep(step: readonly CardRow[], prompt: CardPrompt): Promise<SaidToStep | undefined> {
  for (const card of step) show(card);
  const options = [
    { value: "approved" as const, label: `Approve All ${step.length}` },
    { value: "denied" as const, label: `Deny All ${step.length}` },
  ];
  const back = { value: "back", label: "Back to the One Call" };
  const picked = await prompt.select("To all calls of this step", [...options, back], back.value);
  const resolution = options.find(({ value }) => value === picked)?.value;
  return resolution && { resolution, isForStep: true };
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
