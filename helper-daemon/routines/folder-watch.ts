import { type FSWatcher, watch } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FileGlob } from "./file-glob.ts";

/** What a watched folder tells. Paths are relative to it. */
interface Told {
  /** A file or folder may have been made, changed or removed. */
  heard(path: string): void;
  /** It cannot be watched any more. */
  lost(why: string): void;
  /** Not all of its folders are watched. */
  crowded(): void;
}

/** A folder that is watched. */
export interface WatchedFolder {
  close(): void;
}

/** Folders below one that are watched where the system watches them one by one. */
export const MOST_FOLDERS = 2_000;

/**
 * Watches the folder of a glob, as deep as the glob goes. @throws what `fs.watch` throws where there is no such folder. Linux
 * watches no trees: there every folder that may hold what fits is watched by itself, since Node's own way takes a watch and a
 * kilobyte for each file, and stands still until it has all.
 */
export function watchFolder(glob: FileGlob, told: Told): WatchedFolder {
  const { folder, isDeep } = glob;
  if (isDeep && process.platform !== "darwin") return watchTree(glob, told);
  const watcher = watch(folder, { recursive: isDeep, persistent: false }, (_, name) => {
    if (name !== null) told.heard(name);
  });
  watcher.on("error", (error) => told.lost(error.message));
  return watcher;
}

function watchTree({ folder, fits, mayHold }: FileGlob, { heard, lost, crowded }: Told): WatchedFolder {
  const watchers = new Map<string, FSWatcher>();
  let isClosed = false;
  let isCrowded = false;

  const add = (path: string) => {
    const watcher = watch(join(folder, path), { persistent: false }, (_, name) => {
      if (name === null) return;
      const one = path === "" ? name : `${path}/${name}`;
      heard(one);
      if (mayHold(one)) void look(one);
    });
    watcher.on("error", (error) => (path === "" ? lost(error.message) : drop(path)));
    watchers.set(path, watcher);
  };
  const drop = (path: string) => {
    for (const [known, watcher] of watchers) {
      if (known !== path && !known.startsWith(`${path}/`)) continue;
      watcher.close();
      watchers.delete(known);
    }
  };
  /** A folder that is new is watched with what is below it, and what is in it already is new too. */
  const look = async (path: string) => {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found === undefined) drop(path);
    else if (found.isDirectory() && !watchers.has(path)) await walk(path, heard);
  };
  const walk = async (path: string, found: (path: string) => void): Promise<void> => {
    const waiting = [path];
    for (let next = waiting.pop(); next !== undefined && !isClosed; next = waiting.pop()) {
      if (watchers.size >= MOST_FOLDERS) {
        if (!isCrowded) crowded();
        isCrowded = true;
        return;
      }
      try {
        if (!watchers.has(next)) add(next);
        for await (const entry of await opendir(join(folder, next))) {
          const below = next === "" ? entry.name : `${next}/${entry.name}`;
          if (entry.isDirectory() && mayHold(below)) waiting.push(below);
          if (fits(below)) found(below);
        }
      } catch {
        // It is gone again, or closed to this person: what is in it is nobody's business.
      }
    }
  };
  add("");
  void walk("", () => {});
  return {
    close: () => {
      isClosed = true;
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
