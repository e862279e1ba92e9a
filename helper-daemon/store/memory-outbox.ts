import type Database from "better-sqlite3";
import type { EntryData } from "../../src/protocol/entries.ts";
import type { Seq } from "../../src/protocol/values.ts";
import { guardOf } from "./store-error.ts";

/** A recorded change of a note that may not be in its file yet. */
export interface MemoryChange {
  seq: Seq;
  topic: string;
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** The whole file; undefined: there is none any more. */
  text: string | undefined;
}

/** Changes of notes between their record and their file. A crash in between leaves them here. */
export interface MemoryOutbox {
  /** Oldest first. */
  pending(): MemoryChange[];
  /** The files of these changes say what they should. */
  written(changes: readonly MemoryChange[]): void;
}

/** Prepares the outbox of a database. */
export function createMemoryOutbox(database: Database.Database): MemoryOutbox {
  const pending = database.prepare<[], { seq: number; at: string; data: string }>(
    "SELECT e.seq, e.at, e.data FROM memory_outbox o JOIN entries e ON e.seq = o.seq ORDER BY o.seq",
  );
  const written = database.prepare("DELETE FROM memory_outbox WHERE seq = ?");
  const guarded = guardOf(database);
  return {
    pending: () =>
      guarded(() => pending.all()).map(({ seq, at, data }) => {
        const { key: topic, after } = JSON.parse(data) as EntryData<"state.changed">;
        return { seq, topic, at: Date.parse(at), text: typeof after === "string" ? after : undefined };
      }),
    written: (changes) => {
      for (const { seq } of changes) guarded(() => written.run(seq));
    },
  };
}
