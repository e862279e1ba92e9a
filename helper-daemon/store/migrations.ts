import { RETENTION } from "./retention-migration.ts";
import { LOGINS, ROUTINES } from "./routine-migration.ts";

/** One step of the database's schema. Its place in the list is the `user_version` it leads to. */
export type Migration = string;

/*
 * `entries` is the truth and append-only. Everything else is a projection of it: written in the same transaction, and
 * rebuildable by applying every entry again.
 */
const TRACE: Migration = `
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  session TEXT NOT NULL,
  turn TEXT,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  boot TEXT NOT NULL,
  mono REAL NOT NULL,
  parent TEXT,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX entries_session ON entries (session, seq);
CREATE INDEX entries_turn ON entries (turn, kind) WHERE turn IS NOT NULL;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TABLE sessions (
  session TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  workspace TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  updated_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_updated ON sessions (updated_seq);

CREATE TABLE turns (
  turn TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  origin_key TEXT NOT NULL UNIQUE,
  started_seq INTEGER NOT NULL,
  started_at TEXT NOT NULL,
  input TEXT NOT NULL,
  finish TEXT,
  text TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX turns_session ON turns (session, started_seq);
CREATE INDEX turns_open ON turns (started_seq) WHERE finish IS NULL;

CREATE TABLE cards (
  card_id TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  turn TEXT NOT NULL,
  call_id TEXT NOT NULL,
  type TEXT NOT NULL,
  opened_seq INTEGER NOT NULL,
  opened_at TEXT NOT NULL,
  expires_at INTEGER,
  causes TEXT NOT NULL,
  resolution TEXT,
  resolved_by TEXT,
  resolved_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_open ON cards (session, opened_seq) WHERE resolution IS NULL;
CREATE INDEX cards_order ON cards (opened_seq);

CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2');
CREATE TABLE words_cursor (only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL) STRICT;
INSERT INTO words_cursor VALUES (1, 0);
`;

/** What people have allowed for longer than one call. */
const GRANTS: Migration = `
CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  session TEXT,
  added_seq INTEGER NOT NULL,
  rule TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** What models see as placeholders: sealed values, found again by an HMAC. Sessions with one root share theirs. */
const VAULT: Migration = `
CREATE TABLE vault_roots (
  root TEXT PRIMARY KEY,
  nonce TEXT NOT NULL UNIQUE,
  settings TEXT NOT NULL,
  seeded INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE vault_sessions (session TEXT PRIMARY KEY, root TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE vault_values (
  token TEXT PRIMARY KEY,
  root TEXT NOT NULL,
  kind TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  mark BLOB,
  sealed BLOB,
  added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX vault_order ON vault_values (root, ordinal);
CREATE INDEX vault_marks ON vault_values (mark) WHERE mark IS NOT NULL;
`;

/** What sessions have seen of files, and the way to the recorded changes of state. */
const FILES: Migration = `
CREATE TABLE files_seen (
  session TEXT NOT NULL,
  path TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (session, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_state ON entries (session, seq) WHERE kind = 'state.changed';
`;

/** Values that sessions keep, and recorded changes of notes that are not in their files yet. */
const KNOWLEDGE: Migration = `
CREATE TABLE session_values (
  session TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (session, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE memory_outbox (seq INTEGER PRIMARY KEY) STRICT;
`;

/** Where forks come from: the last entry that they share, how many turns they inherit and how the newest of those stood. */
const FORKS: Migration = `
CREATE TABLE forks (
  session TEXT PRIMARY KEY,
  parent TEXT NOT NULL,
  at_seq INTEGER NOT NULL,
  turns INTEGER NOT NULL,
  finish TEXT
) STRICT, WITHOUT ROWID;
`;

/** What cards could be granted for longer, as a hash, and how often people have approved the very same once. */
const REPEATS: Migration = `
CREATE TABLE card_conditions (card_id TEXT PRIMARY KEY, condition TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE repeated_approvals (condition TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** The way to what a session sets for its turns. */
const OVERRIDES: Migration = `
CREATE INDEX entries_overrides ON entries (session, seq)
  WHERE kind = 'state.changed' AND data ->> '$.store' = 'overrides';
`;

/**
 * Where text comes from that nobody vouches for: what taints sessions (seqs), what running calls pass on, what was written
 * under it, and when calls ran that do not say what they write (milliseconds since the Unix epoch).
 */
const TAINTS: Migration = `
CREATE TABLE session_taints (
  session TEXT NOT NULL,
  source TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  PRIMARY KEY (session, source, since)
) STRICT, WITHOUT ROWID;
INSERT INTO session_taints SELECT session, data ->> '$.facts.source', min(seq), NULL FROM entries
WHERE kind = 'tool.decided' AND data ->> '$.facts.source' IS NOT NULL GROUP BY 1, 2;
CREATE TABLE call_taints (
  call_id TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (call_id, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE unwatched_writes (
  call_id TEXT NOT NULL,
  folder TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  PRIMARY KEY (call_id, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX unwatched_until ON unwatched_writes (until);
CREATE TABLE tainted_content (
  sha256 TEXT NOT NULL,
  path TEXT NOT NULL,
  source TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (sha256, path, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX tainted_content_bytes ON tainted_content (bytes);
CREATE INDEX tainted_content_path ON tainted_content (path);
CREATE TABLE blob_taints (
  blob TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (blob, source)
) STRICT, WITHOUT ROWID;
`;

/** Compactions that people have asked for and that nothing has answered. */
const COMPACTIONS: Migration = `
CREATE TABLE compactions_asked (
  session TEXT PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

export const MIGRATIONS: readonly Migration[] = [
  TRACE,
  FILES,
  KNOWLEDGE,
  GRANTS,
  VAULT,
  FORKS,
  REPEATS,
  OVERRIDES,
  TAINTS,
  COMPACTIONS,
  ROUTINES,
  LOGINS,
  RETENTION,
];
