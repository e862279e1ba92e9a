import { constants, type Stats } from "node:fs";
import {
  chmod,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  realpath,
  rename,
  rm,
  rmdir,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { visibleName } from "../visible-text.ts";
import { presentFingerprint, sha256Of } from "./file-state.ts";
import { troubleWords } from "./file-trouble.ts";

/** A change of one file, all or nothing. */
export interface Replacement {
  /** Real path. */
  path: string;
  /** Fingerprint of what is replaced; undefined: nothing may be there. */
  expected: string | undefined;
  /** Names the change, so that what a crash leaves behind can be found: `temporaryPath`. */
  changeId: string;
  signal: AbortSignal;
}

/** How it went. `refused`: nothing was changed, and nothing is left behind. */
export type Replaced = { type: "replaced"; fingerprint: string } | { type: "refused"; why: string };

/** Where a change writes the new content before it takes the file's place. */
export function temporaryPath(path: string, changeId: string): string {
  return join(dirname(path), `.loopd-${sha256Of(Buffer.from(`${changeId} ${path}`)).slice(0, 16)}.tmp`);
}

/**
 * Puts new content in the place of a file: written beside it, synced, then renamed, so that a crash leaves the old or the
 * new one. Folders that are missing are made. `mode`: permission bits; absent: as open as the folder, at most 0644.
 */
export async function replaceFile(
  change: Replacement & { bytes: Uint8Array; mode: number | undefined },
): Promise<Replaced> {
  const { path, changeId, bytes, mode } = change;
  const temporary = temporaryPath(path, changeId);
  const made: string[] = [];
  try {
    await makeFolders(dirname(path), made);
    await rm(temporary, { force: true });
    const stats = await lstat(dirname(path));
    const replaced = await lstat(path).catch(() => undefined);
    await writeWhole(temporary, bytes, mode ?? (stats.mode & 0o644) | 0o600, replaced);
    const problem = await lastLook(change);
    if (problem === undefined) {
      await put(temporary, change);
      await syncFolder(dirname(path));
      return { type: "replaced", fingerprint: (await presentFingerprint(path)) ?? "" };
    }
    await cleanUp(temporary, made);
    return { type: "refused", why: problem };
  } catch (thrown) {
    await cleanUp(temporary, made);
    const isTaken = (thrown as NodeJS.ErrnoException).code === "EEXIST" && change.expected === undefined;
    return { type: "refused", why: isTaken ? changedWords(path) : troubleWords(path, thrown) };
  }
}

/** Removes a file, unless it is no longer the one that is expected. */
export async function removeFile(change: Replacement): Promise<Replaced> {
  const problem = await lastLook(change);
  if (problem !== undefined) return { type: "refused", why: problem };
  try {
    await unlink(change.path);
    await syncFolder(dirname(change.path));
    return { type: "replaced", fingerprint: "" };
  } catch (thrown) {
    return { type: "refused", why: troubleWords(change.path, thrown) };
  }
}

/** A last look, as late as it can be: why the change must not happen any more. */
async function lastLook({ path, expected, signal }: Replacement): Promise<string | undefined> {
  if (signal.aborted) return "Stopped before anything was changed.";
  const folder = await realpath(dirname(path)).catch(() => undefined);
  if (folder !== dirname(path)) return `${visibleName(dirname(path))} leads elsewhere now. Nothing was changed.`;
  return (await presentFingerprint(path)) === expected ? undefined : changedWords(path);
}

function changedWords(path: string): string {
  return `${visibleName(path)} was changed by another program just now. Nothing was written; read it again, then call again.`;
}

/** A file that was not there is linked into place, which never overwrites; the rest, and disks without links, renamed. */
async function put(temporary: string, { path, expected }: Replacement): Promise<void> {
  if (expected === undefined) {
    try {
      await link(temporary, path);
      await rm(temporary, { force: true });
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "EEXIST") throw thrown;
    }
  }
  await rename(temporary, path);
}

async function writeWhole(path: string, bytes: Uint8Array, mode: number, owner: Stats | undefined): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await handle.writeFile(bytes);
    await keepOwner(handle, owner);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Only the superuser may give a file away; for everyone else it becomes their own, as with any editor. */
async function keepOwner(handle: FileHandle, owner: Stats | undefined): Promise<void> {
  const { uid, gid } = await handle.stat();
  if (owner !== undefined && (owner.uid !== uid || owner.gid !== gid)) {
    await handle.chown(owner.uid, owner.gid).catch(() => undefined);
  }
}

/** Makes what is missing of a folder, as open as the folder it is in (at most 0755), and notes each in `made`. */
async function makeFolders(folder: string, made: string[]): Promise<void> {
  const missing: string[] = [];
  let base = folder;
  let stats = await lstat(base).catch(orAbsent);
  while (stats === undefined && dirname(base) !== base) {
    missing.unshift(basename(base));
    base = dirname(base);
    stats = await lstat(base).catch(orAbsent);
  }
  const mode = ((stats?.mode ?? 0o755) & 0o2755) | 0o700;
  for (const name of missing) {
    base = join(base, name);
    await mkdir(base);
    made.push(base);
    await chmod(base, mode);
  }
}

function orAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function cleanUp(temporary: string, made: readonly string[]): Promise<void> {
  await rm(temporary, { force: true }).catch(() => undefined);
  for (const folder of made.toReversed()) await rmdir(folder).catch(() => undefined);
}

/** So that the new name survives a power cut; some file systems cannot, and have nothing to lose by it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
