import { randomUUID } from "node:crypto";
import { readdir, readlink, rename, rm, rmdir, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { isFilled } from "./copied-files.ts";
import { UNFINISHED } from "./install-bundle.ts";
import { layoutOf } from "./layout.ts";

/** Name of the bundle that `helper/current` leads to; undefined if there is none. */
export async function currentName(home: string): Promise<string | undefined> {
  return readlink(layoutOf(home).current).then(basename, () => undefined);
}

/** Has `helper/current` lead to a bundle, from one moment to the next; whether that changed anything. */
export async function switchCurrent(home: string, name: string): Promise<boolean> {
  if ((await currentName(home)) === name) return false;
  const { bundles, current } = layoutOf(home);
  const fresh = join(bundles, `${UNFINISHED}${randomUUID()}`);
  await symlink(name, fresh);
  await rename(fresh, current);
  return true;
}

/** Removes bundles that an installation put there, but one, and what unfinished ones left behind; gives their names. */
export async function removeBundles(home: string, keep: string | undefined): Promise<string[]> {
  const { bundles } = layoutOf(home);
  const removed: string[] = [];
  for (const name of await readdir(bundles).catch(() => [])) {
    const path = join(bundles, name);
    const isOurs = name.startsWith(UNFINISHED) || (await isFilled(path));
    if (name === keep || name === "current" || !isOurs) continue;
    await rm(path, { recursive: true, force: true });
    if (!name.startsWith(UNFINISHED)) removed.push(name);
  }
  return removed;
}

/** Removes a folder if nothing is left in it. */
export async function removeEmpty(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code ?? "")) throw error;
  });
}
