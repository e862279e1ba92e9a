import type * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";
import { ROUTINE_REFUSALS } from "./refusals.ts";
import { nameInput } from "./routine-input.ts";

/** Takes a routine away. */
export const routinesRemove = defineTool<z.output<typeof nameInput>>({
  name: "routines_remove",
  group: "routines",
  effect: "schedule",
  isIdempotent: false,
  timeLimit: "internal",
  description: "Take a routine away.",
  input: nameInput,
  examples: [{ name: "brief" }],
  inspect: ({ name }) => Promise.resolve({ preview: `Remove routine ${name}` }),
  async run({ name }, { request }) {
    const answer = await refusedWords(request("routine.remove", { name, by: "the model" }), ROUTINE_REFUSALS);
    if (typeof answer === "string") return { text: answer, isError: true };
    return { text: `Removed ${name}.` };
  },
});
