import * as z from "zod";
import { defineTool } from "../define-tool.ts";

const input = z.object({
  name: z.string().min(1).max(200),
  arguments: z.record(z.string(), z.unknown()).optional(),
});

/**
 * The constant through which a model calls tools that its epoch does not list. The loop takes well-formed calls apart
 * (`agent/inner-call.ts`), so this one runs only where it names itself; other malformed calls never get past its schema.
 */
export const callTool = defineTool<z.output<typeof input>>({
  name: "call_tool",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Run a tool that find_tools showed, with its arguments.",
  input,
  examples: [{ name: "memory_read", arguments: { topic: "preferences" } }],
  run: async () => ({
    text: "call_tool cannot call itself. Give the name of another tool, as find_tools shows it, and its arguments.",
    isError: true,
  }),
});
