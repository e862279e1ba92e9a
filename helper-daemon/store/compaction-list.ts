import type Database from "better-sqlite3";
import type { Seq, SessionId } from "../../src/protocol/values.ts";
import { guardOf } from "./store-error.ts";

/** Compactions that people have asked for and that have neither happened nor been skipped yet. */
export interface CompactionList {
  /** Seq of the ask that nothing has answered. */
  asked(session: SessionId): Seq | undefined;
  /** Sessions that have one, the oldest ask first. */
  sessions(): SessionId[];
}

/** Prepares the list of a database. */
export function createCompactionList(database: Database.Database): CompactionList {
  const one = database.prepare<[string], { seq: number }>("SELECT seq FROM compactions_asked WHERE session = ?");
  const all = database.prepare<[], { session: string }>("SELECT session FROM compactions_asked ORDER BY seq");
  const guarded = guardOf(database);
  return {
    asked: (session) => guarded(() => one.get(session)?.seq),
    sessions: () => guarded(() => all.all().map(({ session }) => session)),
  };
}
