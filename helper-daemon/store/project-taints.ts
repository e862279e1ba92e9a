import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import type { Entry, EntryOf } from "../../src/protocol/entries.ts";

/** A file system may keep times so much coarser than the clock, in milliseconds: what a call wrote may look older. */
const COARSE_MS = 20;

/**
 * Applies what entries say about text that nobody vouches for: which sources a session carries from when until when, and
 * what calls that ran meanwhile have written. What they wrote is known by its content, so that it is known under another
 * name too; commands and servers do not say what they write, so for them their workspace and their time are kept.
 */
export function createTaintProjection(database: Database.Database): (entry: Entry) => void {
  const taint = database.prepare(
    `INSERT INTO session_taints SELECT @session, @source, @seq, NULL WHERE NOT EXISTS
     (SELECT 1 FROM session_taints WHERE session = @session AND source = @source AND until IS NULL)`,
  );
  const clear = database.prepare("UPDATE session_taints SET until = ? WHERE session = ? AND until IS NULL");
  const inherit = database.prepare(
    `INSERT INTO session_taints SELECT @session, source, since, CASE WHEN until <= @at THEN until END
     FROM session_taints WHERE session = @from AND since <= @at`,
  );
  const passOn = database.prepare("INSERT OR IGNORE INTO call_taints VALUES (?, ?)");
  const begin = database.prepare(
    "INSERT OR IGNORE INTO unwatched_writes SELECT ?, workspace, ?, NULL FROM sessions WHERE session = ?",
  );
  const end = database.prepare("UPDATE unwatched_writes SET until = ? WHERE call_id = ? AND until IS NULL");
  const forget = database.prepare(
    "DELETE FROM call_taints WHERE call_id = @call AND NOT EXISTS (SELECT 1 FROM unwatched_writes WHERE call_id = @call)",
  );
  const keepOwn = database.prepare("INSERT OR IGNORE INTO blob_taints VALUES (?, ?)");
  const keepPassed = database.prepare(
    "INSERT OR IGNORE INTO blob_taints SELECT ?, source FROM call_taints WHERE call_id = ?",
  );
  const addContent = database.prepare("INSERT OR IGNORE INTO tainted_content VALUES (?, ?, ?, ?)");

  const add = (session: string, seq: number, sources: readonly string[] = []) => {
    for (const source of sources) taint.run({ session, source, seq });
  };
  const ended = ({ data }: EntryOf<"tool.finished">, now: number) => {
    const { callId, blob, content = [], taints = [] } = data;
    const blobs = content.flatMap((part) => (part.type === "structured" ? [] : [part.blob]));
    for (const name of blob === undefined ? blobs : [blob, ...blobs]) {
      for (const source of taints) keepOwn.run(name, source);
      keepPassed.run(name, callId);
    }
    end.run(now + 1, callId);
    forget.run({ call: callId });
  };

  return (entry) => {
    const { session, seq, at } = entry;
    switch (entry.kind) {
      case "session.created":
      case "epoch.opened":
        return add(session, seq, entry.data.taints);
      case "session.forked":
        return void inherit.run({ session, from: entry.data.from, at: entry.data.at });
      case "session.cleared":
        return void clear.run(seq, session);
      case "tool.started": {
        const { callId, taints = [], isUnwatched = false } = entry.data;
        for (const source of taints) passOn.run(callId, source);
        if (isUnwatched) begin.run(callId, Date.parse(at) - COARSE_MS, session);
        return;
      }
      case "card.opened":
        // A crash has interrupted the call, and its processes are gone.
        if (entry.data.type === "recovery") end.run(Date.parse(at), entry.data.callId);
        return;
      case "tool.finished":
        add(session, seq, entry.data.taints);
        return ended(entry, Date.parse(at));
      case "state.changed": {
        const written = contentOf(entry.data);
        for (const source of written === undefined ? [] : (entry.data.taints ?? [])) {
          addContent.run(written?.sha256, written?.path, source, written?.bytes);
        }
        return;
      }
      default:
        return;
    }
  };
}

/** What a change leaves, where that is a file. Notes are files of their own folder. */
function contentOf({ store, key, after }: EntryOf<"state.changed">["data"]) {
  if (store === "memory" && typeof after === "string") {
    const bytes = Buffer.from(after);
    return { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, path: `memory ${key}` };
  }
  if (store !== "file" || typeof after !== "object" || after === null || Array.isArray(after)) return undefined;
  const { sha256, bytes } = after;
  return typeof sha256 === "string" && typeof bytes === "number" ? { sha256, bytes, path: key } : undefined;
}
