import type Database from "better-sqlite3";
import type { Entry, EntryDraft } from "../../src/protocol/entries.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { Seq, SessionId } from "../../src/protocol/values.ts";
import type { ForkList, SharedRange } from "./fork-list.ts";
import type { Project } from "./projections.ts";
import { guardOf } from "./store-error.ts";

/** Where new entries get what their writers do not know. */
export interface Stamp {
  id(): string;
  now(): Date;
  boot: string;
  /** Milliseconds since that boot. */
  mono(): number;
}

interface Row {
  seq: number;
  id: string;
  session: string;
  turn: string | null;
  kind: string;
  at: string;
  boot: string;
  mono: number;
  parent: string | null;
  data: string;
}

/** How much one page of entries may hold; the frame of the socket is 4 MiB. */
const PAGE_BYTES = 1024 * 1024;

/** The append-only list of entries. The entries of a fork begin with those that it shares, as their own sessions wrote them. */
export interface EntryLog {
  /** Stores all or none, with their projections; durable when it returns. */
  append(drafts: readonly EntryDraft[]): Entry[];
  /**
   * Work on the database and what it records, as one transaction that nobody else writes in: all of it is durable when it
   * returns, or nothing where it throws.
   */
  together<T>(work: (append: EntryLog["append"]) => T): T;
  /** Entries of one session, or of all, after a position: at most `limit` and about 1 MiB, at least one if there is one. */
  page(session: SessionId | undefined, after: Seq, limit: number): Entry[];
  /** Every entry of a session after a position. */
  all(session: SessionId, after: Seq): Entry[];
  ofTurn<K extends Entry["kind"]>(turn: string, kind: K): Extract<Entry, { kind: K }>[];
  lastSeq(): Seq;
}

/**
 * Prepares the log of a database; `past` tells what a session shares of others, `barred` of which nothing is recorded any
 * more, because they are deleted: that is `unknown-session`. Every other error is a LoopdError of the store.
 */
export function createEntryLog(
  database: Database.Database,
  project: Project,
  stamp: Stamp,
  past: ForkList["past"],
  barred: ReadonlySet<SessionId> = new Set(),
): EntryLog {
  const insert = database.prepare(
    "INSERT INTO entries (id, session, turn, kind, at, boot, mono, parent, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const bySession = database.prepare<[string, number, number, number], Row>(
    "SELECT * FROM entries WHERE session = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
  );
  const byAll = database.prepare<[number, number], Row>("SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?");
  const byTurn = database.prepare<[string, string], Row>(
    "SELECT * FROM entries WHERE turn = ? AND kind = ? ORDER BY seq",
  );
  const last = database.prepare<[], { seq: number | null }>("SELECT max(seq) AS seq FROM entries");

  const appendAll = database.transaction((drafts: readonly EntryDraft[]): Entry[] => {
    const at = stamp.now().toISOString();
    const mono = stamp.mono();
    return drafts.map((draft) => {
      const { session, turn, kind, parent } = draft;
      if (barred.has(session)) throw new LoopdError("unknown-session", `Session ${session} was deleted.`);
      const id = stamp.id();
      const data = JSON.stringify(draft.data);
      const { lastInsertRowid } = insert.run(
        id,
        session,
        turn ?? null,
        kind,
        at,
        stamp.boot,
        mono,
        parent ?? null,
        data,
      );
      const seq = Number(lastInsertRowid);
      // Parsed back, so that what is broadcast is what a reader of the database will see: no undefined, no shared objects.
      const entry = {
        v: 1,
        seq,
        id,
        session,
        turn,
        kind,
        at,
        boot: stamp.boot,
        mono,
        parent,
        data: JSON.parse(data),
      } as Entry;
      project(entry);
      return entry;
    });
  });

  /** Where a session's history after a position is, oldest first. */
  const rangesOf = (session: SessionId, after: Seq): SharedRange[] => {
    const own = { session, upTo: Number.MAX_SAFE_INTEGER };
    return [...past(session).filter(({ upTo }) => upTo > after), own];
  };
  const rowsOf = function* (session: SessionId, after: Seq, limit: number): Generator<Row> {
    let left = limit;
    for (const range of rangesOf(session, after)) {
      for (const row of bySession.iterate(range.session, after, range.upTo, left)) {
        left -= 1;
        yield row;
      }
    }
  };
  const guarded = guardOf(database);
  const pageOf = (rows: IterableIterator<Row>): Entry[] => {
    const entries: Entry[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += Buffer.byteLength(row.data);
      if (entries.length > 0 && bytes > PAGE_BYTES) break;
      entries.push(entryOf(row));
    }
    return entries;
  };
  return {
    append: (drafts) => guarded(() => appendAll.immediate(drafts)),
    together: <T>(work: (append: EntryLog["append"]) => T): T =>
      guarded(() => database.transaction(() => work(appendAll)).immediate()),
    page: (session, after, limit) =>
      guarded(() => pageOf(session === undefined ? byAll.iterate(after, limit) : rowsOf(session, after, limit))),
    all: (session, after) =>
      guarded(() =>
        rangesOf(session, after).flatMap((range) => bySession.all(range.session, after, range.upTo, -1).map(entryOf)),
      ),
    ofTurn: <K extends Entry["kind"]>(turn: string, kind: K) =>
      guarded(() => byTurn.all(turn, kind).map(entryOf) as Extract<Entry, { kind: K }>[]),
    lastSeq: () => guarded(() => last.get()?.seq ?? 0),
  };
}

function entryOf(row: Row): Entry {
  const { seq, id, session, kind, at, boot, mono } = row;
  const turn = row.turn ?? undefined;
  const parent = row.parent ?? undefined;
  return { v: 1, seq, id, session, turn, kind, at, boot, mono, parent, data: JSON.parse(row.data) as unknown } as Entry;
}
