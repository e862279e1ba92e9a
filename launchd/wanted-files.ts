import { lstat, mkdir, readFile, realpath, rm } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { LoopdError } from "../src/protocol/errors.ts";
import type { WantedFile } from "./install-plan.ts";

/** What is at the place of a file that is wanted. A link is `other`: macOS does not follow one at login. */
export type Present = "same" | "other" | "missing";

/** Compares what is there with what is wanted, byte for byte and with its mode. */
export async function presentAt({ path, text, mode }: WantedFile): Promise<Present> {
  try {
    const found = await lstat(path);
    if (!found.isFile() || (found.mode & 0o777) !== mode) return "other";
    return (await readFile(path, "utf8")) === text ? "same" : "other";
  } catch (error) {
    if (isMissing(error)) return "missing";
    throw unusable(path, "read", error);
  }
}

/**
 * Puts a file where it is wanted, whole or not at all.
 * @throws LoopdError `store-full` or `home-unusable`.
 */
export async function writeWanted({ path, text, mode }: WantedFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && !found.isFile()) await rm(path);
    await writeFileAtomic(path, text, { mode });
  } catch (error) {
    throw unusable(path, "write", error);
  }
}

/** Whether two paths lead to the same file: the system may name one that we name through a link. */
export async function isSamePath(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [first, second] = await Promise.all([one, other].map((path) => realpath(path).catch(() => path)));
  return first === second;
}

/** Removes a file, if it is there; whether it was. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw unusable(path, "remove", error);
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

function unusable(path: string, verb: "read" | "write" | "remove", cause: unknown): LoopdError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new LoopdError("store-full", `The disk that holds ${path} is full. Free some space and try again.`, {
      cause,
    });
  }
  const words = `loopd cannot ${verb} ${path}: ${message}. Make the folder yours and writable (ls -ld), then try again.`;
  return new LoopdError("home-unusable", words, { cause });
}
