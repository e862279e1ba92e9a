import type Database from "better-sqlite3";
import type { EntryData } from "../../src/protocol/entries.ts";
import type { SessionId, TurnId } from "../../src/protocol/values.ts";
import { guardOf } from "./store-error.ts";

/** A recorded change of a person's file. */
export type FileChangeRow = EntryData<"state.changed"> & {
  /** Of the entry. */
  id: string;
  turn: TurnId | undefined;
};

/** What the trace knows of files. */
export interface FileList {
  /** Fingerprint of a file as the session's model has last seen it. */
  seen(session: SessionId, path: string): string | undefined;
  /** Every change that a session recorded, oldest first; whether each took effect, only the file can tell. */
  changes(session: SessionId): FileChangeRow[];
}

/** Prepares the file list of a database. */
export function createFileList(database: Database.Database): FileList {
  const seen = database.prepare<[string, string], { fingerprint: string }>(
    "SELECT fingerprint FROM files_seen WHERE session = ? AND path = ?",
  );
  const changes = database.prepare<[string], { id: string; turn: string | null; data: string }>(
    "SELECT id, turn, data FROM entries WHERE session = ? AND kind = 'state.changed' AND data ->> 'store' = 'file' ORDER BY seq",
  );
  const guarded = guardOf(database);
  return {
    seen: (session, path) => guarded(() => seen.get(session, path)?.fingerprint),
    changes: (session) =>
      guarded(() =>
        changes.all(session).map(({ id, turn, data }): FileChangeRow => {
          return { ...(JSON.parse(data) as EntryData<"state.changed">), id, turn: turn ?? undefined };
        }),
      ),
  };
}
