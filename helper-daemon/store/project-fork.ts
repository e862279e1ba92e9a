import type Database from "better-sqlite3";
import type { EntryData, EntryOf } from "../../src/protocol/entries.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { createForkList } from "./fork-list.ts";

/**
 * Applies the beginning of a fork. Its entries are never copied, but what projections say of them goes on changing in the
 * session that it comes from: the fork gets its own, as they were after the last entry that both share.
 */
export function createForkProjection(database: Database.Database): (entry: EntryOf<"session.forked">) => void {
  const forks = createForkList(database);
  const addSession = database.prepare(
    "INSERT INTO sessions SELECT ?, coalesce(?, title), workspace, ?, ? FROM sessions WHERE session = ?",
  );
  const addFork = database.prepare("INSERT INTO forks VALUES (?, ?, ?, 0, NULL)");
  const setTurns = database.prepare("UPDATE forks SET turns = ?, finish = ? WHERE session = ?");
  const changes = database.prepare<[string, number], { key: string; value: string | null }>(
    `SELECT data ->> 'key' AS key, data -> 'after' AS value FROM entries
     WHERE session = ? AND seq <= ? AND kind = 'state.changed' AND data ->> 'store' = 'session' ORDER BY seq`,
  );
  const setValue = database.prepare("INSERT INTO session_values VALUES (?, ?, ?)");
  const sights = database.prepare<[string, number], { kind: string; saw: string | null }>(
    `SELECT kind, data -> 'saw' AS saw FROM entries WHERE session = ? AND seq <= ?
     AND (kind = 'session.cleared' OR (kind = 'tool.finished' AND data -> 'saw' IS NOT NULL)) ORDER BY seq`,
  );
  const seeFile = database.prepare("INSERT INTO files_seen VALUES (?, ?, ?)");

  return ({ session, at, seq, data: { from, at: last, title = null } }) => {
    if (addSession.run(session, title, at, seq, from).changes !== 1)
      throw new LoopdError("unknown-session", `There is no session ${from} to fork.`);
    addFork.run(session, from, last);
    const turns = forks.turns(session);
    setTurns.run(turns.length, turns.at(-1)?.state ?? null, session);

    const values = new Map<string, string>();
    const files = new Map<string, string>();
    for (const { session: writer, upTo } of forks.past(session)) {
      for (const { key, value } of changes.all(writer, upTo)) {
        if (value === null) values.delete(key);
        else values.set(key, value);
      }
      for (const { kind, saw } of sights.all(writer, upTo)) {
        // The model has forgotten what it saw before.
        if (kind === "session.cleared") files.clear();
        for (const { path, fingerprint } of seenOf(saw)) files.set(path, fingerprint);
      }
    }
    for (const [key, value] of values) setValue.run(session, key, value);
    for (const [path, fingerprint] of files) seeFile.run(session, path, fingerprint);
  };
}

function seenOf(saw: string | null): NonNullable<EntryData<"tool.finished">["saw"]> {
  return saw === null ? [] : (JSON.parse(saw) as NonNullable<EntryData<"tool.finished">["saw"]>);
}
