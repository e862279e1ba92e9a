import * as z from "zod";
import { contentSchema, outcomeSchema } from "./values.ts";

/** The data of the entries that tell how the run of a call went. */
export const runEntries = {
  "tool.started": z.object({
    callId: z.string(),
    attempt: z.number().int(),
    timeLimitMs: z.number(),
    /** Sources that whatever the call writes will carry, unless it only reads. */
    taints: z.array(z.string()).optional(),
    /** It may write files without saying which. */
    isUnwatched: z.boolean().optional(),
  }),
  "tool.spawned": z.object({ callId: z.string(), pid: z.number().int(), startTime: z.string(), boot: z.string() }),
  "tool.finished": z.object({
    callId: z.string(),
    attempt: z.number().int(),
    name: z.string(),
    outcome: outcomeSchema,
    durationMs: z.number(),
    text: z.string(),
    content: z.array(contentSchema).optional(),
    /** Sources of the text: they taint the session. In old traces without those that the facts name. */
    taints: z.array(z.string()).optional(),
    /** What the call itself used of the turn's budget. */
    spent: z.object({ tokens: z.number(), costUsd: z.number() }).optional(),
    /** What the model has seen of files, so that a later change to one of them is noticed. */
    saw: z.array(z.object({ path: z.string(), fingerprint: z.string() })).optional(),
    /** What the model has seen of the screen. `lastRef`: no control has a reference with a larger number so far. */
    sight: z
      .object({
        app: z.string(),
        window: z.string(),
        isFull: z.boolean(),
        lastRef: z.int(),
        /** The text is not as the tool told it, so no later one tells only what changed since. */
        isAltered: z.literal(true).optional(),
      })
      .optional(),
    /** Name of the blob that holds the whole output, where `text` is cut. */
    blob: z.string().optional(),
    isSideEffectPossible: z.boolean(),
    /** Nothing ran: this is what an earlier call with the same arguments brought back. */
    recorded: z.object({ session: z.string(), callId: z.string() }).optional(),
  }),
  /** The result of a tool that came back after its call had ended without it. Dropped; only the record is kept. */
  "tool.late": z.object({
    callId: z.string(),
    attempt: z.number().int(),
    outcome: outcomeSchema,
    durationMs: z.number(),
    text: z.string(),
  }),
} as const;
