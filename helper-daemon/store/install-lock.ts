import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { LoopdError } from "../../src/protocol/errors.ts";

const LOOK_MS = 100;
/** SQLite's code for a lock that somebody else holds. */
const BUSY = 5;

/** Held for as long as the process lives, or until it is released. */
export interface InstallLock {
  release(): void;
}

/**
 * Takes the right to change an installation, waiting for it up to `waitMs`; undefined if another process holds it for
 * longer. It is a lock inside SQLite like the home's own, through the SQLite that is part of Node: whoever installs loopd
 * may not have the package yet.
 * @throws LoopdError `home-unusable`.
 */
export async function takeInstallLock(path: string, waitMs: number): Promise<InstallLock | undefined> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const lock = tryLock(path);
    if (lock !== undefined || performance.now() >= deadline) return lock;
    await delay(LOOK_MS);
  }
}

function tryLock(path: string): InstallLock | undefined {
  let database: DatabaseSync | undefined;
  try {
    const opened = (database = new DatabaseSync(path));
    opened.exec("BEGIN EXCLUSIVE");
    return { release: () => opened.close() };
  } catch (thrown) {
    database?.close();
    const { errcode, message } = thrown as { errcode?: number; message: string };
    if (errcode === BUSY) return undefined;
    const words = `loopd cannot use ${path}: ${message}. Make the folder writable, or set LOOPD_HOME to another one.`;
    throw new LoopdError("home-unusable", words, { cause: thrown });
  }
}
