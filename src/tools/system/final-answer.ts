import * as z from "zod";
import type { Json } from "../../protocol/values.ts";
import { defineTool } from "../define-tool.ts";

const input = z.object({ json: z.json() });

/**
 * How a model gives an answer that has to fit a schema. It is in every prompt, so that a turn which asks for one changes
 * neither the tool list nor the tool choice. The loop judges it and ends the turn; it never comes to `run`.
 */
export const finalAnswer = defineTool<{ json: Json }>({
  name: "final_answer",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Answer in JSON. Only when a note asks for it.",
  input,
  wireSchema: { type: "object", properties: { json: {} }, required: ["json"] },
  isListed: true,
  examples: [{ json: { total: 3 } }],
  run: () => Promise.resolve({ text: "An answer is judged by the loop and is not run.", isError: true }),
});
