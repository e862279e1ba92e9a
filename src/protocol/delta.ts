import * as z from "zod";

/** Text that a model is producing. Broadcast while it happens, never stored. */
export const deltaSchema = z.object({
  session: z.string(),
  turn: z.string(),
  /** Id of the `request.sent` entry, or the callId for a tool's progress. */
  request: z.string(),
  /** `reset`: forget what this request produced so far, it is being sent again. */
  channel: z.enum(["text", "reasoning", "progress", "reset"]),
  text: z.string(),
});
export type Delta = z.infer<typeof deltaSchema>;
