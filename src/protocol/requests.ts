import * as z from "zod";
import {
  configRuleSchema,
  endpointChangesSchema,
  endpointProfileSchema,
  endpointRowSchema,
  mcpNameSchema,
  mcpServerSchema,
} from "./config.ts";
import { cardAnswerSchema } from "./card-answer.ts";
import { entrySchema } from "./entries.ts";
import {
  cardRowSchema,
  checkSchema,
  fileUndoSchema,
  helperStatusSchema,
  mcpServerRowSchema,
  memoryNoteSchema,
  searchHitSchema,
  sessionRowSchema,
  toolRowSchema,
  turnRowSchema,
  vaultRowSchema,
} from "./rows.ts";
import { ruleTestParamsSchema, ruleTestSchema } from "./rule-test.ts";
import { ENTRY_LIMIT, fitsIntoEntry, MAX_PROMPT_CHARACTERS, turnRequestSchema } from "./turn-request.ts";
import { jsonSchema, ruleSchema } from "./values.ts";

export { MAX_PROMPT_CHARACTERS, type TurnRequest } from "./turn-request.ts";
export type {
  CardRow,
  Check,
  FileUndo,
  HelperStatus,
  McpServerRow,
  MemoryNote,
  SearchHit,
  SessionRow,
  ToolRow,
  TurnRow,
  TurnState,
} from "./rows.ts";

/** Raised when an older peer could misread what a newer one sends. A mismatch is refused at `hello`. */
export const PROTOCOL_VERSION = 1;
/** Who may call a method: a face (a person's program) or a running tool. Cards, rules and endpoints refuse tools. */
export type Caller = "face" | "tool";

const none = z.object({});
const text = z.string().min(1);
const turns = z.object({ turns: z.array(z.string()) });
const limit = z.number().int().min(1).max(1000).default(100);

const helloSchema = z.object({
  protocolVersion: z.number().int(),
  token: z.string(),
  client: z.string(),
});

const method = <P extends z.ZodType, R extends z.ZodType, const C extends readonly Caller[]>(
  params: P,
  result: R,
  callers: C,
) => ({
  params,
  result,
  callers,
});
const face = ["face"] as const;
const tool = ["tool"] as const;
const both = ["face", "tool"] as const;
/** Text of a note or value that fits into an entry. */
const storable = z.string().refine(fitsIntoEntry, { error: ENTRY_LIMIT });
/** Name of a note, which is the name of its file too. `memory` would be the index. */
export const topicSchema = z
  .string()
  .normalize("NFC")
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,79}$/u, "letters, digits, space, dot, dash, underscore; at most 80")
  .refine((name) => new TextEncoder().encode(name).length <= 200, { error: "at most 200 bytes" })
  .refine((name) => name.normalize("NFKC").toLowerCase() !== "memory", { error: "another name; that is the index" });
const topic = topicSchema;

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
      text: text.max(MAX_PROMPT_CHARACTERS).refine(fitsIntoEntry, { error: ENTRY_LIMIT }),
    }),
    z.object({ turn: z.string() }),
    face,
  ),
  "turn.cancel": method(
    z.object({ session: text, turn: text.optional(), by: text, why: z.string().default("") }),
    turns,
    face,
  ),
  "session.list": method(z.object({ limit }), z.object({ sessions: z.array(sessionRowSchema) }), both),
  "session.show": method(
    z.object({ session: text }),
    z.object({ session: sessionRowSchema, turns: z.array(turnRowSchema) }),
    both,
  ),
  "session.search": method(z.object({ query: text, limit }), z.object({ hits: z.array(searchHitSchema) }), both),
  "session.undo-files": method(
    z.object({ session: text, turn: text.optional(), isDryRun: z.boolean().default(false), by: text }),
    z.object({ files: z.array(fileUndoSchema) }),
    face,
  ),
  /** A tool asks for its own session; a face names one. */
  "state.get": method(
    z.object({ session: text.optional(), key: text.optional() }),
    z.object({ values: z.record(z.string(), jsonSchema) }),
    both,
  ),
  /** `null` removes the key. */
  "state.set": method(
    z.object({ key: text.max(200), value: jsonSchema }),
    z.object({ before: jsonSchema.optional() }),
    tool,
  ),
  /** Reads views of the trace with one SELECT; see the tool `query_state`. */
  "state.query": method(
    z.object({ sql: text.max(100_000) }),
    z.object({ columns: z.array(z.string()), rows: z.array(z.array(jsonSchema)), isCut: z.boolean() }),
    both,
  ),
  /** What the session's model has last seen of a file. */
  "file.seen": method(z.object({ path: text }), z.object({ fingerprint: z.string().optional() }), tool),
  /** Recorded before a tool changes a file: what was there (absent: nothing), and the SHA-256 of what will be. */
  "file.changing": method(
    z.object({
      path: text,
      before: z.object({ blob: text, mode: z.number(), sha256: text }).optional(),
      after: text.optional(),
    }),
    none,
    tool,
  ),
  "memory.list": method(none, z.object({ notes: z.array(memoryNoteSchema) }), both),
  "memory.read": method(z.object({ topic }), z.object({ topic: z.string(), text: z.string() }), both),
  "memory.write": method(
    z.object({ topic, text: storable, mode: z.enum(["append", "replace"]).default("append") }),
    z.object({ note: memoryNoteSchema }),
    both,
  ),
  "memory.forget": method(z.object({ topic }), none, both),
  "memory.search": method(
    z.object({ query: text, limit }),
    z.object({ hits: z.array(z.object({ topic: z.string(), line: z.number(), text: z.string() })) }),
    both,
  ),
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
    /** `after`: the id of the last card of the page before. */
    z.object({ session: text.optional(), after: text.optional(), all: z.boolean().default(false), limit }),
    z.object({ cards: z.array(cardRowSchema), isEnd: z.boolean() }),
    face,
  ),
  "card.resolve": method(cardAnswerSchema, z.object({ card: cardRowSchema }), face),
  "rule.list": method(none, z.object({ rules: z.array(ruleSchema) }), face),
  "rule.add": method(z.object({ rule: configRuleSchema }), z.object({ rule: ruleSchema }), face),
  /** A rule of the config by its id, or a grant. */
  "rule.remove": method(z.object({ id: text }), z.object({ rule: ruleSchema }), face),
  "rule.test": method(ruleTestParamsSchema, ruleTestSchema, face),
  /** Cancels every open turn. */
  "turn.stop-all": method(z.object({ by: text, why: z.string().default("") }), turns, face),
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
  /** `systemTokens`: what the system text of a new session costs beside the listed tools. */
  "tool.list": method(none, z.object({ tools: z.array(toolRowSchema), systemTokens: z.number() }), both),
  "tool.show": method(z.object({ name: text }), z.object({ tool: toolRowSchema }), both),
  "mcp.list": method(none, z.object({ servers: z.array(mcpServerRowSchema) }), face),
  "mcp.add": method(
    z.object({ name: mcpNameSchema, server: mcpServerSchema, isReplacing: z.boolean().default(false) }),
    z.object({ server: mcpServerRowSchema }),
    face,
  ),
  "mcp.remove": method(z.object({ name: text }), none, face),
  /** Starts every enabled server that is idle, then tells how each is. */
  "mcp.status": method(
    z.object({ name: text.optional(), isStarting: z.boolean().default(true) }),
    z.object({ servers: z.array(mcpServerRowSchema) }),
    face,
  ),
  "vault.list": method(
    z.object({ session: text.optional(), isRevealed: z.boolean().default(false) }),
    z.object({ values: z.array(vaultRowSchema) }),
    face,
  ),
  /** Placeholders, those of a session and its forks, or all: they resolve to nothing from now on. */
  "vault.forget": method(
    z.object({ ids: z.array(text).optional(), session: text.optional(), isAll: z.boolean().default(false) }),
    z.object({ forgotten: z.number() }),
    face,
  ),
  "helper.doctor": method(none, z.object({ checks: z.array(checkSchema) }), face),
  "helper.status": method(none, helperStatusSchema, face),
  "helper.stop": method(none, none, face),
} as const;

type Methods = typeof methods;
export type MethodName = keyof Methods;
export type ParamsOf<M extends MethodName> = z.input<Methods[M]["params"]>;
export type ParsedParamsOf<M extends MethodName> = z.output<Methods[M]["params"]>;
export type ResultOf<M extends MethodName> = z.output<Methods[M]["result"]>;
/** Methods that a running tool may call. */
export type ToolMethod = {
  [M in MethodName]: "tool" extends Methods[M]["callers"][number] ? M : never;
}[MethodName];
