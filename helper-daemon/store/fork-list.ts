import type Database from "better-sqlite3";
import type { TurnRow } from "../../src/protocol/requests.ts";
import type { Seq, SessionId } from "../../src/protocol/values.ts";
import { guardOf } from "./store-error.ts";

/** What a fork shares of another session: its own entries up to `upTo`. */
export interface SharedRange {
  session: SessionId;
  upTo: Seq;
}

/** Where forks come from. Nothing of a history is copied; it is read from the sessions that wrote it. */
export interface ForkList {
  /** What comes before a session's own entries, oldest first; [] for one that is no fork. */
  past(session: SessionId): SharedRange[];
  /** Whether an entry is part of a session's history. */
  holds(session: SessionId, seq: Seq): boolean;
  /** Seq of the first and the last entry of a session's history. */
  extent(session: SessionId): { first: Seq; last: Seq };
  /** The turns that a fork inherits, oldest first, as they stood where it begins. */
  turns(session: SessionId): TurnRow[];
}

type InheritedTurn = { turn: string; input: string; startedAt: string; finish: string | null; text: string | null };

/** Prepares the fork list of a database. */
export function createForkList(database: Database.Database): ForkList {
  const parentOf = database.prepare<[string], { parent: string; at: number }>(
    "SELECT parent, at_seq AS at FROM forks WHERE session = ?",
  );
  const writerOf = database.prepare<[number], { session: string }>("SELECT session FROM entries WHERE seq = ?");
  const first = database.prepare<[string], { seq: number | null }>(
    "SELECT min(seq) AS seq FROM entries WHERE session = ?",
  );
  const last = database.prepare<[string], { seq: number | null }>(
    "SELECT max(seq) AS seq FROM entries WHERE session = ?",
  );
  const begun = database.prepare<[{ session: string; upTo: number }], InheritedTurn>(
    `SELECT turn, input, started_at AS startedAt,
       CASE WHEN is_over THEN finish END AS finish, CASE WHEN is_over THEN text END AS text
     FROM (SELECT t.*, EXISTS (SELECT 1 FROM entries e
             WHERE e.turn = t.turn AND e.kind = 'turn.finished' AND e.seq <= @upTo) AS is_over
           FROM turns t WHERE t.session = @session AND t.started_seq <= @upTo)
     ORDER BY started_seq`,
  );

  const past = (session: SessionId): SharedRange[] => {
    const ranges: SharedRange[] = [];
    let upTo = Infinity;
    for (let fork = parentOf.get(session); fork !== undefined; fork = parentOf.get(fork.parent)) {
      upTo = Math.min(upTo, fork.at);
      ranges.push({ session: fork.parent, upTo });
    }
    return ranges.reverse();
  };
  const guarded = guardOf(database);
  return {
    past: (session) => guarded(() => past(session)),
    holds: (session, seq) =>
      guarded(() => {
        const writer = writerOf.get(seq)?.session;
        return writer === session || past(session).some((range) => range.session === writer && seq <= range.upTo);
      }),
    extent: (session) =>
      guarded(() => {
        const oldest = past(session)[0]?.session ?? session;
        return { first: first.get(oldest)?.seq ?? 0, last: last.get(session)?.seq ?? 0 };
      }),
    turns: (session) =>
      guarded(() =>
        past(session).flatMap((range) =>
          begun.all(range).map(({ turn, input, startedAt, finish, text }): TurnRow => {
            const state = (finish ?? "interrupted") as TurnRow["state"];
            return { turn, input, startedAt, state, text: text ?? undefined, inheritedFrom: range.session };
          }),
        ),
      ),
  };
}
