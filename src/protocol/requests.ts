import * as z from "zod";
import { endpointChangesSchema, endpointProfileSchema, endpointRowSchema } from "./config.ts";
import { cardTypeSchema, entrySchema, grantScopeSchema, overridesSchema, resolutionSchema } from "./entries.ts";
import { causeSchema, effectSchema, factsSchema, finishSchema, jsonSchema } from "./values.ts";

/** Raised when an older peer could misread what a newer one sends. A mismatch is refused at `hello`. */
export const PROTOCOL_VERSION = 1;
/** Longest prompt in characters; longer text belongs in a file that the model reads. */
export const MAX_PROMPT_CHARACTERS = 1_000_000;

const MAX_PROMPT_BYTES = 3 * 1024 * 1024;

/** Who may call a method: a face (a person's program) or a running tool. Cards, rules and endpoints refuse tools. */
export type Caller = "face" | "tool";

const none = z.object({});
const text = z.string().min(1);
const limit = z.number().int().min(1).max(1000).default(100);

/** Whether a text fits into an entry, and the entry into a frame: control characters grow sixfold in JSON. */
function fitsIntoEntry(input: string): boolean {
  return new TextEncoder().encode(JSON.stringify(input)).length <= MAX_PROMPT_BYTES;
}

/** An endpoint that only one turn uses, from the caller's `LOOPD_ENDPOINT_*`; its key is kept in memory only. */
const unsavedProfileSchema = z.object({ profile: endpointProfileSchema, key: z.string().optional() });

const turnRequestSchema = z.object({
  /** Chosen by the caller; the same id submitted again returns the same turn. */
  requestId: text,
  input: z.string().trim().min(1).max(MAX_PROMPT_CHARACTERS).refine(fitsIntoEntry, { error: "<= 3 MiB as JSON" }),
  /** Absent: a new session. */
  session: text.optional(),
  /** Absolute path of the folder to work in; only for a new session. */
  workspace: text.optional(),
  endpoint: text.optional(),
  model: text.optional(),
  unsaved: unsavedProfileSchema.optional(),
  overrides: overridesSchema.default({}),
});
export type TurnRequest = z.input<typeof turnRequestSchema>;

/** `queued`, `running`, `waiting` (on a person), or how it finished. */
const turnStateSchema = z.enum(["queued", "running", "waiting", ...finishSchema.options]);
export type TurnState = z.infer<typeof turnStateSchema>;

const sessionRowSchema = z.object({
  session: z.string(),
  title: z.string(),
  workspace: z.string(),
  updatedAt: z.string(),
  turns: z.number(),
  state: turnStateSchema.or(z.literal("empty")),
});
export type SessionRow = z.infer<typeof sessionRowSchema>;

const turnRowSchema = z.object({
  turn: z.string(),
  input: z.string(),
  startedAt: z.string(),
  state: turnStateSchema,
  text: z.string().optional(),
});
export type TurnRow = z.infer<typeof turnRowSchema>;

const searchHitSchema = z.object({
  session: z.string(),
  title: z.string(),
  seq: z.number(),
  kind: z.string(),
  at: z.string(),
  /** The place found, with `**` around the matching words. */
  snippet: z.string(),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

/** A card with all that a person needs to answer it. */
const cardRowSchema = z.object({
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
  workspace: z.string(),
  requestedAt: z.string(),
  expiresAt: z.string().optional(),
  state: resolutionSchema.or(z.literal("pending")),
  resolvedBy: z.string().optional(),
  resolvedAt: z.string().optional(),
});
export type CardRow = z.infer<typeof cardRowSchema>;

const toolRowSchema = z.object({
  name: z.string(),
  group: z.string(),
  effect: effectSchema,
  isIdempotent: z.boolean(),
  timeLimitMs: z.number(),
  description: z.string(),
  /** Prompt cost, ceil(bytes / 3.5). */
  tokens: z.number(),
  inputSchema: jsonSchema,
});
export type ToolRow = z.infer<typeof toolRowSchema>;

const helperStatusSchema = z.object({
  pid: z.number(),
  version: z.string(),
  protocolVersion: z.number(),
  home: z.string(),
  uptimeMs: z.number(),
  rssBytes: z.number(),
  runningTurns: z.number(),
  pendingApprovals: z.number(),
  /** ISO time of the next due routine. */
  nextRun: z.string().optional(),
  endpoint: z.string(),
  /** Largest sequence number recorded. */
  lastSeq: z.number(),
});
export type HelperStatus = z.infer<typeof helperStatusSchema>;

const helloSchema = z.object({
  protocolVersion: z.number().int(),
  token: z.string(),
  client: z.string(),
});

const method = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R, callers: readonly Caller[]) => ({
  params,
  result,
  callers,
});
const face = ["face"] as const;
const both = ["face", "tool"] as const;

/** Every method of the socket: what it takes, what it answers, and who may call it. The server's table has one handler each. */
export const methods = {
  hello: method(
    helloSchema,
    z.object({ protocolVersion: z.number(), version: z.string(), pid: z.number(), home: z.string() }),
    face,
  ),
  "turn.submit": method(
    turnRequestSchema,
    z.object({ session: z.string(), turn: z.string(), after: z.number(), isNew: z.boolean() }),
    face,
  ),
  "turn.steer": method(
    z.object({
      session: text,
      text: text.max(MAX_PROMPT_CHARACTERS).refine(fitsIntoEntry, { error: "<= 3 MiB as JSON" }),
    }),
    z.object({ turn: z.string() }),
    face,
  ),
  "turn.cancel": method(
    z.object({ session: text, turn: text.optional(), by: text, why: z.string().default("") }),
    z.object({ turns: z.array(z.string()) }),
    face,
  ),
  "session.list": method(z.object({ limit }), z.object({ sessions: z.array(sessionRowSchema) }), both),
  "session.show": method(
    z.object({ session: text }),
    z.object({ session: sessionRowSchema, turns: z.array(turnRowSchema) }),
    both,
  ),
  "session.search": method(z.object({ query: text, limit }), z.object({ hits: z.array(searchHitSchema) }), both),
  "entries.read": method(
    z.object({ session: text, after: z.number().int().min(0).default(0), limit }),
    z.object({ entries: z.array(entrySchema), isEnd: z.boolean() }),
    face,
  ),
  "entries.follow": method(
    z.object({ session: text.optional(), after: z.number().int().min(0), deltas: z.boolean().default(false) }),
    z.object({ subscription: z.string() }),
    face,
  ),
  "entries.unfollow": method(z.object({ subscription: text }), none, face),
  "card.list": method(
    z.object({ session: text.optional(), all: z.boolean().default(false), limit }),
    z.object({ cards: z.array(cardRowSchema) }),
    face,
  ),
  "card.resolve": method(
    z.object({
      /** The whole id or a prefix that only one pending card has. */
      cardId: text,
      resolution: z.enum(["approved", "denied", "answered"]),
      scope: grantScopeSchema.default("once"),
      reason: z.string().max(10_000).optional(),
      answer: jsonSchema.optional(),
      by: text,
    }),
    z.object({ card: cardRowSchema }),
    face,
  ),
  "endpoint.list": method(none, z.object({ endpoints: z.array(endpointRowSchema) }), face),
  "endpoint.show": method(z.object({ name: text }), z.object({ endpoint: endpointRowSchema }), face),
  "endpoint.add": method(
    z.object({
      name: text,
      profile: endpointProfileSchema,
      key: z.string().min(1).optional(),
      use: z.boolean().default(false),
    }),
    z.object({ endpoint: endpointRowSchema }),
    face,
  ),
  "endpoint.set": method(
    z.object({ name: text, changes: endpointChangesSchema, key: z.string().min(1).optional() }),
    z.object({ endpoint: endpointRowSchema }),
    face,
  ),
  "endpoint.use": method(z.object({ name: text }), z.object({ endpoint: endpointRowSchema }), face),
  "endpoint.remove": method(z.object({ name: text }), none, face),
  "tool.list": method(none, z.object({ tools: z.array(toolRowSchema) }), both),
  "tool.show": method(z.object({ name: text }), z.object({ tool: toolRowSchema }), both),
  "helper.status": method(none, helperStatusSchema, face),
  "helper.stop": method(none, none, face),
} as const;

type Methods = typeof methods;
export type MethodName = keyof Methods;
export type ParamsOf<M extends MethodName> = z.input<Methods[M]["params"]>;
export type ParsedParamsOf<M extends MethodName> = z.output<Methods[M]["params"]>;
export type ResultOf<M extends MethodName> = z.output<Methods[M]["result"]>;
