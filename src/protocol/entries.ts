import * as z from "zod";
import { questionSchema } from "./question.ts";
import { hookAppliedSchema } from "./hooks.ts";
import { overridesSchema } from "./overrides.ts";
import {
  blockSchema,
  causeSchema,
  contentSchema,
  decisionSchema,
  effectSchema,
  factsSchema,
  finishSchema,
  grantScopeSchema,
  jsonSchema,
  messageSchema,
  originSchema,
  outcomeSchema,
  ruleSchema,
  toolSchemaSchema,
  trustSchema,
  usageSchema,
} from "./values.ts";

export type { Delta } from "./delta.ts";
export type { Overrides } from "./overrides.ts";

/*
 * The trace, schema v1. Fields may be added; the ones here never change their meaning, and entries written by any
 * earlier version stay readable (test/fixtures/traces). Order of one call:
 * requested → hook.applied(before)* → decided → [card.opened → card.resolved] → started → [spawned] →
 * hook.applied(after)* → finished. Denied and invalid calls finish without started.
 */

export const cardTypeSchema = z.enum(["approval", "question", "recovery"]);
export type CardType = z.infer<typeof cardTypeSchema>;
export const resolutionSchema = z.enum(["approved", "denied", "edited", "answered", "expired", "cancelled"]);
export type Resolution = z.infer<typeof resolutionSchema>;
/** What a person says became of an effect that a crash interrupted. */
export const recoveryAnswerSchema = z.enum(["happened", "again", "skip"]);

/** The data of every kind of entry. */
export const entryData = {
  "session.created": z.object({
    title: z.string(),
    workspace: z.string(),
    nonce: z.string(),
    /** The call that delegates to this session. */
    from: z.object({ session: z.string(), turn: z.string(), callId: z.string() }).optional(),
    /** Sources that taint it from the start. */
    taints: z.array(z.string()).optional(),
  }),
  "session.forked": z.object({ from: z.string(), at: z.number().int() }),
  "epoch.opened": z.object({
    reason: z.enum(["start", "window", "model", "tools", "redaction", "asked", "cleared"]),
    endpoint: z.string(),
    model: z.string(),
    takesImages: z.boolean().optional(),
    system: z.string(),
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
    /** The messages this epoch begins with, after those that it keeps. */
    carries: z.array(messageSchema),
    tokensBefore: z.number().optional(),
    tokensAfter: z.number().optional(),
  }),
  "epoch.skipped": z.object({ reason: z.string(), why: z.string() }),
  "turn.started": z.object({
    input: z.string(),
    origin: originSchema,
    /** Unique over all turns; submitting the same one again returns the same turn. */
    originKey: z.string(),
    endpoint: z.string(),
    model: z.string(),
    /** The model sees images; otherwise it reads that there is one. */
    takesImages: z.boolean().optional(),
    /** Whether what the model reads leaves this machine. Absent in old traces: it may. */
    endpointTrust: trustSchema.optional(),
    overrides: overridesSchema,
    /** Which layer each effective setting came from, by name of the setting. */
    provenance: z.record(z.string(), z.string()),
  }),
  "note.added": z.object({
    from: z.enum(["person", "loopd", "validator", "clock"]),
    text: z.string(),
    /** The next response is the turn's last, and it will end so. */
    closes: z.enum(["step-limit", "budget"]).optional(),
  }),
  "request.sent": z.object({
    /** Id of the `epoch.opened` entry. */
    epoch: z.string(),
    purpose: z.enum(["turn", "summarise", "judge"]),
    endpoint: z.string(),
    model: z.string(),
    /** UTF-8 bytes of the canonical JSON of tools, system and every message. */
    bytes: z.number(),
    /** How many of them, from the start, are the bytes of the epoch's previous request. */
    reusedBytes: z.number(),
    brokenBy: z.string().optional(),
  }),
  "model.responded": z.object({
    content: z.array(blockSchema),
    stopReason: z.string(),
    usage: usageSchema.optional(),
    rescued: z.boolean().optional(),
  }),
  "tool.requested": z.object({
    callId: z.string(),
    name: z.string(),
    arguments: jsonSchema,
    rationale: z.string().optional(),
    /** Absent for a tool that does not exist. */
    effect: effectSchema.optional(),
  }),
  "hook.applied": hookAppliedSchema,
  "tool.decided": z.object({
    callId: z.string(),
    decision: decisionSchema,
    ruleId: z.string(),
    causes: z.array(causeSchema),
    facts: factsSchema,
    reason: z.string().optional(),
  }),
  "card.opened": z.object({
    cardId: z.string(),
    type: cardTypeSchema,
    callId: z.string().optional(),
    argumentsHash: z.string().optional(),
    causes: z.array(causeSchema).optional(),
    expiresAt: z.number().optional(),
    /** Present where `type` is `question`. */
    question: questionSchema.optional(),
  }),
  "card.resolved": z.object({
    cardId: z.string(),
    resolution: resolutionSchema,
    by: z.string(),
    scope: grantScopeSchema.optional(),
    reason: z.string().optional(),
    arguments: jsonSchema.optional(),
    argumentsHash: z.string().optional(),
    answer: jsonSchema.optional(),
  }),
  "tool.started": z.object({ callId: z.string(), attempt: z.number().int(), timeLimitMs: z.number() }),
  "tool.spawned": z.object({ callId: z.string(), pid: z.number().int(), startTime: z.string(), boot: z.string() }),
  "tool.finished": z.object({
    callId: z.string(),
    attempt: z.number().int(),
    name: z.string(),
    outcome: outcomeSchema,
    durationMs: z.number(),
    text: z.string(),
    content: z.array(contentSchema).optional(),
    /** Sources of the text beside the one that the facts name: they taint the session. */
    taints: z.array(z.string()).optional(),
    /** What the call itself used of the turn's budget. */
    spent: z.object({ tokens: z.number(), costUsd: z.number() }).optional(),
    /** What the model has seen of files, so that a later change to one of them is noticed. */
    saw: z.array(z.object({ path: z.string(), fingerprint: z.string() })).optional(),
    /** Name of the blob that holds the whole output, where `text` is cut. */
    blob: z.string().optional(),
    isSideEffectPossible: z.boolean(),
  }),
  /** The result of a tool that came back after its call had ended without it. Dropped; only the record is kept. */
  "tool.late": z.object({
    callId: z.string(),
    attempt: z.number().int(),
    outcome: outcomeSchema,
    durationMs: z.number(),
    text: z.string(),
  }),
  "rule.added": z.object({ rule: ruleSchema }),
  "rule.removed": z.object({ rule: ruleSchema }),
  "state.changed": z.object({
    /** `file`: a file of the person; the key is its real path. */
    store: z.enum(["session", "memory", "routine", "endpoint", "file"]),
    key: z.string(),
    callId: z.string().optional(),
    /** Who changed it, where that was no call. */
    by: z.string().optional(),
    before: jsonSchema.optional(),
    after: jsonSchema.optional(),
  }),
  "turn.stopping": z.object({ by: z.string(), why: z.string() }),
  "turn.finished": z.object({
    finish: finishSchema,
    text: z.string(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    /** Permissive validators that the answer did not pass. */
    waived: z.array(z.object({ hook: z.string(), text: z.string() })).optional(),
  }),
} as const;

export type EntryKind = keyof typeof entryData;
export type EntryData<K extends EntryKind> = z.infer<(typeof entryData)[K]>;

/** A fact that is not recorded yet: its writer knows kind and data, the store adds the rest. */
export type EntryDraft = {
  [K in EntryKind]: {
    kind: K;
    session: string;
    turn?: string;
    /** Id of the entry that this one answers, where there is one. */
    parent?: string;
    data: EntryData<K>;
  };
}[EntryKind];

/** What the store adds to a draft. */
const envelope = {
  v: z.literal(1),
  seq: z.number().int().positive(),
  id: z.string(),
  session: z.string(),
  turn: z.string().optional(),
  /** Wall time, ISO 8601 in UTC. */
  at: z.string(),
  /** Names the boot of the machine that `mono` counts from. */
  boot: z.string(),
  /** Milliseconds since that boot. */
  mono: z.number(),
  parent: z.string().optional(),
};

/** One recorded fact. `seq` is the order; the append-only list of entries is the state of loopd. */
export type Entry = EntryDraft & { v: 1; seq: number; id: string; at: string; boot: string; mono: number };
export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>;

const kinds = Object.keys(entryData) as EntryKind[];
const members = kinds.map((kind) => z.object({ ...envelope, kind: z.literal(kind), data: entryData[kind] }));

/** Parses one stored entry of schema v1. */
export const entrySchema = z.discriminatedUnion(
  "kind",
  members as unknown as [z.ZodObject<{ kind: z.ZodLiteral<string> }>],
) as unknown as z.ZodType<Entry>;
