import * as z from "zod";
import { endpointProfileSchema } from "./endpoint-profile.ts";
import { seenWindowSchema } from "./model-entries.ts";
import { messageSchema, toolSchemaSchema } from "./values.ts";

/** Tokens and cost beside those of the turn's own requests. */
const spentSchema = z.object({
  tokens: z.number(),
  costUsd: z.number(),
  /** Responses of which nobody knows what they cost. */
  unpriced: z.number().optional(),
});

const MOST_ITEMS = 40;
const MOST_CHARACTERS = 500;
const itemsSchema = z
  .array(z.string())
  .default([])
  .transform((items) => items.slice(0, MOST_ITEMS).map((item) => item.slice(0, MOST_CHARACTERS).toWellFormed()));

/** What a model wrote about exchanges that are no longer sent; more than so many items of so many characters is cut. */
export const summarySchema = z.object({
  facts: itemsSchema,
  decisions: itemsSchema,
  openQuestions: itemsSchema,
  paths: itemsSchema,
});
export type Summary = z.infer<typeof summarySchema>;

/** The data of the entries about epochs. */
export const epochEntries = {
  "epoch.opened": z.object({
    reason: z.enum(["start", "window", "model", "tools", "redaction", "asked", "cleared"]),
    endpoint: z.string(),
    model: z.string(),
    takesImages: z.boolean().optional(),
    /** How the endpoint is spoken to: thinking of one dialect is none of another. Absent in old traces. */
    dialect: endpointProfileSchema.shape.dialect.optional(),
    /** Where the endpoint was, as an origin: thinking of one server is none of another. Absent in old traces. */
    address: z.string().optional(),
    system: z.string(),
    /** How many UTF-8 bytes at the end of `system` are the index of the long-lived notes. */
    memoryBytes: z.number().int().optional(),
    tools: z.array(toolSchemaSchema),
    /** SHA-256 of the canonical JSON of tools and system. */
    hash: z.string(),
    /** Fingerprint of what is kept from the model. Absent: nothing is. */
    redaction: z.string().optional(),
    /**
     * What stays of the messages so far: nothing where absent. Thinking is signed by the model that thought it, so it
     * does not survive a change of model. Named instead of copied: a long conversation would not fit into one entry.
     */
    keeps: z.enum(["all", "without-thinking"]).optional(),
    /** Index of the first message that stays, where those before it go; `carries` then stands in their place. */
    keepsFrom: z.number().int().min(0).optional(),
    /** Ids of results among those that stay whose text is left out. */
    stubs: z.array(z.string()).optional(),
    /** Sources of what `system` and `tools` quote, where nobody vouches for it: they taint the session. */
    taints: z.array(z.string()).optional(),
    /** Messages of this epoch that nobody has sent before: after those that it keeps, but see `keepsFrom`. */
    carries: z.array(messageSchema),
    /** What a model wrote about messages that go, or went earlier: `carries` tells it to the next one. */
    summary: summarySchema.optional(),
    /** Why no model wrote about the messages that go now. */
    unsummarised: z.string().optional(),
    /** Estimates of the conversation, which is all messages of the next request, before and after. */
    tokensBefore: z.number().optional(),
    tokensAfter: z.number().optional(),
    /** What writing the summary cost the turn. */
    spent: spentSchema.optional(),
    window: seenWindowSchema.optional(),
  }),
  /** An epoch was due and did not open: nothing could be made small enough to be worth it. */
  "epoch.skipped": z.object({
    reason: z.string(),
    why: z.string(),
    spent: spentSchema.optional(),
    window: seenWindowSchema.optional(),
  }),
  /** A person wants the conversation compacted now, or before the next request. `note`: what the summary must keep. */
  "compaction.asked": z.object({ by: z.string(), note: z.string().optional() }),
} as const;
