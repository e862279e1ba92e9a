import type { CardRow } from "../../protocol/requests.ts";
import { answerCommand, presentCard } from "../present/card.ts";
import { cardText, type CardView, type Paint } from "../present/card-view.ts";
import { ago } from "../present/quantity.ts";
import { printableText } from "../present/terminal-text.ts";
import { styled } from "./print.ts";
import { programName, shellWord } from "./program-name.ts";

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

/** Cards as a list on standard output: of each, everything a person must see and the command that answers it. */
export function listedCards(cards: readonly CardRow[]): string {
  return `${cards.map(listedCard).join("\n\n")}\n`;
}

function listedCard(card: CardRow): string {
  const { approvalId, session, requestedAt, expiresAt, state, resolvedBy } = card;
  const until = expiresAt === undefined ? "" : `  until ${expiresAt}`;
  const head = printableText(`${approvalId}  ${ago(requestedAt, Date.now())}  session ${session}${until}`);
  const end =
    state === "pending"
      ? `Answer: ${commandFor(card)}`
      : `${state}${resolvedBy === undefined ? "" : ` by ${resolvedBy}`}`;
  return `${head}\n${paintedCard(presentCard(card), process.stdout)}\n  ${printableText(end)}`;
}

/** The command that answers a card, as this person calls loopd. */
export function commandFor(card: CardRow): string {
  return answerCommand(card, programName(process.env), shellWord(card.approvalId));
}
