import { readFileSync } from "node:fs";
import { setPriority } from "node:os";
import { descendsFrom, processCount, samplePids } from "./process-table.ts";

const LOOK_EVERY_MS = 50;
/** Enough to see whose most processes are. */
const SAMPLE = 32;
/** A little below this process, so that it gets its turn before thousands of others. */
const LOWER_PRIORITY = 5;

/** What a contained program may have at once. */
export interface CrowdLimit {
  /** Processes, and threads where `countFile` counts them. */
  most: number;
  /** A file that holds their number. Without one, all processes of the machine are counted, and a sample tells whose. */
  countFile?: string;
}

/**
 * Calls `onCrowd` once when a program in a PID namespace, which nothing that it starts can leave, has too many processes:
 * a fork bomb. The kernel bounds it as well, but those it has got take all the time there is, this process's too; so a
 * look costs little, and the program gets a lower priority. Returns what ends the watch. Linux only: macOS bounds every
 * user's processes.
 */
export function watchCrowd(pid: number, { most, countFile }: CrowdLimit, onCrowd: () => void): () => void {
  if (process.platform !== "linux") return () => {};
  try {
    setPriority(pid, LOWER_PRIORITY);
  } catch {
    // It is gone already.
  }
  const atFirst = processCount();
  const isCrowd = () =>
    countFile === undefined ? processCount() - atFirst > most && isTheirs(pid) : countIn(countFile) > most;
  const timer = setInterval(() => {
    if (!isCrowd()) return;
    clearInterval(timer);
    onCrowd();
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

function countIn(file: string): number {
  try {
    return Number(readFileSync(file, "latin1"));
  } catch {
    return 0;
  }
}

function isTheirs(pid: number): boolean {
  const living = samplePids(SAMPLE).flatMap((one) => descendsFrom(one, pid) ?? []);
  return living.filter(Boolean).length * 2 > living.length;
}
