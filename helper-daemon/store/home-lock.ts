import Database from "better-sqlite3";
import { asStoreError } from "./store-error.ts";

/** Held for as long as the process lives: the operating system releases it even after kill -9. */
export interface HomeLock {
  release(): void;
}

/**
 * Takes the home for this process, or returns undefined if another helper holds it. A lock inside SQLite survives
 * sleep and needs no time-outs, which lock files do.
 */
export function takeHome(path: string): HomeLock | undefined {
  try {
    const database = new Database(path, { timeout: 0 });
    database.pragma("journal_mode = DELETE");
    database.exec("BEGIN EXCLUSIVE");
    return { release: () => database.close() };
  } catch (thrown) {
    if (thrown instanceof Database.SqliteError && thrown.code.startsWith("SQLITE_BUSY")) return undefined;
    throw asStoreError(thrown, path);
  }
}
