import * as z from "zod";
import { configRuleSchema, configSchema, limitsSchema } from "./config.ts";
import { entrySchema, replayToolsSchema } from "./entries.ts";
import { hookListSchema } from "./hooks.ts";
import { keepSchema } from "./keep.ts";
import { FACE, limit, method, text } from "./method.ts";
import { effectSchema, ruleSchema } from "./values.ts";

/** What a replay has to know of a tool. */
const knownToolSchema = z.object({
  name: z.string(),
  effect: effectSchema,
  isIdempotent: z.boolean(),
  isDelegating: z.boolean().optional(),
});

/** What became of a session that was deleted, or would. */
const deletionSchema = z.object({
  /** The session, and those of its delegates. */
  sessions: z.array(z.string()),
  entries: z.number(),
  /** Outputs and pre-images that nothing else reaches. */
  blobs: z.number(),
  /** Forks that begin with a part of it: what they share stays, and is part of them now. */
  forks: z.array(z.string()),
  keptEntries: z.number(),
  /** Copies of the whole database that held it: backups from before an update are deleted with it. */
  backups: z.array(z.string()),
  /** Copies of a damaged database, which loopd never touches: they still hold it. */
  copies: z.array(z.string()),
  /** Another program reads the database: what it still holds is overwritten once that program lets go. */
  isPending: z.boolean(),
});
export type Deletion = z.infer<typeof deletionSchema>;

/** Methods about traces as a whole: what they are decided by, run again, taken out and deleted. */
export const traceMethods = {
  /** What is decided by now, or would be under another config or other rules of the person. */
  "helper.settings": method(
    z.object({ config: configSchema.optional(), rules: z.array(configRuleSchema).optional() }),
    z.object({
      rules: z.array(ruleSchema),
      /** Entries about grants that belong to no session. */
      granted: z.array(entrySchema),
      hooks: hookListSchema,
      limits: limitsSchema,
      tools: z.array(knownToolSchema),
    }),
    FACE,
  ),
  /**
   * Asks a turn again in a fork, which shares everything before it: the turn that the entry `from` belongs to, or the first
   * one after it. Rules, hooks and approvals count as for every turn. `at`: the last entry that both share.
   */
  "session.replay": method(
    z.object({
      session: text,
      from: z.number().int().positive(),
      endpoint: text,
      model: text.optional(),
      tools: replayToolsSchema.default("recorded"),
      yes: z.boolean().optional(),
      requestId: text,
    }),
    z.object({ session: z.string(), turn: z.string(), at: z.number(), after: z.number(), of: z.string() }),
    FACE,
  ),
  /**
   * Entries as they may leave this machine: placeholders stay, other private values get some, and what was put into secret
   * fields is left out. `stored`: as the loop reads them, placeholders and all. `revealed`: with every value.
   */
  "session.export": method(
    z.object({
      session: text,
      after: z.number().int().min(0).default(0),
      limit,
      form: z.enum(["redacted", "stored", "revealed"]).default("redacted"),
    }),
    z.object({ entries: z.array(entrySchema), isEnd: z.boolean() }),
    FACE,
  ),
  /** Deletes a session for good. `last`: refuses where anything was recorded after that entry. */
  "session.delete": method(
    z.object({
      session: text,
      by: text,
      last: z.number().int().positive().optional(),
      isDryRun: z.boolean().default(false),
    }),
    deletionSchema,
    FACE,
  ),
  "session.keep": method(z.object({ session: text, keep: keepSchema, by: text }), z.object({ keep: keepSchema }), FACE),
} as const;
