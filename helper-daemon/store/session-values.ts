import type Database from "better-sqlite3";
import type { Json, SessionId } from "../../src/protocol/values.ts";
import { guardOf } from "./store-error.ts";

/** Values that sessions keep, as their traces tell them. */
export interface SessionValues {
  /** Sorted by key. */
  all(session: SessionId): [key: string, value: Json][];
  get(session: SessionId, key: string): Json | undefined;
  /** How many values a session keeps, and their characters as JSON together. */
  extent(session: SessionId): { count: number; characters: number };
}

/** Prepares the values of a database. */
export function createSessionValues(database: Database.Database): SessionValues {
  const all = database.prepare<[string], { key: string; value: string }>(
    "SELECT key, value FROM session_values WHERE session = ? ORDER BY key",
  );
  const one = database.prepare<[string, string], { value: string }>(
    "SELECT value FROM session_values WHERE session = ? AND key = ?",
  );
  const extent = database.prepare<[string], { count: number; characters: number }>(
    "SELECT count(*) AS count, coalesce(sum(length(value)), 0) AS characters FROM session_values WHERE session = ?",
  );
  const guarded = guardOf(database);
  return {
    all: (session) => guarded(() => all.all(session).map(({ key, value }) => [key, JSON.parse(value) as Json])),
    get: (session, key) => {
      const found = guarded(() => one.get(session, key));
      return found && (JSON.parse(found.value) as Json);
    },
    extent: (session) => guarded(() => extent.get(session) ?? { count: 0, characters: 0 }),
  };
}
