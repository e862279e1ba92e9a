import { open } from "node:fs/promises";
import { join } from "node:path";
import type { JobRole } from "../../launchd/job.ts";

/** Bytes that are read of what a process said, and that are left of a log that has grown too large. */
const TAIL_BYTES = 64 * 1024;
const MOST_BYTES = 1024 * 1024;

/** The file that takes what a job says on standard error. The system only ever appends to it. */
export interface ErrorLog {
  path: string;
  /** How long it is now; 0 if it is not there. */
  size(): Promise<number>;
  /** What was appended since it was that long; the last of it, if that is much. */
  since(size: number): Promise<string>;
  /** Cuts its beginning off if it is over 1 MB: nobody else does, and a helper that cannot start adds a line every ten seconds. */
  trim(): Promise<void>;
}

/** The error log of a job of a home. */
export function errorLogOf(home: string, role: JobRole): ErrorLog {
  const path = join(home, "logs", `${role}.stderr.log`);
  return {
    path,
    size: () => withFile(path, "r", 0, async (file) => (await file.stat()).size),
    since: (size) =>
      withFile(path, "r", "", async (file) => {
        const end = (await file.stat()).size;
        return textBetween(file, Math.max(Math.min(size, end), end - TAIL_BYTES), end);
      }),
    trim: () =>
      withFile(path, "r+", undefined, async (file) => {
        const { size } = await file.stat();
        if (size <= MOST_BYTES) return;
        const tail = await textBetween(file, size - TAIL_BYTES, size);
        await file.truncate(0);
        await file.write(tail.slice(tail.indexOf("\n") + 1), 0);
      }),
  };
}

type File = Awaited<ReturnType<typeof open>>;

async function textBetween(file: File, from: number, to: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.toString("utf8", 0, bytesRead);
}

async function withFile<T>(path: string, flags: string, otherwise: T, work: (file: File) => Promise<T>): Promise<T> {
  try {
    const file = await open(path, flags);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  } catch {
    // What a job has said is a help, and its absence no error.
    return otherwise;
  }
}
