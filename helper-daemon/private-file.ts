import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { LoopdError } from "../src/protocol/errors.ts";

/** Text of a file, or undefined where there is none. */
export function readPrivateFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unusable(path, "read", cause);
  }
}

/**
 * Replaces a file as a whole, so that a crash leaves the old one or the new one; only its owner may read it.
 * @throws LoopdError `store-full` or `home-unusable`.
 */
export function writePrivateJson(path: string, value: object): void {
  try {
    writeFileAtomic.sync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw unusable(path, "write", cause);
  }
}

function unusable(path: string, verb: "read" | "write", cause: unknown): LoopdError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    const words = `The disk that holds ${path} is full, so loopd left the file as it was. Free some space and try again.`;
    return new LoopdError("store-full", words, { cause });
  }
  const words = `loopd cannot ${verb} ${path}: ${message}. Make it accessible, or set LOOPD_HOME to another folder.`;
  return new LoopdError("home-unusable", words, { cause });
}
