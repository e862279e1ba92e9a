import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Prefixes of the temporary folders that loopd makes; the pid of their maker follows. */
export const SPOOL_PREFIX = "loopd-output-";
export const SANDBOX_PREFIX = "loopd-sandbox-";

/** The beginning of a name that tells whose it is, so that it can be removed when its maker is gone. */
export function ownedName(prefix: string): string {
  return `${prefix}${process.pid}-`;
}

/** Entries of a folder that a process which is gone has made with `ownedName`. */
export async function leftovers(folder: string, prefix: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const isLeft = (name: string) => {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    return pid !== undefined && !isAlive(Number(pid));
  };
  return names.filter(isLeft).map((name) => join(folder, name));
}

/** Removes the temporary folders of helpers that were killed. Resolves with their paths. */
export async function removeLeftovers(): Promise<string[]> {
  const found = await Promise.all([SPOOL_PREFIX, SANDBOX_PREFIX].map((prefix) => leftovers(tmpdir(), prefix)));
  const removed = found.flat();
  await Promise.all(removed.map((path) => rm(path, { recursive: true, force: true }).catch(() => undefined)));
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
