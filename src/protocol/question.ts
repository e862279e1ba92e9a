import * as z from "zod";
import { jsonSchema } from "./values.ts";

/** What a question card asks. The answer is text, one of the choices, or an object that fits the form. */
export const questionSchema = z.object({
  text: z.string(),
  /** Who asks: `model`, or `mcp NAME` for a connected server. */
  from: z.string(),
  choices: z.array(z.string()).optional(),
  /** JSON Schema of an object with plain fields. */
  form: z.record(z.string(), jsonSchema).optional(),
});
export type Question = z.infer<typeof questionSchema>;
