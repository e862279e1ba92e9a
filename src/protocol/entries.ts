import * as z from "zod";
import { attachmentSchema } from "./attachment.ts";
import { questionSchema } from "./question.ts";
import { hookAppliedSchema } from "./hooks.ts";
import { modelEntries, repairsSchema, seenWindowSchema } from "./model-entries.ts";
import { runEntries } from "./run-entries.ts";
import { endpointProfileSchema } from "./endpoint-profile.ts";
import { epochEntries } from "./epoch-entries.ts";
import { overridesSchema } from "./overrides.ts";
import {
  causeSchema,
  decisionSchema,
  effectSchema,
  factsSchema,
  finishSchema,
  grantScopeSchema,
  jsonSchema,
  originSchema,
  ruleSchema,
  trustSchema,
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

/** What stands for the tools of a turn that is asked again: what was recorded, the tools themselves, or nothing. */
export const replayToolsSchema = z.enum(["recorded", "live", "deny"]);
export type ReplayTools = z.infer<typeof replayToolsSchema>;

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
  /** The first own entry of a fork. Before it come the entries of `from` up to seq `at`, unchanged and not copied. */
  "session.forked": z.object({
    from: z.string(),
    at: z.number().int(),
    /** Absent: the title of `from`. */
    title: z.string().optional(),
  }),
  /** In the session `home`: these sessions are gone, but for what forks share of them. */
  "session.deleted": z.object({ sessions: z.array(z.string()), by: z.string(), forks: z.array(z.string()).optional() }),
  /** From here on the model knows nothing of what was before, and nothing of that taints the session any more. */
  "session.cleared": z.object({ by: z.string() }),
  ...epochEntries,
  ...modelEntries,
  "turn.started": z.object({
    input: z.string(),
    origin: originSchema,
    /** Unique over all turns; submitting the same one again returns the same turn. */
    originKey: z.string(),
    endpoint: z.string(),
    model: z.string(),
    /** The model sees images; otherwise it reads that there is one. */
    takesImages: z.boolean().optional(),
    dialect: endpointProfileSchema.shape.dialect.optional(),
    /** Where the endpoint was, as an origin. Absent in old traces. */
    address: z.string().optional(),
    /** Whether what the model reads leaves this machine. Absent in old traces: it may. */
    endpointTrust: trustSchema.optional(),
    /** What surrounds the turn that a delegate works for: rules that forbid or ask by it hold for the delegate too. */
    worksFor: z.object({ origin: originSchema, endpointTrust: trustSchema }).optional(),
    overrides: overridesSchema,
    /** Files that the person gave it. */
    attachments: z.array(attachmentSchema).optional(),
    /** The turn is another one asked again: which, and from which entry on its session's results count as recorded. */
    replay: z
      .object({ session: z.string(), turn: z.string(), at: z.number().int(), tools: replayToolsSchema })
      .optional(),
    /** Which layer each effective setting came from, by name of the setting. */
    provenance: z.record(z.string(), z.string()),
  }),
  "note.added": z.object({
    from: z.enum(["person", "loopd", "validator", "clock"]),
    text: z.string(),
    /** The next response is the turn's last, and it will end so. */
    closes: z.enum(["step-limit", "budget"]).optional(),
    /** Which limit that is, for people. */
    why: z.string().optional(),
  }),
  "tool.requested": z.object({
    callId: z.string(),
    name: z.string(),
    arguments: jsonSchema,
    rationale: z.string().optional(),
    /** Absent for a tool that does not exist. */
    effect: effectSchema.optional(),
    /** `arguments` were made to fit the tool's schema. */
    coerced: z.boolean().optional(),
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
  ...runEntries,
  "rule.added": z.object({ rule: ruleSchema }),
  "rule.removed": z.object({ rule: ruleSchema }),
  "state.changed": z.object({
    /** `file`: a file of the person; the key is its real path. `overrides`: what the session sets for its turns. `retention`: how long it is kept. */
    store: z.enum(["session", "memory", "routine", "endpoint", "file", "overrides", "retention"]),
    key: z.string(),
    callId: z.string().optional(),
    /** Who changed it, where that was no call. */
    by: z.string().optional(),
    /** Sources that what was written carries. */
    taints: z.array(z.string()).optional(),
    before: jsonSchema.optional(),
    after: jsonSchema.optional(),
  }),
  "turn.stopping": z.object({ by: z.string(), why: z.string() }),
  "turn.finished": z.object({
    finish: finishSchema,
    text: z.string(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    /** What had to be mended of the model's calls. Absent: nothing. */
    repairs: repairsSchema.optional(),
    /** Permissive validators that the answer did not pass. */
    waived: z.array(z.object({ hook: z.string(), text: z.string() })).optional(),
    /** Where the turn ended because nothing could be sent. */
    window: seenWindowSchema.optional(),
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
/** Names of all kinds. */
export const entryKindSchema = z.enum(kinds);
const members = kinds.map((kind) => z.object({ ...envelope, kind: z.literal(kind), data: entryData[kind] }));

/** Parses one stored entry of schema v1. */
export const entrySchema = z.discriminatedUnion(
  "kind",
  members as unknown as [z.ZodObject<{ kind: z.ZodLiteral<string> }>],
) as unknown as z.ZodType<Entry>;
