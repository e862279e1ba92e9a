import * as z from "zod";
import { entryKindSchema, entrySchema } from "./entries.ts";
import { delegateNewsSchema, delegateRequestSchema } from "./delegate.ts";
import { BOTH, FACE, limit, method, none, text, TOOL, turnIds } from "./method.ts";
import { sessionChangesSchema, sessionOverridesSchema } from "./overrides.ts";
import { fileUndoSchema, openTurnSchema, searchHitSchema, sessionRowSchema, turnRowSchema } from "./rows.ts";
import { sessionWindowSchema } from "./session-window.ts";
import { ENTRY_LIMIT, fitsIntoEntry, MAX_PROMPT_CHARACTERS, turnRequestSchema } from "./turn-request.ts";

const MAX_TITLE_CHARACTERS = 200;
const MAX_NOTE_CHARACTERS = 2_000;

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
  /** Turns that have not ended, of all sessions, oldest first. */
  "turn.list": method(none, z.object({ turns: z.array(openTurnSchema) }), FACE),
  /** Newest first. `before`: the `next` of the page before; absent on the last page. */
  "session.list": method(
    z.object({ limit, before: z.number().int().positive().optional() }),
    z.object({ sessions: z.array(sessionRowSchema), next: z.number().optional() }),
    BOTH,
  ),
  "session.show": method(
    z.object({ session: text }),
    /** `overrides`: what the session sets for every turn of it. */
    z.object({ session: sessionRowSchema, turns: z.array(turnRowSchema), overrides: sessionOverridesSchema }),
    BOTH,
  ),
  /** For turns submitted from now on; those that wait in the queue go on as they were submitted. */
  "session.set": method(
    z.object({ session: text, overrides: sessionChangesSchema, by: text.optional() }),
    z.object({ overrides: sessionOverridesSchema }),
    FACE,
  ),
  "session.search": method(
    z.object({ query: text, limit }),
    /** `taints`: sources of what was found in other sessions than the asking tool's own. */
    z.object({ hits: z.array(searchHitSchema), taints: z.array(z.string()).optional() }),
    BOTH,
  ),
  /** `at`: the last entry that both share, by its seq; where absent, the newest one. */
  "session.fork": method(
    z.object({
      session: text,
      at: z.number().int().positive().optional(),
      title: z.string().trim().min(1).max(MAX_TITLE_CHARACTERS).optional(),
    }),
    z.object({ session: sessionRowSchema }),
    FACE,
  ),
  /** `before`: seq of the last entry that the model still knew; forking there brings it back. */
  "session.clear": method(z.object({ session: text, by: text }), z.object({ before: z.number() }), FACE),
  /**
   * Has the conversation made smaller: before the next request of the open turn, else at once. `after`: seq to follow the
   * session from, until an `epoch.opened` or `epoch.skipped` answers. `turn`: the open one that it waits for.
   */
  "session.compact": method(
    z.object({ session: text, by: text, note: z.string().trim().min(1).max(MAX_NOTE_CHARACTERS).optional() }),
    z.object({ after: z.number(), turn: z.string().optional() }),
    FACE,
  ),
  "session.window": method(z.object({ session: text }), z.object({ window: sessionWindowSchema }), FACE),
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
  /** `kinds`: only entries of these; all where absent. */
  "entries.follow": method(
    z.object({
      session: text.optional(),
      after: z.number().int().min(0),
      deltas: z.boolean().default(false),
      kinds: z.array(entryKindSchema).optional(),
    }),
    z.object({ subscription: z.string() }),
    FACE,
  ),
  "entries.unfollow": method(z.object({ subscription: text }), none, FACE),
  /** Starts the turn that a call delegates to, in a session of its own, or finds the one that it has started before. */
  "turn.delegate": method(delegateRequestSchema, z.object({ session: z.string(), turn: z.string() }), TOOL),
  /** News of the turn that the call has delegated to, as soon as there are any. A call that is stopped cancels it. */
  "turn.await": method(z.object({ after: z.number().int().min(0) }), delegateNewsSchema, TOOL),
  /** Cancels every open turn. */
  "turn.stop-all": method(z.object({ by: text, why: z.string().default("") }), turnIds, FACE),
} as const;
