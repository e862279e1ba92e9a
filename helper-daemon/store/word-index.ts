import type Database from "better-sqlite3";
import type { Entry } from "../../src/protocol/entries.ts";
import type { SearchHit } from "../../src/protocol/requests.ts";
import type { EntryLog } from "./entry-log.ts";
import { guardOf } from "./store-error.ts";

/** Longest text of one entry that is indexed, in characters. */
const INDEXED_CHARACTERS = 65_536;
const BATCH = 500;

/** Full-text search over what was asked, answered and found. */
export interface WordIndex {
  /** Brings the index up to the last entry. Cheap where nothing is missing; what a crash left out is caught up here. */
  catchUp(): void;
  /** Entries that hold all the words, newest first. Words are taken literally; a word's end may be missing. A placeholder is one word. */
  search(query: string, limit: number): SearchHit[];
}

/**
 * The index runs behind the log by a cursor of its own, so that recording a fact never waits for it: it is brought up
 * to date when the helper is idle and before each search.
 */
export function createWordIndex(database: Database.Database, log: EntryLog): WordIndex {
  const cursor = database.prepare<[], { seq: number }>("SELECT seq FROM words_cursor");
  const move = database.prepare("UPDATE words_cursor SET seq = ?");
  const add = database.prepare("INSERT INTO words (rowid, text) VALUES (?, ?)");
  const find = database.prepare<[string, number], Omit<SearchHit, "title"> & { title: string | null }>(
    `SELECT coalesce(s.session, f.session, e.session) AS session, coalesce(s.title, f.title) AS title,
       e.seq, e.kind, e.at, snippet(words, 0, '**', '**', ' … ', 16) AS snippet
     FROM words JOIN entries e ON e.seq = words.rowid LEFT JOIN sessions s ON s.session = e.session
     LEFT JOIN sessions f ON s.session IS NULL AND f.session = (SELECT r.session FROM forks r JOIN sessions USING (session)
       WHERE r.parent = e.session AND r.at_seq >= e.seq LIMIT 1)
     WHERE words MATCH ? ORDER BY words.rowid DESC LIMIT ?`,
  );
  const addBatch = database.transaction((entries: readonly Entry[]) => {
    for (const entry of entries) {
      const text = wordsOf(entry);
      if (text !== "") add.run(entry.seq, text.slice(0, INDEXED_CHARACTERS));
      move.run(entry.seq);
    }
  });
  const guarded = guardOf(database);
  const catchUp = () =>
    guarded(() => {
      for (;;) {
        const entries = log.page(undefined, cursor.get()?.seq ?? 0, BATCH);
        if (entries.length === 0) return;
        addBatch.immediate(entries);
      }
    });
  return {
    catchUp,
    search: (query, limit) => {
      catchUp();
      const match = query
        .match(/<[a-z]+:\d+:[a-z0-9]+>|[\p{L}\p{N}_]+/gu)
        ?.map((word) => `"${word}"*`)
        .join(" ");
      if (match === undefined) return [];
      return guarded(() => find.all(match, limit)).map((hit) => ({ ...hit, title: hit.title ?? "" }));
    },
  };
}

function wordsOf(entry: Entry): string {
  switch (entry.kind) {
    case "turn.started":
      return entry.data.input;
    case "model.responded":
      return entry.data.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
    case "tool.finished":
    case "note.added":
      return entry.data.text;
    default:
      return "";
  }
}
