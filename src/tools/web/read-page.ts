import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { ToolContext } from "../define-tool.ts";
import { runProcess } from "../runner/run-process.ts";
import type { PageText } from "./page-text.ts";

/** Where the program can stand: beside this bundle, above its chunks, or as source. */
const PLACES = ["page.mjs", "../page.mjs", "page-process.ts"];
/** Ordinary pages take a second at most. */
const LIMIT_MS = 15_000;
const MAX_HEAP_MB = 512;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const answerSchema = z.object({ title: z.string(), text: z.string() });

/**
 * Makes HTML readable in a process of its own, which may use 15 seconds and half a gigabyte. A page that needs more is
 * read once more for nothing but its text. Undefined if that fails too, or when the call's signal fires.
 */
export async function readPage(html: string, address: string, context: ToolContext): Promise<PageText | undefined> {
  return (await ask(html, [address], context)) ?? (await ask(html, [address, "plain"], context));
}

async function ask(html: string, args: string[], context: ToolContext): Promise<PageText | undefined> {
  if (context.signal.aborted) return undefined;
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const script = places.find((place) => existsSync(place)) ?? "";
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LIMIT_MS);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const end = await runProcess({
      callId: context.callId,
      signal: AbortSignal.any([context.signal, limit.signal]),
      spawned: (pid, startTime) => context.spawned(pid, startTime),
      environment: {},
      file: process.execPath,
      args: ["--no-warnings", `--max-old-space-size=${MAX_HEAP_MB}`, script, ...args],
      folder: tmpdir(),
      input: html,
      onOutput: (chunk) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) limit.abort();
        else chunks.push(chunk);
      },
    });
    if (end.type !== "ended" || end.isAborted || end.code !== 0) return undefined;
    return answerSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  } finally {
    clearTimeout(timer);
  }
}
