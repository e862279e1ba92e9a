import type Database from "better-sqlite3";
import type { EntryData } from "../../src/protocol/entries.ts";
import type { Json, SessionId } from "../../src/protocol/values.ts";
import type { ForkList } from "./fork-list.ts";
import { guardOf } from "./store-error.ts";

/** What sessions set for all of their turns, as their traces tell it. */
export interface OverrideList {
  /** Undefined where nothing is set. A fork that has set nothing itself goes on with what was set where it begins. */
  of(session: SessionId): Json | undefined;
}

/** Prepares the list of a database. */
export function createOverrideList(database: Database.Database, { past }: Pick<ForkList, "past">): OverrideList {
  const newest = database.prepare<[string, number], { data: string }>(
    `SELECT data FROM entries WHERE session = ? AND seq <= ?
       AND kind = 'state.changed' AND data ->> '$.store' = 'overrides' ORDER BY seq DESC LIMIT 1`,
  );
  const guarded = guardOf(database);
  return {
    of: (session) =>
      guarded(() => {
        const ranges = [...past(session), { session, upTo: Number.MAX_SAFE_INTEGER }].reverse();
        for (const range of ranges) {
          const found = newest.get(range.session, range.upTo);
          if (found !== undefined) return (JSON.parse(found.data) as EntryData<"state.changed">).after;
        }
        return undefined;
      }),
  };
}
