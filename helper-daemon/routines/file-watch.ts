import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Millis } from "../../src/protocol/values.ts";
import type { Log } from "../logs.ts";
import { type FileGlob, readFileGlob } from "./file-glob.ts";
import { MOST_FOLDERS, watchFolder, type WatchedFolder } from "./folder-watch.ts";

/** A routine that waits for files. */
interface Watched {
  name: string;
  glob: string;
}

/** What watching tells. */
export interface FileNews {
  log: Log;
  /** A file that fits has been made or changed. */
  changed(name: string): void;
  /** Words about why not everything is watched. */
  troubled(name: string, words: string): void;
}

/** Watches folders for the routines that wait for files. */
export interface FileWatch {
  /** From now on exactly these. */
  set(watched: readonly Watched[]): void;
  close(): void;
}

/** Changes come in bursts: a routine hears of one when nothing has changed for so long. */
const QUIET_MS: Millis = 1_000;
/** And not more often than this, however much changes: what it writes itself may fit its own glob. */
const AT_MOST_EVERY_MS: Millis = 60_000;
/** How often is looked whether the folder is still the one that is watched: one that is removed says nothing. */
const LOOK_MS: Millis = 5_000;
const MOST_WATCHED = 64;

/** Starts watching. A folder that is missing is looked for again and again. */
export function createFileWatch(news: FileNews): FileWatch {
  const active = new Map<string, { glob: string; close(): void }>();
  const told = new Set<string>();
  const troubled = (name: string, words: string) => {
    if (told.has(name)) return;
    told.add(name);
    news.troubled(name, words);
  };
  return {
    set: (watched) => {
      const wanted = new Map(watched.slice(0, MOST_WATCHED).map((one) => [one.name, one]));
      for (const [name, { glob, close }] of active) {
        if (wanted.get(name)?.glob === glob) continue;
        close();
        active.delete(name);
      }
      for (const [name, one] of wanted)
        if (!active.has(name)) active.set(name, { glob: one.glob, close: watchOne(one, { ...news, troubled }) });
      for (const { name } of watched.slice(MOST_WATCHED))
        troubled(name, `waits for nothing: ${MOST_WATCHED} routines that wait for files are watched at most.`);
    },
    close: () => {
      for (const { close } of active.values()) close();
      active.clear();
    },
  };
}

/** Watches for one routine until the function that it returns is called. */
function watchOne({ name, glob }: Watched, { log, changed, troubled }: FileNews): () => void {
  let watched: (WatchedFolder & { mark: string }) | undefined;
  let isClosed = false;
  let isLooking = false;
  let hasBeenLost = false;
  let isMissed = false;
  let quiet: NodeJS.Timeout | undefined;
  let last = -AT_MOST_EVERY_MS;

  const tell = () => {
    quiet = undefined;
    last = performance.now();
    changed(name);
  };
  const wait = () => {
    clearTimeout(quiet);
    quiet = setTimeout(tell, Math.max(QUIET_MS, last + AT_MOST_EVERY_MS - performance.now())).unref();
  };
  const hear = async ({ folder, fits }: FileGlob, path: string) => {
    if (isClosed || !fits(path)) return;
    if (quiet !== undefined) return wait();
    // What is removed is heard of too.
    if ((await stat(join(folder, path)).catch(() => undefined)) !== undefined && !isClosed) wait();
  };
  const lost = (folder: string, why: string) => {
    watched?.close();
    watched = undefined;
    if (!isMissed) log.warn({ routine: name, folder, why }, "a folder cannot be watched; looking for it");
    isMissed = true;
    hasBeenLost = true;
  };
  const look = async () => {
    const parts = await readFileGlob(glob);
    const { folder } = parts;
    const mark = await markOf(folder);
    if (isClosed || (watched !== undefined && watched.mark === mark)) return;
    if (watched !== undefined) hasBeenLost = true;
    watched?.close();
    watched = undefined;
    if (mark === undefined) return lost(folder, "it does not exist");
    const told = {
      heard: (path: string) => void hear(parts, path),
      lost: (why: string) => lost(folder, why),
      crowded: () => troubled(name, `watches only the first ${MOST_FOLDERS} folders of ${folder}.`),
    };
    try {
      watched = Object.assign(watchFolder(parts, told), { mark });
    } catch (thrown) {
      return lost(folder, thrown instanceof Error ? thrown.message : String(thrown));
    }
    if (hasBeenLost && (await holdsAny(parts))) wait();
    hasBeenLost = false;
    isMissed = false;
  };
  const lookOnce = () => {
    // A dead network drive never answers.
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((err: unknown) => log.warn({ routine: name, err }, "a folder could not be looked at"))
      .finally(() => (isLooking = false));
  };
  const looks = setInterval(lookOnce, LOOK_MS).unref();
  lookOnce();
  return () => {
    isClosed = true;
    clearInterval(looks);
    clearTimeout(quiet);
    watched?.close();
  };
}

/** Tells one folder from another one that has its name. */
async function markOf(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() === true ? `${folder} ${found.dev} ${found.ino} ${found.birthtimeMs}` : undefined;
}

/** Whether a folder that has come back brings something that fits. */
async function holdsAny({ folder, fits }: FileGlob): Promise<boolean> {
  for await (const { name } of await opendir(folder)) if (fits(name)) return true;
  return false;
}
