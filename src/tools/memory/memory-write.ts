import * as z from "zod";
import { topicSchema } from "../../protocol/requests.ts";
import { grouped } from "../cut-output.ts";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";

const input = z.object({
  topic: topicSchema,
  text: z.string().trim().min(1).max(262_144),
  mode: z.enum(["append", "replace"]).default("append"),
});

/** Writes a note that outlives the session. One that runs again after a crash appends once. */
export const memoryWrite = defineTool<z.output<typeof input>>({
  name: "memory_write",
  group: "memory",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description:
    "Remember: save a note for later conversations, such as what the person prefers, facts, decisions. Markdown; the first line says what it is about.",
  input,
  examples: [{ topic: "preferences", text: "Answers in German, dates as 2026-11-21." }],
  // Read by later sessions, which should not learn from a page what to do.
  inspect: () => Promise.resolve({ isLasting: true }),
  async run(note, { request }) {
    const answer = await refusedWords(request("memory.write", note), ["invalid-params"]);
    if (typeof answer === "string") return { text: answer, isError: true };
    const { topic, bytes } = answer.note;
    return { text: `Remembered under ${topic}, which now has ${grouped(bytes)} bytes.` };
  },
});
