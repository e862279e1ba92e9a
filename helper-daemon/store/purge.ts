import type Database from "better-sqlite3";
import type { Seq, SessionId } from "../../src/protocol/values.ts";
import { DELEGATES_OF_SESSION } from "./delegate-list.ts";
import type { ForkList } from "./fork-list.ts";
import { guardOf } from "./store-error.ts";

/** What deleting sessions takes away, or would. */
interface Purged {
  /** The session, and those of its delegates. */
  sessions: SessionId[];
  entries: number;
  /** Names of blobs that its entries mention. */
  blobs: string[];
  /** Forks that share a part of it. */
  forks: SessionId[];
  keptEntries: number;
}

/** Deleting for good. What a fork shares stays until the fork is deleted too; memory notes and files are nobody's session. */
export interface Purge {
  /** What `remove` would take away. `isBlob`: whether a name that entries mention is one. */
  plan(session: SessionId, isBlob: (name: string) => boolean): Purged;
  /** Inside of the caller's transaction. What is left to do after it is remembered until `clean` has done it. */
  remove(session: SessionId, isBlob: (name: string) => boolean): Purged;
  /** From now on nothing can be recorded of these: a call that was left behind may still come back. */
  bar(sessions: readonly SessionId[]): void;
  /** Whether something is left to do. */
  isDue(): boolean;
  /** Blobs that may have to go: nothing of what is deleted holds them any more. */
  doomed(): string[];
  /** Entries after a position, as text, to look for names of blobs in; at most `limit`. */
  texts(after: Seq, limit: number): { seq: Seq; data: string }[];
  /** Something else holds these blobs. */
  spared(blobs: readonly string[]): void;
  /** The files of these blobs are gone. */
  gone(blobs: readonly string[]): void;
  /** Overwrites what the log still holds and gives back room. After it, nothing of the deleted is in the file or its log. */
  clean(): void;
  /** Sessions that nobody has touched for as long as they are kept; `days`: of those that say nothing themselves. */
  outdated(days: number | undefined, now: Date, limit: number): SessionId[];
  /** Bytes of the file that hold nothing. */
  freeBytes(): number;
}

/** Names of blobs as entries mention them, and other hashes. */
export const BLOB_NAME = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
const FORBID_DELETE =
  "CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END";
/** A file is written anew to give back room where that much of it is free, and it is small enough to do at once. */
const LARGE_BYTES = 256 * 1024 * 1024;
const FREE_SHARE = 0.25;
const LEAST_FREE_BYTES = 1024 * 1024;

/** Prepares deleting in a database. */
export function createPurge(database: Database.Database, forks: Pick<ForkList, "past">, barred: Set<SessionId>): Purge {
  const run = (sql: string, values: object): number => database.prepare(sql).run(values).changes;
  const column = <T>(sql: string, values: object = {}): T[] => database.prepare<object, T>(sql).pluck().all(values);
  const guarded = guardOf(database);

  const family = (session: SessionId): SessionId[] => {
    const found = [session];
    for (const one of found) {
      for (const child of column<string>(DELEGATES_OF_SESSION, { session: one }))
        if (!found.includes(child)) found.push(child);
    }
    return found;
  };
  /** For each session that sessions outside of `gone` begin with: the last entry that any of them shares. */
  const reached = (gone: ReadonlySet<SessionId>): Map<SessionId, { upTo: Seq; forks: SessionId[] }> => {
    const found = new Map<SessionId, { upTo: Seq; forks: SessionId[] }>();
    for (const fork of column<string>("SELECT session FROM forks JOIN sessions USING (session)")) {
      if (gone.has(fork)) continue;
      for (const { session, upTo } of forks.past(fork)) {
        const known = found.get(session) ?? { upTo: 0, forks: [] };
        found.set(session, { upTo: Math.max(known.upTo, upTo), forks: [...known.forks, fork] });
      }
    }
    return found;
  };
  const plan = (session: SessionId, isBlob: (name: string) => boolean): Purged => {
    const sessions = family(session);
    const kept = reached(new Set(sessions));
    const purged: Purged = { sessions, entries: 0, blobs: [], forks: [], keptEntries: 0 };
    const blobs = new Set<string>();
    const sharing = new Set<string>();
    for (const one of [...sessions, ...column<string>("SELECT session FROM ghosts")]) {
      const { upTo = 0, forks: by = [] } = kept.get(one) ?? {};
      const rows = database.prepare<[string, number], string>("SELECT data FROM entries WHERE session = ? AND seq > ?");
      for (const data of rows.pluck().iterate(one, upTo)) {
        purged.entries += 1;
        for (const name of data.match(BLOB_NAME) ?? []) if (isBlob(name)) blobs.add(name);
      }
      if (!sessions.includes(one)) continue;
      const [held = 0] = column<number>("SELECT count(*) FROM entries WHERE session = @one AND seq <= @upTo", {
        one,
        upTo,
      });
      purged.keptEntries += held;
      for (const fork of held > 0 ? by : []) sharing.add(fork);
    }
    return { ...purged, blobs: [...blobs], forks: [...sharing] };
  };

  /** Takes away what nothing reaches of a session that is deleted. */
  const sweep = (session: SessionId, upTo: Seq): void => {
    const one = { session, upTo };
    const ofTurns = "SELECT turn FROM turns WHERE session = @session";
    run("DELETE FROM words WHERE rowid IN (SELECT seq FROM entries WHERE session = @session AND seq > @upTo)", one);
    run(`DELETE FROM card_conditions WHERE card_id IN (SELECT card_id FROM cards WHERE session = @session)`, one);
    for (const table of ["cards", "grants", "session_values", "files_seen", "compactions_asked", "session_taints"])
      run(`DELETE FROM ${table} WHERE session = @session`, one);
    for (const table of ["session_retention", "vault_sessions"])
      run(`DELETE FROM ${table} WHERE session = @session`, one);
    run("UPDATE routines SET session = NULL WHERE session = @session", one);
    run(
      `UPDATE routine_runs SET session = NULL, turn = NULL, detail = NULL
       WHERE session = @session OR turn IN (${ofTurns})`,
      one,
    );
    run("DELETE FROM entries WHERE session = @session AND seq > @upTo", one);
    run("DELETE FROM turns WHERE session = @session AND started_seq > @upTo", one);
    run(
      `UPDATE turns SET finish = 'interrupted', text = NULL WHERE session = @session AND NOT EXISTS
       (SELECT 1 FROM entries e WHERE e.turn = turns.turn AND e.kind = 'turn.finished')`,
      one,
    );
    if (upTo > 0) return;
    run("DELETE FROM forks WHERE session = @session", one);
    run("DELETE FROM ghosts WHERE session = @session", one);
  };

  const remove = (session: SessionId, isBlob: (name: string) => boolean): Purged => {
    const purged = plan(session, isBlob);
    for (const one of purged.sessions) {
      run("INSERT OR IGNORE INTO ghosts VALUES (@one)", { one });
      run("DELETE FROM sessions WHERE session = @one", { one });
    }
    for (const blob of purged.blobs) run("INSERT OR IGNORE INTO doomed_blobs VALUES (@blob)", { blob });
    database.exec("DROP TRIGGER entries_no_delete");
    const kept = reached(new Set());
    for (const ghost of column<string>("SELECT session FROM ghosts")) sweep(ghost, kept.get(ghost)?.upTo ?? 0);
    database.exec(FORBID_DELETE);
    run("DELETE FROM vault_values WHERE root NOT IN (SELECT root FROM vault_sessions)", {});
    run("DELETE FROM vault_roots WHERE root NOT IN (SELECT root FROM vault_sessions)", {});
    run("UPDATE cleanup SET is_due = 1", {});
    return purged;
  };

  const clean = (): void => {
    const page = Number(database.pragma("page_size", { simple: true }));
    const bytes = page * Number(database.pragma("page_count", { simple: true }));
    const free = page * Number(database.pragma("freelist_count", { simple: true }));
    const [isStale = 0] = column<number>("SELECT is_stale FROM cleanup");
    const isWorthIt = free > LEAST_FREE_BYTES && free > bytes * FREE_SHARE && bytes <= LARGE_BYTES;
    if (isStale === 1 || isWorthIt) database.exec("VACUUM");
    const [{ busy } = { busy: 0 }] = database.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
    // Somebody reads an older state of the file; whoever asks later finds the work still due.
    if (busy !== 0 || column<string>("SELECT blob FROM doomed_blobs LIMIT 1").length > 0) return;
    run("UPDATE cleanup SET is_due = 0, is_stale = 0", {});
    database.pragma("wal_checkpoint(TRUNCATE)");
  };

  return {
    plan: (session, isBlob) => guarded(() => plan(session, isBlob)),
    remove: (session, isBlob) => guarded(() => remove(session, isBlob)),
    bar: (sessions) => {
      for (const session of sessions) barred.add(session);
    },
    isDue: () => guarded(() => column<number>("SELECT is_due FROM cleanup")[0] === 1),
    doomed: () => guarded(() => column<string>("SELECT blob FROM doomed_blobs")),
    texts: (after, limit) =>
      guarded(() =>
        database
          .prepare<[number, number], { seq: number; data: string }>(
            "SELECT seq, data FROM entries WHERE seq > ? ORDER BY seq LIMIT ?",
          )
          .all(after, limit),
      ),
    spared: (blobs) => {
      for (const blob of blobs) guarded(() => run("DELETE FROM doomed_blobs WHERE blob = @blob", { blob }));
    },
    gone: (blobs) => {
      for (const table of ["blob_taints", "doomed_blobs"])
        for (const blob of blobs) guarded(() => run(`DELETE FROM ${table} WHERE blob = @blob`, { blob }));
    },
    clean: () => guarded(clean),
    outdated: (days, now, limit) =>
      guarded(() => {
        const before = (age: number) => new Date(now.getTime() - age * 86_400_000).toISOString();
        return column<string>(
          `SELECT s.session FROM sessions s LEFT JOIN session_retention r USING (session)
           WHERE CASE WHEN r.session IS NULL THEN s.updated_at < @cutoff
                      ELSE r.days IS NOT NULL AND julianday(s.updated_at) < julianday(@now) - r.days END
             AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.session = s.session AND t.finish IS NULL)
             AND NOT EXISTS (SELECT 1 FROM turns d JOIN turns p ON d.session = s.session AND d.origin_key LIKE 'delegate:%'
               AND p.turn = substr(d.origin_key, 10, instr(substr(d.origin_key, 10), '.') - 1)
               JOIN sessions o ON o.session = p.session)
           ORDER BY s.updated_seq LIMIT @limit`,
          { cutoff: days === undefined ? "" : before(days), now: now.toISOString(), limit },
        );
      }),
    freeBytes: () =>
      guarded(
        () =>
          Number(database.pragma("freelist_count", { simple: true })) *
          Number(database.pragma("page_size", { simple: true })),
      ),
  };
}
