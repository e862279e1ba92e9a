import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { isInside } from "../src/tools/protected-paths.ts";
import type { TaintList } from "./store/taint-list.ts";

/** Files that are looked at together. */
const AT_ONCE = 64;

/** Tells which sources the files of a person carry. */
export interface FileTaints {
  /**
   * Sources of what is at real paths now. A file carries what the session carried that wrote its present content, under
   * whatever name it is; and what a command carried that ran in a workspace above it when it was last changed. For
   * `names` only the latter counts: a person saw every other name on a card.
   */
  of(paths: readonly string[], what: "names" | "content"): Promise<string[]>;
}

/** The taints of files, as the trace tells them. */
export function createFileTaints(taints: TaintList): FileTaints {
  const ofFile = async (path: string, stats: Stats): Promise<string[]> => {
    if (!stats.isFile() || !taints.isSizeKnown(stats.size)) return [];
    const sha256 = await hashOf(path).catch(() => undefined);
    return sha256 === undefined ? [] : taints.ofContent({ sha256, bytes: stats.size, path });
  };
  const of = async (paths: readonly string[], what: "names" | "content"): Promise<string[]> => {
    const found = new Set<string>();
    for (let start = 0; start < paths.length; start += AT_ONCE) {
      const looked = await Promise.all(paths.slice(start, start + AT_ONCE).map(look));
      const present = looked.flatMap((one) => (one.stats === undefined ? [] : [{ ...one, stats: one.stats }]));
      for (const { path, stats } of present) {
        for (const { folder, source } of taints.unwatchedAt(stats.ctimeMs)) {
          if (isInside(path, folder)) found.add(source);
        }
      }
      if (what === "names") continue;
      for (const sources of await Promise.all(present.map(({ path, stats }) => ofFile(path, stats)))) {
        for (const source of sources) found.add(source);
      }
      for (const { path, stats } of present) {
        if (!stats.isDirectory()) continue;
        for (const source of await of(taints.pathsBelow(path), "content")) found.add(source);
      }
    }
    return [...found].sort();
  };
  return { of };
}

async function look(path: string): Promise<{ path: string; stats: Stats | undefined }> {
  return { path, stats: await lstat(path).catch(() => undefined) };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
