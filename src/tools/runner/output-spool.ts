import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Place } from "../define-tool.ts";
import type { LongOutput } from "../cut-output.ts";
import { ownedName, SPOOL_PREFIX } from "./leftovers.ts";

/** Bytes of one call's output that are kept at most; a blob is no larger. */
export const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** What became of an output: its two ends, and the blob with all of it where it did not fit in memory. */
export interface SpooledOutput extends LongOutput {
  blob?: string;
  /** Bytes in the blob, or in `head` where there is none: fewer than `total` if some were dropped. */
  kept: number;
}

/**
 * Takes output of any size. Up to `limit` bytes stay in memory; beyond that both ends do, and all of it goes to a
 * private temporary file of at most 64 MiB, the rest is dropped. A disk that cannot take it costs the file, not the call.
 */
export class OutputSpool {
  readonly #limit: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  readonly #tail: Buffer[] = [];
  #tailBytes = 0;
  #total = 0;
  #kept = 0;
  #folder: string | undefined;
  #file: FileHandle | undefined;
  #isFileBroken = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when the chunk has been taken; the writer should wait for it. */
  async write(chunk: Buffer): Promise<void> {
    this.#total += chunk.length;
    if (this.#total > this.#limit) await this.#writeFile(chunk);
    const part = chunk.subarray(0, this.#limit - this.#headBytes);
    if (part.length > 0) this.#head.push(part);
    this.#headBytes += part.length;
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    while (this.#tailBytes - (this.#tail[0]?.length ?? 0) >= this.#limit)
      this.#tailBytes -= this.#tail.shift()?.length ?? 0;
  }

  /** What was taken, with the file handed over as a blob. Nothing may be written after it. */
  async finish(place: Pick<Place, "saveBlobFile">): Promise<SpooledOutput> {
    const head = Buffer.concat(this.#head);
    const output = { head, tail: Buffer.concat(this.#tail), total: this.#total };
    if (this.#file === undefined || this.#folder === undefined) return { ...output, kept: head.length };
    try {
      await this.#file.close();
      this.#file = undefined;
      if (this.#isFileBroken) return { ...output, kept: head.length };
      return { ...output, blob: await place.saveBlobFile(join(this.#folder, "output")), kept: this.#kept };
    } catch {
      return { ...output, kept: head.length };
    } finally {
      await this.discard();
    }
  }

  /** Removes the temporary file. */
  async discard(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  async #writeFile(chunk: Buffer): Promise<void> {
    if (this.#isFileBroken) return;
    try {
      if (this.#file === undefined) {
        this.#folder = await mkdtemp(join(tmpdir(), ownedName(SPOOL_PREFIX)));
        this.#file = await open(join(this.#folder, "output"), "wx", 0o600);
        for (const earlier of this.#head) await this.#append(earlier);
      }
      await this.#append(chunk);
    } catch {
      this.#isFileBroken = true;
    }
  }

  async #append(chunk: Buffer): Promise<void> {
    const part = chunk.subarray(0, MAX_KEPT_BYTES - this.#kept);
    if (part.length === 0) return;
    await this.#file?.writeFile(part);
    this.#kept += part.length;
  }
}
