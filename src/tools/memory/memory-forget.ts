import * as z from "zod";
import { topicSchema } from "../../protocol/requests.ts";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";

const input = z.object({ topic: topicSchema });

/** Removes a note. What it said stays in the trace. */
export const memoryForget = defineTool<z.output<typeof input>>({
  name: "memory_forget",
  group: "memory",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Delete one of your long-lived notes, all of it.",
  input,
  examples: [{ topic: "old project" }],
  // Later sessions would miss it, and a page should not have it forgotten.
  inspect: () => Promise.resolve({ isLasting: true }),
  async run({ topic }, { request }) {
    const answer = await refusedWords(request("memory.forget", { topic }), ["unknown-topic"]);
    return typeof answer === "string" ? { text: answer, isError: true } : { text: `The note ${topic} is removed.` };
  },
});
