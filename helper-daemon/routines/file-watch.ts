import { type FSWatcher, watch } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import picomatch from "picomatch";
import type { Millis } from "../../src/protocol/values.ts";
import type { Log } from "../logs.ts";

/** A routine that waits for files. */
interface Watched {
  name: string;
  glob: string;
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
/** How long a folder that cannot be watched is left alone. */
const RETRY_MS: Millis = 60_000;
const MOST_WATCHED = 64;

/** Starts watching. A folder that is missing is looked for again and again. */
export function createFileWatch({ log, changed }: { log: Log; changed: (name: string) => void }): FileWatch {
  const active = new Map<string, { glob: string; close(): void }>();
  const start = ({ name, glob }: Watched): { glob: string; close(): void } => {
    const absolute = glob.startsWith("~/") ? join(homedir(), glob.slice(2)) : glob;
    const { base, glob: rest } = picomatch.scan(absolute);
    const fits = picomatch(absolute, { dot: true });
    const isDeep = rest.includes("/") || rest.includes("**");
    let watcher: FSWatcher | undefined;
    let retry: NodeJS.Timeout | undefined;
    let quiet: NodeJS.Timeout | undefined;
    let last = -AT_MOST_EVERY_MS;
    const tell = () => {
      quiet = undefined;
      last = performance.now();
      changed(name);
    };
    const hear = () => {
      clearTimeout(quiet);
      quiet = setTimeout(tell, Math.max(QUIET_MS, last + AT_MOST_EVERY_MS - performance.now())).unref();
    };
    const open = () => {
      const folder = rest === "" ? join(base, "..") : base;
      const again = (why: string) => {
        watcher?.close();
        watcher = undefined;
        log.warn({ routine: name, folder, why }, "a folder cannot be watched; looking again in a minute");
        retry = setTimeout(open, RETRY_MS).unref();
      };
      try {
        watcher = watch(folder, { recursive: isDeep, persistent: false }, (_, file) => {
          if (file !== null && fits(join(folder, file))) hear();
        });
        watcher.on("error", (error) => again(error.message));
      } catch (thrown) {
        again(thrown instanceof Error ? thrown.message : String(thrown));
      }
    };
    open();
    const close = () => {
      clearTimeout(retry);
      clearTimeout(quiet);
      watcher?.close();
    };
    return { glob, close };
  };
  return {
    set: (watched) => {
      const wanted = new Map(watched.slice(0, MOST_WATCHED).map((one) => [one.name, one]));
      if (watched.length > MOST_WATCHED)
        log.warn({ most: MOST_WATCHED }, "more routines wait for files than are watched");
      for (const [name, { glob, close }] of active) {
        if (wanted.get(name)?.glob === glob) continue;
        close();
        active.delete(name);
      }
      for (const [name, one] of wanted) if (!active.has(name)) active.set(name, start(one));
    },
    close: () => {
      for (const { close } of active.values()) close();
      active.clear();
    },
  };
}
