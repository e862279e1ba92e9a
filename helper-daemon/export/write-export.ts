import { open, rename, rm } from "node:fs/promises";
import type { Entry } from "../../src/protocol/entries.ts";

/** Writes entries as JSONL into a file for the person's eyes alone, whole or not at all; what was there is replaced. */
export async function writeExport(path: string, pages: AsyncIterable<readonly Entry[]>): Promise<void> {
  const fresh = `${path}.${process.pid}.part`;
  const file = await open(fresh, "w", 0o600);
  try {
    for await (const page of pages) for (const entry of page) await file.write(`${JSON.stringify(entry)}\n`);
    await file.sync();
    await file.close();
    await rename(fresh, path);
  } catch (thrown) {
    await file.close().catch(() => undefined);
    await rm(fresh, { force: true });
    throw thrown;
  }
}
