import * as z from "zod";

const text = z.string().trim().min(1).max(200);
const askContextSchema = z.object({
  /** The session to go on in. */
  session: text.optional(),
  /** A turn of it to show. */
  turn: text.optional(),
  /** What stands in the form; the person sends it. */
  question: z.string().max(100_000).optional(),
});
/** What another command, or a link, may launch Ask with. */
export type AskContext = z.infer<typeof askContextSchema>;

/** A launch context; empty where it is anything else. A link may come from anywhere, so it never asks by itself. */
export function parseAskContext(context: unknown): AskContext {
  return askContextSchema.safeParse(context ?? {}).data ?? {};
}
