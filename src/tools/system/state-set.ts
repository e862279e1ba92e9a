import * as z from "zod";
import type { Json } from "../../protocol/values.ts";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";
import { plainLine } from "../visible-text.ts";

const input = z.object({
  key: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .refine((key) => key !== "__proto__", "another key"),
  value: z.unknown().refine((value) => value !== undefined, "any JSON; null removes it"),
});

/** Keeps a value for this session, through compaction and restarts. */
export const stateSet = defineTool<z.output<typeof input>>({
  name: "state_set",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Keep a value for this conversation, such as progress or a todo list.",
  input,
  examples: [{ key: "progress", value: { done: 3, of: 10 } }],
  async run({ key, value }, { request }) {
    const json = (value ?? null) as Json;
    const answer = await refusedWords(request("state.set", { key, value: json }), ["invalid-params"]);
    if (typeof answer === "string") return { text: answer, isError: true };
    const name = plainLine(key, 60);
    if (json === null) return { text: answer.before === undefined ? `There was no ${name}.` : `Removed ${name}.` };
    return { text: answer.before === undefined ? `Kept ${name}.` : `Kept ${name} in place of the value before.` };
  },
});
