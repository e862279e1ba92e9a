import type { CardRow } from "../../protocol/requests.ts";
import { stepOf } from "../../protocol/values.ts";
import { answerCommand, presentCard } from "../present/card.ts";
import { cardText, type CardView, type Paint } from "../present/card-view.ts";
import { ago, plural } from "../present/quantity.ts";
import { grantWords } from "../present/rule.ts";
import { shortened } from "../present/shortened.ts";
import { oneLine, visibleText } from "../present/terminal-text.ts";
import { styled } from "./print.ts";
import { programName, shellWord } from "./program-name.ts";

const LONGEST_TITLE = 60;

/** A card as text for a stream: what a change removes and adds is red and green where the stream shows colours. */
export function paintedCard(view: CardView, stream: NodeJS.WriteStream): string {
  const paint: Paint = (line, format) => {
    if (format !== "diff") return line;
    if (/^(?:---|\+\+\+) /.test(line)) return styled("bold", line, stream);
    if (line.startsWith("+")) return styled("green", line, stream);
    if (line.startsWith("-")) return styled("red", line, stream);
    return line.startsWith("@@") ? styled("cyan", line, stream) : line;
  };
  return cardText(view, paint);
}

/** A card with its longest parts shortened, and the command that shows all of it. */
export function briefCard(card: CardRow): CardView {
  const command = `${programName(process.env)} approvals show ${shellWord(card.approvalId)}`;
  return shortened(presentCard(card), `all of it: ${command}`);
}

/** Cards as a list on standard output: of each, everything a person must see and the command that answers it. */
export function listedCards(cards: readonly CardRow[]): string {
  const waiting = cards.filter(({ type, state }) => type === "approval" && state === "pending");
  const inStep = (callId: string) => waiting.filter((card) => stepOf(card.callId) === stepOf(callId)).length;
  return `${cards.map((card) => listedCard(card, briefCard(card), inStep(card.callId))).join("\n\n")}\n`;
}

/** One card in full, as long as it is. */
export function wholeCard(card: CardRow): string {
  return `${listedCard(card, presentCard(card), 1)}\n`;
}

/** `inStep`: how many approvals of its step wait, itself among them. */
function listedCard(card: CardRow, view: CardView, inStep: number): string {
  const { approvalId, session, title, turn, type, requestedAt, expiresAt, state, resolvedBy, resolvedAt } = card;
  const isPending = state === "pending";
  const until = expiresAt === undefined || !isPending ? "" : `  until ${expiresAt}`;
  const name = oneLine(title, LONGEST_TITLE);
  const head = `${approvalId}  ${ago(requestedAt, Date.now())}  session ${session} “${name}”  turn ${turn}${until}`;
  const end = isPending
    ? `Answer: ${commandFor(card)}`
    : `${state}${resolvedBy === undefined ? "" : ` by ${resolvedBy} at ${resolvedAt}`}`;
  const step =
    isPending && type === "approval" && inStep > 1
      ? `\n  Its step waits for ${plural(inStep, "approval")}; all at once: ${stepCommand(card)}`
      : "";
  return `${visibleText(head)}\n${paintedCard(view, process.stdout)}\n  ${visibleText(end)}${step}`;
}

/** The command that answers a card, as this person calls loopd. */
export function commandFor(card: CardRow): string {
  return answerCommand(card, programName(process.env), shellWord(card.approvalId));
}

function stepCommand({ approvalId }: CardRow): string {
  return `${programName(process.env)} approvals approve --step ${shellWord(approvalId)}`;
}

/** What a person is told who has approved such a call again and again; undefined where there is nothing to offer. */
export function offerText(card: CardRow): string | undefined {
  const { grant, approvals = 0, approvalId } = card;
  if (grant?.isSuggested !== true) return undefined;
  const command = `${programName(process.env)} grants add ${shellWord(approvalId)} --scope session`;
  return [
    `You have approved such a call ${plural(approvals, "time")}. Not to be asked about it any more in this session:`,
    `  ${command}   (everywhere: --scope always; for a while: --for 24h)`,
    `  That would let run without asking: ${visibleText(grantWords(card) ?? "")}`,
  ].join("\n");
}
