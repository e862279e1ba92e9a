import * as z from "zod";
import { entrySchema } from "./entries.ts";
import { BOTH, FACE, limit, method, none, text, turnIds } from "./method.ts";
import { fileUndoSchema, searchHitSchema, sessionRowSchema, turnRowSchema } from "./rows.ts";
import { ENTRY_LIMIT, fitsIntoEntry, MAX_PROMPT_CHARACTERS, turnRequestSchema } from "./turn-request.ts";

/** Methods about sessions, their turns and entries. */
export const turnMethods = {
  "turn.submit": method(
    turnRequestSchema,
    z.object({ session: z.string(), turn: z.string(), after: z.number(), isNew: z.boolean() }),
    FACE,
  ),
  "turn.steer": method(
    z.object({
      session: text,
      text: text.max(MAX_PROMPT_CHARACTERS).refine(fitsIntoEntry, { error: ENTRY_LIMIT }),
    }),
    z.object({ turn: z.string() }),
    FACE,
  ),
  "turn.cancel": method(
    z.object({ session: text, turn: text.optional(), by: text, why: z.string().default("") }),
    turnIds,
    FACE,
  ),
  "session.list": method(z.object({ limit }), z.object({ sessions: z.array(sessionRowSchema) }), BOTH),
  "session.show": method(
    z.object({ session: text }),
    z.object({ session: sessionRowSchema, turns: z.array(turnRowSchema) }),
    BOTH,
  ),
  "session.search": method(z.object({ query: text, limit }), z.object({ hits: z.array(searchHitSchema) }), BOTH),
  "session.undo-files": method(
    z.object({ session: text, turn: text.optional(), isDryRun: z.boolean().default(false), by: text }),
    z.object({ files: z.array(fileUndoSchema) }),
    FACE,
  ),
  "entries.read": method(
    z.object({ session: text, after: z.number().int().min(0).default(0), limit }),
    z.object({ entries: z.array(entrySchema), isEnd: z.boolean() }),
    FACE,
  ),
  "entries.follow": method(
    z.object({ session: text.optional(), after: z.number().int().min(0), deltas: z.boolean().default(false) }),
    z.object({ subscription: z.string() }),
    FACE,
  ),
  "entries.unfollow": method(z.object({ subscription: text }), none, FACE),
  /** Cancels every open turn. */
  "turn.stop-all": method(z.object({ by: text, why: z.string().default("") }), turnIds, FACE),
} as const;
