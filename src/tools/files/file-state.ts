import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { access, constants, lstat } from "node:fs/promises";
import { grouped } from "../cut-output.ts";
import { visibleName } from "../visible-text.ts";
import { troubleWords } from "./file-trouble.ts";
import { openRegular } from "./open-regular.ts";

/** Longer files are not changed: what was there could not be kept for taking the change back. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A regular file as it is now, read whole. */
export interface PresentFile {
  type: "file";
  bytes: Buffer;
  sha256: string;
  /** Permission bits. */
  mode: number;
  /** Names that this file has; more than 1: hard links. */
  links: number;
  fingerprint: string;
}

/** What is at a path: a file, nothing, or something that cannot be replaced. */
export type FileState = PresentFile | { type: "absent" } | { type: "refused"; why: string };

/** SHA-256, hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Changes whenever a file is written or replaced; costs no reading. */
export function fingerprintOf({ size, mtimeNs, ino }: Pick<BigIntStats, "size" | "mtimeNs" | "ino">): string {
  return `${size}-${mtimeNs}-${ino}`;
}

/** The fingerprint of what a path leads to itself, without following a link; undefined where there is nothing. */
export async function presentFingerprint(path: string): Promise<string | undefined> {
  const stats = await lstat(path, { bigint: true }).catch(() => undefined);
  return stats && fingerprintOf(stats);
}

/** Reads what is at a real path. Never follows a link, never waits for a pipe or device, never throws. */
export async function readFileState(path: string): Promise<FileState> {
  const refused = (why: string): FileState => ({ type: "refused", why });
  const missing = await lstat(path).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  if (missing !== undefined) {
    return missing.code === "ENOENT" ? { type: "absent" } : refused(troubleWords(path, missing));
  }
  const opened = await openRegular(path, () => true);
  if (opened.type === "refused") return opened;
  const { handle, size, stats } = opened;
  try {
    if (size > MAX_FILE_BYTES) {
      const limit = `${grouped(size)} bytes; loopd changes files of up to 64 MiB, because it keeps what was there`;
      return refused(`${visibleName(path)} has ${limit}. Nothing was changed. Change it with a command instead.`);
    }
    const bytes = await handle.readFile();
    const after = await handle.stat({ bigint: true });
    const fingerprint = fingerprintOf(after);
    if (fingerprint !== fingerprintOf(stats) || BigInt(bytes.length) !== after.size) {
      return refused(`${visibleName(path)} is being written to by another program. Nothing was changed; call again.`);
    }
    const { nlink, mode } = after;
    const status = { mode: Number(mode) & 0o777, links: Number(nlink) };
    return { type: "file", bytes, sha256: sha256Of(bytes), fingerprint, ...status };
  } catch (thrown) {
    return refused(troubleWords(path, thrown));
  } finally {
    await handle.close();
  }
}

/** Words about a file that this user may read but not write, although its folder would let it be replaced. */
export async function readOnlyWords(path: string): Promise<string | undefined> {
  return access(path, constants.W_OK).then(
    () => undefined,
    () => `${visibleName(path)} is read-only, so it was not changed. Make it writable first if that is meant.`,
  );
}
