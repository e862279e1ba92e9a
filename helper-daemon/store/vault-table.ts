import type Database from "better-sqlite3";
import { guardOf } from "./store-error.ts";

/** Sessions that share placeholders: one session and its forks, named by the first. */
export interface VaultRoot {
  root: string;
  /** Part of every placeholder of these sessions, and of no others. */
  nonce: string;
  /** Fingerprint of the redaction under which requests went out last; empty before the first. */
  settings: string;
  /** How many values were known when that redaction began. */
  seeded: number;
}

/** One value, sealed. A forgotten one keeps only its place. */
export interface VaultRow {
  token: string;
  root: string;
  kind: string;
  /** Place among all values of the root, from 1. */
  ordinal: number;
  keyId: string;
  mark: Buffer | null;
  sealed: Buffer | null;
  addedAt: string;
}

/** The vault's tables. Values come and go sealed; nothing here can open them. */
export interface VaultTable {
  isEmpty(): boolean;
  rootOf(session: string): VaultRoot | undefined;
  /** Makes a root of its own for a session. False: the nonce is taken. */
  addRoot(session: string, nonce: string): boolean;
  /** Lets a session share another one's root. */
  addSession(session: string, root: string): void;
  setSettings(root: string, settings: string, seeded: number): void;
  /** All or none, durable. */
  add(rows: readonly VaultRow[]): void;
  get(token: string): VaultRow | undefined;
  byMark(mark: Buffer): VaultRow[];
  /** Values of one root, or all; oldest first. */
  rows(root: string | undefined): VaultRow[];
  /** Overwrites what these rows hold, in the file and in its log. Returns how many held something. */
  forget(tokens: readonly string[]): number;
}

const COLUMNS = "token, root, kind, ordinal, key_id AS keyId, mark, sealed, added_at AS addedAt";

/** Prepares the vault of a database. */
export function createVaultTable(database: Database.Database): VaultTable {
  const any = database.prepare<[], { one: number }>("SELECT 1 AS one FROM vault_roots LIMIT 1");
  const root = database.prepare<[string], VaultRoot>(
    "SELECT r.root, r.nonce, r.settings, r.seeded FROM vault_sessions s JOIN vault_roots r ON r.root = s.root WHERE s.session = ?",
  );
  const addRoot = database.prepare("INSERT OR IGNORE INTO vault_roots VALUES (?, ?, '', 0)");
  const addSession = database.prepare("INSERT OR IGNORE INTO vault_sessions VALUES (?, ?)");
  const settings = database.prepare("UPDATE vault_roots SET settings = ?, seeded = ? WHERE root = ?");
  const insert = database.prepare("INSERT INTO vault_values VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const one = database.prepare<[string], VaultRow>(`SELECT ${COLUMNS} FROM vault_values WHERE token = ?`);
  const marked = database.prepare<[Buffer], VaultRow>(`SELECT ${COLUMNS} FROM vault_values WHERE mark = ?`);
  const ofRoot = database.prepare<[string], VaultRow>(
    `SELECT ${COLUMNS} FROM vault_values WHERE root = ? ORDER BY ordinal`,
  );
  const every = database.prepare<[], VaultRow>(`SELECT ${COLUMNS} FROM vault_values ORDER BY added_at, root, ordinal`);
  const empty = database.prepare(
    "UPDATE vault_values SET sealed = NULL, mark = NULL WHERE token = ? AND sealed IS NOT NULL",
  );

  const insertAll = database.transaction((rows: readonly VaultRow[]) => {
    for (const row of rows) {
      insert.run(row.token, row.root, row.kind, row.ordinal, row.keyId, row.mark, row.sealed, row.addedAt);
    }
  });
  const addBoth = database.transaction((session: string, nonce: string): boolean => {
    if (addRoot.run(session, nonce).changes === 0) return false;
    addSession.run(session, session);
    return true;
  });
  const emptyAll = database.transaction((tokens: readonly string[]) =>
    tokens.reduce((count, token) => count + empty.run(token).changes, 0),
  );
  const guarded = guardOf(database);
  return {
    isEmpty: () => guarded(() => any.get() === undefined),
    rootOf: (session) => guarded(() => root.get(session)),
    addRoot: (session, nonce) => guarded(() => addBoth.immediate(session, nonce)),
    addSession: (session, to) => guarded(() => void addSession.run(session, to)),
    setSettings: (to, fingerprint, seeded) => guarded(() => void settings.run(fingerprint, seeded, to)),
    add: (rows) => guarded(() => insertAll.immediate(rows)),
    get: (token) => guarded(() => one.get(token)),
    byMark: (mark) => guarded(() => marked.all(mark)),
    rows: (of) => guarded(() => (of === undefined ? every.all() : ofRoot.all(of))),
    forget: (tokens) =>
      guarded(() => {
        const count = emptyAll.immediate(tokens);
        database.pragma("wal_checkpoint(TRUNCATE)");
        return count;
      }),
  };
}
