import * as z from "zod";
import { ENTRY_LIMIT, fitsIntoEntry } from "./turn-request.ts";
import { finishSchema } from "./values.ts";

/** Longest task in characters; longer text belongs in a file that the delegate reads. */
const MAX_TASK_CHARACTERS = 100_000;
const MAX_TOOLS = 100;
const name = z.string().trim().min(1).max(200);

/** What a model asks of a delegate, and how it narrows it. */
export const delegateRequestSchema = z.object({
  task: z.string().trim().min(1).max(MAX_TASK_CHARACTERS).refine(fitsIntoEntry, { error: ENTRY_LIMIT }),
  tools: z.array(name).max(MAX_TOOLS).optional(),
  maxSteps: z.number().int().positive().optional(),
  maxTokens: z.number().int().positive().optional(),
  note: z.string().trim().max(10_000).optional(),
  endpoint: name.optional(),
  model: name.optional(),
});

/** How a delegate's turn ended. */
const delegateEndSchema = z.object({
  session: z.string(),
  finish: finishSchema,
  text: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Who cancelled it and why, where somebody did. */
  stopped: z.object({ by: z.string(), why: z.string() }).optional(),
  /** Sources of text that nobody vouches for and the delegate has read. */
  taints: z.array(z.string()),
  spent: z.object({ tokens: z.number(), costUsd: z.number() }),
});
export type DelegateEnd = z.output<typeof delegateEndSchema>;

/** What has happened to a delegate since an entry. */
export const delegateNewsSchema = z.object({
  /** Seq of the newest entry that this tells of. */
  after: z.number(),
  /** What it does, one line each. */
  lines: z.array(z.string()),
  /** It waits for a person. */
  isWaiting: z.boolean(),
  end: delegateEndSchema.optional(),
});
export type DelegateNews = z.output<typeof delegateNewsSchema>;
