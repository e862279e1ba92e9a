import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { type Listing, listingSchema } from "./listed-tool.ts";

const MAX_BYTES = 16 * 1024 * 1024;

/** Lists of tools of earlier runs, one file for each configuration of a server. Losing one costs a start, nothing else. */
export interface ToolCache {
  read(key: string): Listing | undefined;
  write(key: string, listing: Listing): void;
  remove(key: string): void;
}

/** Opens the lists in a folder, which is made when the first is written. */
export function openToolCache(folder: string): ToolCache {
  const pathOf = (key: string) => join(folder, `${key}.json`);
  return {
    read(key) {
      try {
        if (statSync(pathOf(key)).size > MAX_BYTES) return undefined;
        return listingSchema.parse(JSON.parse(readFileSync(pathOf(key), "utf8")));
      } catch {
        return undefined;
      }
    },
    write(key, listing) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileAtomic.sync(pathOf(key), `${JSON.stringify(listing)}\n`, { mode: 0o600, fsync: false });
      } catch {
        // A full disk costs the next helper a start of the server.
      }
    },
    remove(key) {
      rmSync(pathOf(key), { force: true });
    },
  };
}
