import { userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../../protocol/connect.ts";
import { asLoopdError } from "../../protocol/errors.ts";
import type { CardRow, ParamsOf } from "../../protocol/requests.ts";
import { approvalText, type CardChoice, presentApproval } from "../present/approval.ts";

/** Milliseconds in which keys that were pressed before the prompt arrive. */
const TYPED_AHEAD = 50;

/** How a person left a card: answered here, resolved elsewhere while they looked, left for later, or Ctrl-C. */
export type CardAnswer = "answered" | "elsewhere" | "later" | "interrupted";

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
  const { isCancel, select, text } = await import("@clack/prompts");
  const view = presentApproval(card);
  await discardTypedAhead();
  const terminal = { input: process.stdin, output: process.stderr, signal: elsewhere };
  process.stderr.write(`\n${approvalText(view)}\n`);
  const options: { value: string; label: string }[] = view.choices.map(({ title }) => ({ value: title, label: title }));
  options.push({ value: "later", label: "Leave it for later" });
  const first = options[card.type === "recovery" ? options.length - 1 : 0]?.value;
  const picked = await select({ message: "Your answer", options, initialValue: first, ...terminal });
  if (isCancel(picked)) return elsewhere.aborted ? "elsewhere" : "interrupted";
  const choice = view.choices.find(({ title }) => title === picked);
  if (choice === undefined) return "later";
  let reason: string | undefined;
  if (choice.resolution === "denied") {
    const words = await text({
      message: "Why not? The model reads it (Enter: no reason)",
      defaultValue: "",
      ...terminal,
    });
    if (isCancel(words)) return elsewhere.aborted ? "elsewhere" : "interrupted";
    reason = words.trim() === "" ? undefined : words.trim();
  }
  try {
    await request("card.resolve", resolutionOf(card, choice, reason));
    return "answered";
  } catch (thrown) {
    if (asLoopdError(thrown).code === "card-resolved") return "elsewhere";
    throw thrown;
  }
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

function resolutionOf(card: CardRow, choice: CardChoice, reason: string | undefined): ParamsOf<"card.resolve"> {
  const { resolution, answer } = choice;
  return { cardId: card.approvalId, resolution, answer, reason, by: answeredBy() };
}
