import { lstat } from "node:fs/promises";
import { walk } from "./walk.ts";

/** How many entries of one protected folder are looked at: enough for keys, not for every file of a browser. */
const MAX_LOOKED_AT = 10_000;

interface FileId {
  dev: number;
  ino: number;
}

const nameOf = ({ dev, ino }: FileId): string => `${dev}:${ino}`;

/**
 * Which of these files are other names (hard links) of files under the protected paths. Costs one look at each; only
 * where one has several names the protected folders are searched, very large ones only among their first entries.
 */
export async function protectedLinks(paths: Iterable<string>, protectedPaths: readonly string[]): Promise<string[]> {
  const wanted = new Map<string, string[]>();
  for (const path of paths) {
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined || !stats.isFile() || stats.nlink === 1) continue;
    const name = nameOf(stats);
    wanted.set(name, [...(wanted.get(name) ?? []), path]);
  }
  const found = new Set<string>();
  for (const place of wanted.size === 0 ? [] : protectedPaths) {
    const stats = await lstat(place).catch(() => undefined);
    if (stats?.isDirectory()) await look(place, (file) => found.add(nameOf(file)));
    else if (stats !== undefined) found.add(nameOf(stats));
  }
  return [...wanted].flatMap(([name, links]) => (found.has(name) ? links : []));
}

async function look(folder: string, met: (file: FileId) => void): Promise<void> {
  const enough = new AbortController();
  let looked = 0;
  await walk(folder, {
    signal: enough.signal,
    visit: () => "enter",
    met: (one) => {
      if (one.type === "file") met(one.stats);
      looked += 1;
      if (looked >= MAX_LOOKED_AT) enough.abort();
    },
  });
}
