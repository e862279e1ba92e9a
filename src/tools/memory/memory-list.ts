import * as z from "zod";
import { grouped } from "../cut-output.ts";
import { defineTool } from "../define-tool.ts";

const input = z.object({});

/** Lists the long-lived notes. */
export const memoryList = defineTool<z.output<typeof input>>({
  name: "memory_list",
  group: "memory",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "List your long-lived notes: topic and first line of each.",
  input,
  examples: [{}],
  async run(_, { request }) {
    const { notes } = await request("memory.list", {});
    if (notes.length === 0) return { text: "There are no notes yet. Write one with memory_write." };
    const lines = notes.map(
      ({ topic, summary, bytes, updatedAt }) =>
        `${topic}: ${summary} (${grouped(bytes)} bytes, ${updatedAt.slice(0, 10)})`,
    );
    return { text: lines.join("\n"), taints: [...new Set(notes.flatMap(({ sources = [] }) => sources))] };
  },
});
