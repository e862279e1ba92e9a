import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

const MAX_LINKS = 40;

/**
 * The real path behind an absolute path: symbolic links resolved and letters as the file system spells them, as far as
 * the path exists; what does not exist yet is kept as its tail. A link to something missing is followed, since writing
 * through it would create its target. Never throws.
 */
export async function realPathOf(path: string): Promise<string> {
  return follow(resolve(path), MAX_LINKS);
}

async function follow(path: string, links: number): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const parent = dirname(path);
  if (parent === path) return path;
  const target = links > 0 ? await readlink(path).catch(() => undefined) : undefined;
  if (target !== undefined) return follow(resolve(await follow(parent, links - 1), target), links - 1);
  return join(await follow(parent, links), basename(path));
}
