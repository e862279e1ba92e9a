import Database from "better-sqlite3";
import { copyFileSync, existsSync, statSync } from "node:fs";
import { LoopdError } from "../../src/protocol/errors.ts";
import { asStoreError } from "./store-error.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";

/** Databases up to this size are checked whole at every start; larger ones page by page as they are read. */
const CHECKED_BYTES = 4 * 1024 * 1024;

/**
 * Opens the database, durable before fast: WAL with a sync per transaction. Brings an older schema up to date, after a
 * backup beside it.
 * @throws LoopdError `store-newer`, `store-corrupt` (with a copy kept aside; the file itself is never touched),
 * `store-full`, `home-unusable`.
 */
export function openDatabase(path: string, migrations: readonly Migration[] = MIGRATIONS): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    const version = Number(database.pragma("user_version", { simple: true }));
    refuseNewer(path, version, migrations.length);
    if (statSync(path).size <= CHECKED_BYTES) refuseDamaged(database);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("checkpoint_fullfsync = 1");
    // What is deleted or moved leaves no copy behind, so that deleting a session needs no rewriting of the whole file.
    database.pragma("secure_delete = ON");
    database.pragma("foreign_keys = ON");
    database.pragma("busy_timeout = 500");
    database.pragma("cache_size = -4000");
    migrate(database, path, version, migrations);
    database.prepare("SELECT max(seq) FROM entries").get();
    return database;
  } catch (thrown) {
    database?.close();
    const error = asStoreError(thrown, path);
    throw error.code === "store-corrupt" ? damaged(path, error) : error;
  }
}

function refuseNewer(path: string, version: number, known: number): void {
  if (version <= known) return;
  throw new LoopdError(
    "store-newer",
    `${path} was written by a newer loopd (schema ${version}; this version knows ${known}). Nothing was changed. Update loopd, or set LOOPD_HOME to another folder.`,
  );
}

function refuseDamaged(database: Database.Database): void {
  const verdict = database.pragma("quick_check(1)", { simple: true });
  if (verdict !== "ok") throw new LoopdError("store-corrupt", String(verdict));
}

function migrate(database: Database.Database, path: string, version: number, migrations: readonly Migration[]): void {
  if (version === migrations.length) return;
  if (version > 0) backUp(database, `${path}.before-v${migrations.length}`);
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    database
      .transaction(() => {
        database.exec(migration);
        database.pragma(`user_version = ${index + 1}`);
      })
      .immediate();
  }
}

function backUp(database: Database.Database, to: string): void {
  if (!existsSync(to)) database.prepare("VACUUM INTO ?").run(to);
}

/** Keeps a copy of what is damaged, once per state of the file, and says how to go on. */
function damaged(path: string, cause: LoopdError): LoopdError {
  const copy = `${path}.damaged-${Math.trunc(statSync(path).mtimeMs)}`;
  for (const suffix of ["", "-wal"]) {
    if (existsSync(path + suffix) && !existsSync(copy + suffix)) copyFileSync(path + suffix, copy + suffix);
  }
  return new LoopdError(
    "store-corrupt",
    `${path} is damaged (${cause.message}). loopd did not change it and kept a copy at ${copy}. Put a backup in its place, or move it away to begin anew: mv "${path}" "${path}.old"`,
    { cause },
  );
}
