import { type Dirent, lstat, readdir, type Stats } from "node:fs";
import { promisify } from "node:util";

/** Something met on a walk. Folders come without stats: nobody needs them, and there are many. */
type Met =
  { type: "folder"; path: string; relative: string } | { type: "file"; path: string; relative: string; stats: Stats };

/** What a walk does: `visit` says whether to go into a folder; `met` is told of all that it wanted. */
interface Walk {
  signal: AbortSignal;
  visit(path: string, relative: string): "skip" | "take" | "enter";
  met(one: Met): void;
}

/** How a walk ended. `unreadable` counts folders and files that could not be looked at. */
interface Walked {
  unreadable: number;
  isComplete: boolean;
}

/** Folders that are read at once, and files of one folder that are looked at together. */
const FOLDERS_AT_ONCE = 16;
const FILES_AT_ONCE = 256;

const readFolder = promisify(readdir) as (path: string, options: { withFileTypes: true }) => Promise<Dirent[]>;

/**
 * Walks a folder without following links, reading several folders at once, in no order. Keeps only folder names in
 * memory, so a walk of a million files costs little. Ends early, and says so, when the signal fires.
 */
export async function walk(root: string, options: Walk): Promise<Walked> {
  const open: { path: string; relative: string }[] = [{ path: root, relative: "" }];
  let unreadable = 0;

  const look = async (path: string, relative: string): Promise<void> => {
    const stats = await new Promise<Stats | undefined>((resolve) => lstat(path, (_, found) => resolve(found)));
    if (stats === undefined) unreadable += 1;
    else options.met({ type: "file", path, relative, stats });
  };

  const readOne = async (folder: { path: string; relative: string }): Promise<void> => {
    const entries = await readFolder(folder.path, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) unreadable += 1;
    let pending: Promise<void>[] = [];
    for (const entry of entries ?? []) {
      if (options.signal.aborted) return;
      const path = folder.path === "/" ? `/${entry.name}` : `${folder.path}/${entry.name}`;
      const relative = folder.relative === "" ? entry.name : `${folder.relative}/${entry.name}`;
      const answer = options.visit(path, relative);
      if (answer === "skip") continue;
      if (entry.isDirectory()) {
        options.met({ type: "folder", path, relative });
        if (answer === "enter") open.push({ path, relative });
      } else if (pending.push(look(path, relative)) >= FILES_AT_ONCE) {
        await Promise.all(pending);
        pending = [];
      }
    }
    await Promise.all(pending);
  };

  await new Promise<void>((resolve, reject) => {
    let reading = 0;
    const next = (): void => {
      while (reading < FOLDERS_AT_ONCE && !options.signal.aborted) {
        const folder = open.pop();
        if (folder === undefined) break;
        reading += 1;
        readOne(folder).then(() => {
          reading -= 1;
          next();
        }, reject);
      }
      if (reading === 0) resolve();
    };
    next();
  });
  return { unreadable, isComplete: !options.signal.aborted };
}
