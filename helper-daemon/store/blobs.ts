import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import writeFileAtomic from "write-file-atomic";
import { asStoreError } from "./store-error.ts";

/** Content-addressed files: the name is the SHA-256 of the bytes, so the same output is kept once. */
export interface Blobs {
  save(bytes: Uint8Array): Promise<string>;
  /** Keeps a copy of a file of any size without holding it in memory. */
  saveFile(path: string): Promise<string>;
  /** Bytes from an offset on, with the whole size; undefined for a name that is not there. */
  read(name: string, offset: number, length: number): Promise<{ bytes: Uint8Array; total: number } | undefined>;
  /** Whether somebody has just asked to keep these bytes, and may not have recorded the name yet. */
  isFresh(name: string): boolean;
}

/** Between keeping bytes and recording their name, in milliseconds: whoever needs longer has kept them again. */
const FRESH_MS = 5 * 60_000;

/** Blobs in a folder of the home. */
export function createBlobs(folder: string): Blobs {
  const saved = new Map<string, number>();
  const isFresh = (name: string) => (saved.get(name) ?? -Infinity) > performance.now() - FRESH_MS;
  const note = (name: string) => {
    for (const old of saved.keys()) if (!isFresh(old)) saved.delete(old);
    saved.delete(name);
    saved.set(name, performance.now());
  };
  return {
    isFresh,
    save: async (bytes) => {
      const name = createHash("sha256").update(bytes).digest("hex");
      const path = join(folder, name);
      note(name);
      try {
        const found = await stat(path).catch(() => undefined);
        if (found?.size !== bytes.length) await writeFileAtomic(path, Buffer.from(bytes), { mode: 0o600 });
      } catch (thrown) {
        throw asStoreError(thrown, path);
      }
      return name;
    },
    saveFile: async (path) => {
      const hash = createHash("sha256");
      await pipeline(createReadStream(path), hash);
      const name = hash.digest("hex");
      const kept = join(folder, name);
      note(name);
      const fresh = `${kept}.${process.pid}`;
      try {
        if ((await stat(kept).catch(() => undefined)) === undefined) {
          await copyFile(path, fresh);
          await syncFile(fresh);
          await rename(fresh, kept);
        }
      } catch (thrown) {
        await rm(fresh, { force: true });
        throw asStoreError(thrown, kept);
      }
      return name;
    },
    read: async (name, offset, length) => {
      if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
      const file = await open(join(folder, name)).catch(() => undefined);
      if (file === undefined) return undefined;
      try {
        const { size: total } = await file.stat();
        const buffer = Buffer.alloc(Math.max(0, Math.min(length, total - offset)));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        return { bytes: buffer.subarray(0, bytesRead), total };
      } finally {
        await file.close();
      }
    },
  };
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
