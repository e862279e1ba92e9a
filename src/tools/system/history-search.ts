import * as z from "zod";
import type { SearchHit } from "../../protocol/requests.ts";
import { defineTool } from "../define-tool.ts";
import { plainLine } from "../visible-text.ts";

const input = z.object({
  query: z.string().trim().min(1).max(500),
  limit: z.number().int().min(1).max(50).default(8),
});

/** Finds words in what was asked, answered and found in any session, newest first. */
export const historySearch = defineTool<z.output<typeof input>>({
  name: "history_search",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Search all earlier conversations for words: prompts, answers, tool output. Newest first.",
  input,
  examples: [{ query: "tax return" }],
  async run({ query, limit }, { request }) {
    const { hits, taints } = await request("session.search", { query, limit });
    if (hits.length > 0) return { text: hits.map(linesOf).join("\n"), taints };
    return { text: `Nothing was found for ${JSON.stringify(plainLine(query, 100))}. Try fewer or other words.` };
  },
});

const KINDS: Record<string, string> = {
  "turn.started": "asked",
  "model.responded": "answered",
  "tool.finished": "tool output",
  "note.added": "note",
};

function linesOf({ session, title, kind, at, snippet }: SearchHit): string {
  const when = at.slice(0, 16).replace("T", " ");
  const head = `${session} ${when} ${KINDS[kind] ?? kind} in “${plainLine(title, 60)}”`;
  return `${head}\n  ${plainLine(snippet.replaceAll("**", ""), 240)}`;
}
