import type Database from "better-sqlite3";
import type { CallId, CardId, Millis, Seq, SessionId } from "../../src/protocol/values.ts";
import { onChange } from "./on-change.ts";
import { guardOf } from "./store-error.ts";

/** Where a call that does not say what it writes could write, and what that carries. */
interface UnwatchedWrites {
  folder: string;
  source: string;
}

/** Shorter contents say too little to be known by: they count only where they were written. */
const TELLING_BYTES = 64;

/** No call runs longer, so those that ended much later need not be looked at. */
const LONGEST_MS = 30 * 24 * 3_600_000;

/** Sources of text that nobody vouches for: who carries them, and what was written under them. */
export interface TaintList {
  /** What taints a session now. */
  ofSession(session: SessionId): string[];
  /** The same with what tainted it before it was cleared. */
  everOf(session: SessionId): string[];
  /** What tainted a session when it recorded an entry. */
  at(session: SessionId, seq: Seq): string[];
  /** What tainted a card's session when it was opened. */
  atCard(cardId: CardId): string[];
  /** Whether any other session carries any. */
  areElsewhere(session: SessionId): boolean;
  /** What a running call passes on to what it writes. */
  ofCall(callId: CallId): string[];
  ofBlob(name: string): string[];
  /** What a content carries; a short one only at the path where it was written. */
  ofContent(content: { sha256: string; bytes: number; path: string }): string[];
  /** Whether any content of that size carries any: others need not be read. */
  isSizeKnown(bytes: number): boolean;
  /** Some paths below a folder at which something was written that carries any. */
  pathsBelow(folder: string): string[];
  /** What could write at that time without saying so. */
  unwatchedAt(time: Millis): UnwatchedWrites[];
}

/** Prepares the taints of a database. */
export function createTaintList(database: Database.Database): TaintList {
  const sources = (sql: string) => database.prepare<unknown[], string>(sql).pluck();
  const current = sources(
    "SELECT source FROM session_taints WHERE session = ? AND until IS NULL ORDER BY since, source",
  );
  const ever = sources("SELECT DISTINCT source FROM session_taints WHERE session = ? ORDER BY source");
  const then = sources(
    "SELECT source FROM session_taints WHERE session = ? AND since <= ? AND (until IS NULL OR until > ?) ORDER BY since, source",
  );
  const atCard = sources(
    `SELECT source FROM session_taints t JOIN cards c USING (session) WHERE c.card_id = ? AND t.since <= c.opened_seq
     AND (t.until IS NULL OR t.until > c.opened_seq) ORDER BY t.since, source`,
  );
  const elsewhere = sources("SELECT source FROM session_taints WHERE session <> ? LIMIT 1");
  const ofCall = sources("SELECT source FROM call_taints WHERE call_id = ?");
  const ofBlob = sources("SELECT source FROM blob_taints WHERE blob = ?");
  const ofContent = sources(
    `SELECT DISTINCT source FROM tainted_content WHERE sha256 = ? AND bytes > 0 AND (bytes >= ${TELLING_BYTES} OR path = ?)`,
  );
  const ofSize = sources("SELECT source FROM tainted_content WHERE bytes = ? LIMIT 1");
  const below = sources(
    "SELECT DISTINCT path FROM tainted_content WHERE path >= @folder AND path < @folder || char(1114111) LIMIT 1000",
  );
  const unwatched = database.prepare<[{ time: Millis }], UnwatchedWrites>(
    `SELECT DISTINCT folder, source FROM unwatched_writes JOIN call_taints USING (call_id)
     WHERE since <= @time AND (until IS NULL OR until BETWEEN @time AND @time + ${LONGEST_MS})`,
  );
  const guarded = guardOf(database);
  // Where nothing tainted was ever written, which is usual, nothing needs to be looked up for every file that is read.
  let isContentTainted: boolean | undefined;
  let isAnyUnwatched: boolean | undefined;
  onChange(database, "tainted_content", () => (isContentTainted = undefined));
  onChange(database, "unwatched_writes", () => (isAnyUnwatched = undefined));
  const hasContent = sources("SELECT 1 FROM tainted_content LIMIT 1");
  const hasUnwatched = sources("SELECT 1 FROM unwatched_writes LIMIT 1");
  return {
    ofSession: (session) => guarded(() => current.all(session)),
    everOf: (session) => guarded(() => ever.all(session)),
    at: (session, seq) => guarded(() => then.all(session, seq, seq)),
    atCard: (cardId) => guarded(() => atCard.all(cardId)),
    areElsewhere: (session) => guarded(() => elsewhere.get(session) !== undefined),
    ofCall: (callId) => guarded(() => ofCall.all(callId)),
    ofBlob: (name) => guarded(() => ofBlob.all(name)),
    ofContent: ({ sha256, path }) => guarded(() => ofContent.all(sha256, path)),
    isSizeKnown: (bytes) =>
      guarded(() => {
        isContentTainted ??= hasContent.get() !== undefined;
        return isContentTainted && ofSize.get(bytes) !== undefined;
      }),
    pathsBelow: (folder) => guarded(() => below.all({ folder: folder.endsWith("/") ? folder : `${folder}/` })),
    unwatchedAt: (time) =>
      guarded(() => {
        isAnyUnwatched ??= hasUnwatched.get() !== undefined;
        return isAnyUnwatched ? unwatched.all({ time }) : [];
      }),
  };
}
