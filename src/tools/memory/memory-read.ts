import * as z from "zod";
import { topicSchema } from "../../protocol/requests.ts";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";

const input = z.object({ topic: topicSchema });

/** Reads one note. */
export const memoryRead = defineTool<z.output<typeof input>>({
  name: "memory_read",
  group: "memory",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Read one of your long-lived notes whole.",
  input,
  examples: [{ topic: "preferences" }],
  async run({ topic }, { request }) {
    const answer = await refusedWords(request("memory.read", { topic }), ["unknown-topic"]);
    if (typeof answer === "string") return { text: answer, isError: true };
    return { text: answer.text === "" ? `${answer.topic} is empty.` : answer.text, taints: answer.taints };
  },
});
