import Database from "better-sqlite3";
import { LoopdError } from "../../src/protocol/errors.ts";

/** What SQLite threw, in our words; LoopdErrors pass through. */
export function asStoreError(thrown: unknown, path: string): LoopdError {
  if (thrown instanceof LoopdError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code =
    thrown instanceof Database.SqliteError ? thrown.code : ((thrown as { code?: string } | null)?.code ?? "");
  const options = { cause: thrown };
  if (code === "SQLITE_FULL" || code === "ENOSPC") {
    return new LoopdError(
      "store-full",
      `The disk that holds ${path} is full. Nothing recorded was lost; free some space and loopd goes on.`,
      options,
    );
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new LoopdError(
      "store-busy",
      `Another program keeps ${path} locked. loopd lost nothing and goes on once that program lets go; close it there.`,
      options,
    );
  }
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return new LoopdError("store-corrupt", message, options);
  if (/^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code) || code === "EACCES" || code === "EROFS") {
    return new LoopdError(
      "home-unusable",
      `loopd cannot write ${path}: ${message}. Make the folder writable, or set LOOPD_HOME to another one.`,
      options,
    );
  }
  return new LoopdError("store-failed", `The database ${path} failed: ${message}.`, options);
}

/** Runs work on a database; whatever SQLite throws comes out in our words. */
export function guardOf(database: { name: string }): <T>(work: () => T) => T {
  return (work) => {
    try {
      return work();
    } catch (thrown) {
      throw asStoreError(thrown, database.name);
    }
  };
}
