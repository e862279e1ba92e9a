import * as z from "zod";
import { cardTypeSchema, resolutionSchema } from "./entries.ts";
import { questionSchema } from "./question.ts";
import { keepSchema } from "./keep.ts";
import { causeSchema, effectSchema, factsSchema, finishSchema, jsonSchema, ruleConditionSchema } from "./values.ts";

/* What faces list: one row each, as the helper tells it. */

/** `queued`, `running`, `waiting` (on a person), or how it finished. */
const turnStateSchema = z.enum(["queued", "running", "waiting", ...finishSchema.options]);
export type TurnState = z.infer<typeof turnStateSchema>;

export const sessionRowSchema = z.object({
  session: z.string(),
  title: z.string(),
  workspace: z.string(),
  updatedAt: z.string(),
  /** Those that it inherits by being a fork count too. */
  turns: z.number(),
  state: turnStateSchema.or(z.literal("empty")),
  /** Where a fork begins: the session, and the last entry that both share. */
  forkedFrom: z.object({ session: z.string(), at: z.number() }).optional(),
  /** How long it is kept, where that is not as the config says. */
  keep: keepSchema.optional(),
  /** The call that a delegate's session works for. */
  delegateOf: z.object({ session: z.string(), turn: z.string(), callId: z.string() }).optional(),
});
export type SessionRow = z.infer<typeof sessionRowSchema>;

export const turnRowSchema = z.object({
  turn: z.string(),
  input: z.string(),
  startedAt: z.string(),
  state: turnStateSchema,
  text: z.string().optional(),
  /** These three are absent for turns that a fork inherits. */
  endpoint: z.string().optional(),
  model: z.string().optional(),
  /** Which layer said so, by name of the setting: turn, session, config, endpoint or default. */
  provenance: z.record(z.string(), z.string()).optional(),
  /** The session that asked it, where this one is a fork. `interrupted` then means: it had not ended by then. */
  inheritedFrom: z.string().optional(),
  /** Sessions that calls of the turn have delegated to. */
  delegates: z.array(z.string()).optional(),
});
export type TurnRow = z.infer<typeof turnRowSchema>;

/** A turn that has not ended. */
export const openTurnSchema = turnRowSchema
  .pick({ turn: true, input: true, startedAt: true, state: true })
  .extend({ session: z.string(), title: z.string() });
export type OpenTurnRow = z.infer<typeof openTurnSchema>;

export const searchHitSchema = z.object({
  session: z.string(),
  title: z.string(),
  seq: z.number(),
  kind: z.string(),
  at: z.string(),
  /** The place found, with `**` around the matching words. */
  snippet: z.string(),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

/** What an approval for longer than once would allow. */
const grantOfferSchema = z.object({
  when: ruleConditionSchema,
  /** Why calls need a person, that it would answer for too; no other reason is covered. */
  covers: z.array(causeSchema),
  /** The very same was approved so often that a person should be told of it. */
  isSuggested: z.boolean(),
});

/** What an approval of everything in an application would allow. */
const appOfferSchema = grantOfferSchema.omit({ isSuggested: true }).extend({ app: z.string() });

/** A grant that would answer for a call, were it not for causes that it does not cover. */
const shortGrantSchema = z.object({ id: z.string(), missing: z.array(causeSchema) });

/** A card with all that a person needs to answer it. */
export const cardRowSchema = z.object({
  /** The same as `cardId`; the name scripts know. */
  approvalId: z.string(),
  type: cardTypeSchema,
  session: z.string(),
  title: z.string(),
  turn: z.string(),
  callId: z.string(),
  tool: z.string(),
  effect: effectSchema.optional(),
  arguments: jsonSchema,
  /** The model's own words about why; may be absent or hostile. */
  rationale: z.string().optional(),
  causes: z.array(causeSchema),
  facts: factsSchema.optional(),
  /** The rule that asks, and what it says about it. */
  ruleId: z.string().optional(),
  ruleReason: z.string().optional(),
  /** How often people have approved the very same once, over all sessions, since they last took a grant for it back. */
  approvals: z.number().optional(),
  /** Present where it can be approved for longer than once. */
  grant: grantOfferSchema.optional(),
  /** Present where everything in the application can be allowed (`reach: app`). */
  appGrant: appOfferSchema.optional(),
  shortGrant: shortGrantSchema.optional(),
  question: questionSchema.optional(),
  workspace: z.string(),
  requestedAt: z.string(),
  expiresAt: z.string().optional(),
  state: resolutionSchema.or(z.literal("pending")),
  resolvedBy: z.string().optional(),
  resolvedAt: z.string().optional(),
});
export type CardRow = z.infer<typeof cardRowSchema>;

export const toolRowSchema = z.object({
  name: z.string(),
  group: z.string(),
  effect: effectSchema,
  isIdempotent: z.boolean(),
  timeLimitMs: z.number(),
  description: z.string(),
  /** Prompt cost, ceil(bytes / 3.5). */
  tokens: z.number(),
  inputSchema: jsonSchema,
  /** Whether it is in every prompt; the others are found with `find_tools` and called with `call_tool`. */
  isListed: z.boolean(),
  /** MCP server that it belongs to. */
  server: z.string().optional(),
  examples: z.array(jsonSchema),
});
export type ToolRow = z.infer<typeof toolRowSchema>;

export const fileUndoSchema = z.object({
  path: z.string(),
  /** `conflict`: somebody has changed it since, so it was left as it is. */
  result: z.enum(["restored", "removed", "unchanged", "conflict", "failed"]),
  detail: z.string().optional(),
});
export type FileUndo = z.infer<typeof fileUndoSchema>;

export const memoryNoteSchema = z.object({
  topic: z.string(),
  /** Its first line. */
  summary: z.string(),
  bytes: z.number(),
  updatedAt: z.string(),
  /** Where text in it comes from that nobody vouches for. A person who edits the note vouches for it. */
  sources: z.array(z.string()).optional(),
});
export type MemoryNote = z.infer<typeof memoryNoteSchema>;

/** A value that the vault keeps from models. */
export const vaultRowSchema = z.object({
  /** Its placeholder without the brackets: `email:1:k3f9x`. */
  id: z.string(),
  placeholder: z.string(),
  kind: z.string(),
  /** The session that met it first; its forks share it. */
  session: z.string(),
  addedAt: z.string(),
  /** `unreadable`: sealed with a key that is not in `vault.key` now. */
  state: z.enum(["kept", "forgotten", "unreadable"]),
  /** Only where it was asked for. */
  value: z.string().optional(),
});
export type VaultRow = z.infer<typeof vaultRowSchema>;

export const mcpServerRowSchema = z.object({
  name: z.string(),
  transport: z.enum(["stdio", "http", "sse", "ws"]),
  /** `idle`: not started yet, or not needed for a while. `waiting`: it failed and is started again at `retryAt`. */
  state: z.enum(["disabled", "idle", "starting", "running", "waiting", "failed"]),
  trust: z.boolean(),
  /** Name and version that the server gave. */
  server: z.string().optional(),
  tools: z.array(z.string()),
  /** Prompt cost of all its tools, whether listed or not. */
  tokens: z.number(),
  pid: z.number().optional(),
  /** Memory of its process and everything that this one started. */
  rssBytes: z.number().optional(),
  runningCalls: z.number(),
  restarts: z.number(),
  retryAt: z.string().optional(),
  lastError: z.string().optional(),
});
export type McpServerRow = z.infer<typeof mcpServerRowSchema>;

export const checkSchema = z.object({
  name: z.string(),
  state: z.enum(["ok", "warning", "failed"]),
  detail: z.string(),
  /** What a person does about it: a command where there is one. */
  mend: z.string().optional(),
});
export type Check = z.infer<typeof checkSchema>;

export const helperStatusSchema = z.object({
  pid: z.number(),
  version: z.string(),
  protocolVersion: z.number(),
  home: z.string(),
  uptimeMs: z.number(),
  rssBytes: z.number(),
  runningTurns: z.number(),
  /** Approvals and recoveries. */
  pendingApprovals: z.number(),
  pendingQuestions: z.number(),
  /** ISO time of the next due routine. */
  nextRun: z.string().optional(),
  /** The routine whose slot comes next, and when (ISO time). */
  nextRoutine: z.object({ name: z.string(), at: z.string() }).optional(),
  endpoint: z.string(),
  /** The address that is opened to tell Raycast's menu bar of cards. */
  menuBar: z.string().optional(),
  /** Largest sequence number recorded. */
  lastSeq: z.number(),
  /** Bytes that the home takes. Absent unless asked for. */
  disk: z
    .object({
      database: z.number(),
      /** Of the database: free for what is recorded next. */
      free: z.number(),
      blobs: z.number(),
      logs: z.number(),
      /** Copies of the database, made before updates and of damage. */
      copies: z.number(),
    })
    .optional(),
  /** The process that looks at the screen. Absent: of a helper that knows none. */
  screen: z
    .object({
      /** `unavailable`: it ended too often, or cannot be started; it is tried again later. */
      state: z.enum(["not-started", "running", "unavailable"]),
      pid: z.number().optional(),
      /** Times that it was started since the helper runs. */
      starts: z.number(),
      /** Why it last ended, if nobody asked it to. */
      lastEnd: z.string().optional(),
    })
    .optional(),
});
export type HelperStatus = z.infer<typeof helperStatusSchema>;
