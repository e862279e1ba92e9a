import type { SearchHit, SessionRow } from "../../protocol/requests.ts";
import { plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";
import { stateTag, type Tint } from "./turn-state.ts";

/** A session as one line of a list. */
export interface SessionItem {
  title: string;
  subtitle: string;
  tag: { text: string; tint: Tint };
  turns: string;
  changedAt: Date;
}

/** Places of one session where the words of a search were found. */
export interface FoundSession {
  session: string;
  title: string;
  hits: { seq: number; excerpt: string; kind: string; at: Date }[];
}

const LONGEST_TITLE = 80;
const LONGEST_EXCERPT = 160;
const MOST_HITS = 5;

/** A session in a list. */
export function presentSession(row: SessionRow): SessionItem {
  return {
    title: sessionTitle(row),
    subtitle: originWords(row) ?? folderName(row.workspace),
    tag: stateTag(row.state),
    turns: plural(row.turns, "turn"),
    changedAt: new Date(row.updatedAt),
  };
}

/** Its title; an empty one says so. */
export function sessionTitle({ title }: Pick<SessionRow, "title">): string {
  return oneLine(title, LONGEST_TITLE) || "Untitled";
}

/** What tells sessions of the same title apart; undefined of one that began by itself. */
export function originWords({ delegateOf, forkedFrom }: SessionRow): string | undefined {
  if (delegateOf !== undefined) return `delegate of ${delegateOf.session}`;
  return forkedFrom === undefined ? undefined : `fork of ${forkedFrom.session}`;
}

/** What was found, by session; the one with the newest place first. Of each at most five places, the newest first. */
export function presentHits(hits: readonly SearchHit[]): FoundSession[] {
  const found = new Map<string, FoundSession>();
  for (const { session, title, seq, kind, at, snippet } of hits) {
    const one = found.get(session) ?? { session, title: sessionTitle({ title }), hits: [] };
    found.set(session, one);
    if (one.hits.length >= MOST_HITS) continue;
    one.hits.push({ seq, excerpt: excerpt(snippet), kind: KINDS[kind] ?? kind, at: new Date(at) });
  }
  return [...found.values()];
}

const KINDS: Readonly<Record<string, string>> = {
  "turn.started": "asked",
  "model.responded": "answered",
  "tool.finished": "tool output",
  "note.added": "note",
};

/** The marks around the words found are for faces that have bold text. */
function excerpt(snippet: string): string {
  return oneLine(snippet.replaceAll("**", ""), LONGEST_EXCERPT);
}

function folderName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}
