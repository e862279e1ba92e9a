import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { plainLine } from "../visible-text.ts";

const input = z.object({ query: z.string().trim().min(1).max(500) });

const MAX_HITS = 20;

/** Finds lines in the long-lived notes. */
export const memorySearch = defineTool<z.output<typeof input>>({
  name: "memory_search",
  group: "memory",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Find lines in your long-lived notes by words.",
  input,
  examples: [{ query: "birthday" }],
  async run({ query }, { request }) {
    const { hits, taints } = await request("memory.search", { query, limit: MAX_HITS });
    const lines = hits.map(({ topic, line, text }) => `${topic}:${line}: ${text}`);
    if (lines.length > 0) return { text: lines.join("\n"), taints };
    return { text: `No note holds ${JSON.stringify(plainLine(query, 100))}. memory_list shows all.` };
  },
});
