import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Entry, entrySchema } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";

/** The entries of a trace, and what of its file is none. */
export interface TraceFile {
  entries: Entry[];
  /** Lines that no entry of this version is on, with why. */
  skipped: { line: number; why: string }[];
  /** The same entries with real values, where a helper tells them. */
  revealed?: Entry[];
}

/**
 * Reads a trace from JSONL, as `trace export` writes it. Entries that a newer version has written may be of kinds that this
 * one does not know; they are left out and named.
 * @throws LoopdError `usage` where the file cannot be read or holds no entry.
 */
export async function readTraceFile(path: string): Promise<TraceFile> {
  const entries: Entry[] = [];
  const skipped: TraceFile["skipped"] = [];
  try {
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity })) {
      line += 1;
      const bare = text.replace(/^\uFEFF/, "").trim();
      if (bare === "") continue;
      const parsed = parseEntry(bare);
      if (typeof parsed === "string") skipped.push({ line, why: parsed });
      else entries.push(parsed);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LoopdError("usage", `${path} cannot be read: ${why}`, { cause });
  }
  if (entries.length > 0) return { entries, skipped };
  const [first] = skipped;
  const why = first === undefined ? "it is empty" : `line ${first.line}: ${first.why}`;
  throw new LoopdError("usage", `${path} holds no entry of a trace (${why}). Make one with: loopd trace export`);
}

function parseEntry(text: string): Entry | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return `no JSON: ${(cause as Error).message}`;
  }
  const { success, data, error } = entrySchema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  return `no entry: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim();
}
