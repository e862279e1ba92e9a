import * as z from "zod";
import { endpointRowSchema } from "./endpoint-profile.ts";
import { epochEntries } from "./epoch-entries.ts";
import { repairsSchema } from "./model-entries.ts";

/** One epoch of a session, or one that was due and did not open (`skipped`). */
const epochRowSchema = z.object({
  reason: z.string(),
  seq: z.number(),
  at: z.string(),
  /** Why it did not open. */
  skipped: z.string().optional(),
  /** Estimated tokens of the conversation before and after, where it was made smaller. */
  tokensBefore: z.number().optional(),
  tokensAfter: z.number().optional(),
  /** Why no model wrote a summary of what is no longer sent. Absent: one did, or nothing was left out. */
  unsummarised: z.string().optional(),
  /** Responses of the model that are no longer sent, with whatever answered them, and those that stayed. */
  droppedExchanges: z.number(),
  keptExchanges: z.number(),
  /** Results that stayed as one line each. */
  shortenedResults: z.number(),
  spent: epochEntries["epoch.skipped"].shape.spent,
});
export type EpochRow = z.infer<typeof epochRowSchema>;

/** Where the window of a session's model goes, in estimated tokens, as the next request would fill it. */
export const sessionWindowSchema = z.object({
  /** Whom the session asked last, or asks now. */
  endpoint: z.string(),
  model: z.string(),
  /** Tokens of a request and its response together, and who said so. Absent: nobody knows of a limit. */
  tokens: z.number().optional(),
  source: endpointRowSchema.shape.usableWindow.shape.source.optional(),
  /** Tokens per 3.5 bytes; where that was not learnt from the server, estimates may be far off. */
  factor: z.number(),
  isCalibrated: z.boolean(),
  parts: z.object({
    /** System text without the index of the notes. */
    system: z.number(),
    tools: z.number(),
    /** Index of the long-lived notes. */
    memory: z.number(),
    /** What stands for exchanges that are no longer sent. */
    summary: z.number(),
    history: z.number(),
    /** Results of tools that look at the screen. */
    screen: z.number(),
    /** Kept for the response. */
    reserve: z.number(),
    /** What nothing fills yet; 0 where it is too full. Absent where the window is unknown. */
    free: z.number().optional(),
  }),
  next: z.object({
    /** All parts of the request together. */
    tokens: z.number(),
    /** From there on the conversation is made smaller by itself. */
    compactsAt: z.number().optional(),
    /** A person wants it smaller, and that has not happened yet. */
    isAsked: z.boolean(),
  }),
  requests: z.object({
    turn: z.number(),
    summarise: z.number(),
    /** Those that came to nothing because they were too large. */
    tooLarge: z.number(),
    /** Share of all bytes sent to answer turns that the request before held already. Absent before the first one. */
    reusedShare: z.number().optional(),
  }),
  /**
   * Tokens that servers reported to have read to answer turns, all in all, and of those that they told apart the fresh and
   * the cached ones. Absent: none did.
   */
  reported: z.object({ input: z.number().optional(), fresh: z.number().optional(), cached: z.number().optional() }),
  /** Oldest first. */
  epochs: z.array(epochRowSchema),
  /** What had to be mended of the model's calls in the last `turns` turns. */
  repairs: z.object({ turns: z.number(), counts: repairsSchema }),
});
export type SessionWindow = z.infer<typeof sessionWindowSchema>;
export type WindowPart = keyof SessionWindow["parts"];
