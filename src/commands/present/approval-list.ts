import type { CardType } from "../../protocol/entries.ts";
import type { CardRow } from "../../protocol/requests.ts";
import { cardSummary } from "./call.ts";
import { causeTexts } from "./cause.ts";
import { plural } from "./quantity.ts";
import { questionText } from "./question.ts";
import { oneLine, visibleText } from "./terminal-text.ts";

/** Which cards a person wants to see. */
export type CardFilter = CardType | "all";

/** What waits in one turn. */
export interface WaitingTurn {
  key: string;
  /** That of the session. */
  title: string;
  subtitle: string;
  cards: CardRow[];
}

/** A card as a line of a list. */
export interface WaitingLine {
  title: string;
  /** What kind of answer it needs, in words. */
  kind: string;
  /** Why it asks although such calls may run; absent where it always asks. */
  warning: string | undefined;
  requestedAt: Date;
}

const LONGEST_TITLE = 120;
/** Of arguments, what a search looks at. */
const SEARCHED = 4_000;
const kinds: Record<CardType, string> = { approval: "Approval", question: "Question", recovery: "Interrupted" };

/** Filters as a dropdown lists them. */
export const cardFilters: readonly { value: CardFilter; title: string }[] = [
  { value: "all", title: "Everything That Waits" },
  { value: "approval", title: "Approvals" },
  { value: "question", title: "Questions" },
  { value: "recovery", title: "Interrupted Calls" },
];

/** The line of a card. */
export function presentWaiting(card: CardRow): WaitingLine {
  const title = card.type === "question" ? oneLine(questionText(card), LONGEST_TITLE) : cardSummary(card);
  const warning = causeTexts(card.causes).join("; ");
  return {
    title: title === "" ? visibleText(card.tool) : title,
    kind: kinds[card.type],
    warning: warning === "" ? undefined : warning,
    requestedAt: new Date(card.requestedAt),
  };
}

/**
 * Cards by turn, the turn that waits longest first, at most so many cards in all. `words`: each has to be somewhere in the
 * card, its session or its arguments.
 */
export function waitingTurns(
  cards: readonly CardRow[],
  { words, filter, most }: { words: string; filter: CardFilter; most: number },
): { turns: WaitingTurn[]; hasMore: boolean } {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = cards.filter(
    (card) => (filter === "all" || card.type === filter) && wanted.every((word) => searchText(card).includes(word)),
  );
  const turns = new Map<string, WaitingTurn>();
  for (const card of found) {
    const key = `${card.session} ${card.turn}`;
    const turn = turns.get(key) ?? { key, title: oneLine(card.title, LONGEST_TITLE), subtitle: "", cards: [] };
    turn.cards.push(card);
    turns.set(key, turn);
  }
  let room = most;
  const shown: WaitingTurn[] = [];
  for (const turn of turns.values()) {
    if (room <= 0) break;
    const subtitle = plural(turn.cards.length, "call");
    shown.push({ ...turn, subtitle: `${subtitle} of one turn`, cards: turn.cards.slice(0, room) });
    room -= turn.cards.length;
  }
  return { turns: shown, hasMore: found.length > most };
}

const searched = new WeakMap<CardRow, string>();

function searchText(card: CardRow): string {
  const known = searched.get(card);
  if (known !== undefined) return known;
  const { title, tool, session, approvalId, rationale = "", question, facts } = card;
  const values = JSON.stringify(card.arguments).slice(0, SEARCHED);
  const about = [facts?.app, facts?.window, ...(facts?.paths ?? []), ...(facts?.domains ?? [])];
  const text = [
    title,
    tool,
    presentWaiting(card).title,
    values,
    rationale,
    question?.text,
    session,
    approvalId,
    ...about,
  ]
    .join("\n")
    .toLowerCase();
  searched.set(card, text);
  return text;
}
