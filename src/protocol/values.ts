import * as z from "zod";
import { periodSchema } from "./period.ts";

export { type Facts, factsSchema } from "./facts.ts";

/** Milliseconds, either a duration or a wall-clock instant since the Unix epoch; the name of the field tells which. */
export type Millis = number;
/** Position in the one global, rising, never reused order of entries. 0 stands before the first. */
export type Seq = number;
export type SessionId = string;
export type TurnId = string;
/** Names one tool call through request, decision, card, start and outcome: `<turn>.<step>.<index>`. */
export type CallId = string;
/** `<callId>#<n>`: the n-th card of that call. */
export type CardId = string;

/** The step that a call belongs to: `<turn>.<step>`. */
export function stepOf(callId: CallId): string {
  return callId.slice(0, callId.lastIndexOf("."));
}

/** The turn that a call belongs to. */
export function turnOfCall(callId: CallId): TurnId {
  const step = stepOf(callId);
  return step.slice(0, step.lastIndexOf("."));
}

/** Origin key of the turn that a call delegates to. */
export function delegateKey(callId: CallId): string {
  return `delegate:${callId}`;
}

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export const jsonSchema: z.ZodType<Json> = z.json();

/** What a tool may do to the world. Policy speaks about effects first and tools second. */
export const effectSchema = z.enum(["read", "state", "write", "exec", "ui", "network", "schedule"]);
export type Effect = z.infer<typeof effectSchema>;

/** How one call ended. Only `ok` means that the tool did what was asked. */
export const outcomeSchema = z.enum(["ok", "error", "invalid", "denied", "timed-out", "cancelled", "unknown"]);
export type OutcomeKind = z.infer<typeof outcomeSchema>;

/** Why a turn ended. `interrupted`: it could not be resumed because its endpoint or a tool is gone. */
export const finishSchema = z.enum([
  "done",
  "max-tokens",
  "step-limit",
  "budget",
  "refused",
  "cancelled",
  "failed",
  "interrupted",
]);
export type Finish = z.infer<typeof finishSchema>;

/** Answer of policy to one call. */
export const decisionSchema = z.enum(["execute", "deny", "requiresApproval"]);
export type Decision = z.infer<typeof decisionSchema>;

/** Why a call needs a person although a rule would execute it. */
export const causeSchema = z.object({
  type: z.enum(["taint", "rehydration", "rescued", "secure-field", "hook-change", "image", "repeat"]),
  /** Where it came from, in words a person understands: `web example.com`. */
  source: z.string(),
});
export type Cause = z.infer<typeof causeSchema>;

/** Who asked for a turn. */
export const originSchema = z.enum(["user", "routine", "delegate"]);
/** Whether text that goes to an endpoint leaves this machine. */
export const trustSchema = z.enum(["local", "remote"]);

export const ruleLayerSchema = z.enum(["floor", "turn", "hook", "config", "default", "grant"]);
export type RuleLayer = z.infer<typeof ruleLayerSchema>;

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1)]);

/** Conditions on the recorded facts of a call. Keys are ANDed, the values of one key ORed. */
export const ruleConditionSchema = z.strictObject({
  /** Names of tools; one that ends with `*` stands for all that begin so. */
  tool: oneOrMore(z.string()).optional(),
  effect: oneOrMore(effectSchema).optional(),
  /**
   * Globs over the real paths of the call. To permit, a rule must cover every one; to forbid or ask, one is enough, what
   * lies below a path counts, and case does not. `~` stands for the person's home.
   */
  path: oneOrMore(z.string()).optional(),
  /**
   * A prefix of the argument vector. A compound shell line never matches a rule that permits. One that forbids or asks
   * speaks about every compound line, and about what `sudo`, `env`, `sh -c` and their like would run.
   */
  command: z.array(z.string()).min(1).optional(),
  inWorkspace: z.boolean().optional(),
  isProtected: z.boolean().optional(),
  /** Globs over the hosts that the call would reach, such as `*.example.com`. To forbid or ask, whatever the port. */
  domain: oneOrMore(z.string()).optional(),
  /** Names of applications, in any case. */
  app: oneOrMore(z.string()).optional(),
  /** Globs over the title of the window that the call would read or drive, in any case. */
  window: oneOrMore(z.string()).optional(),
  /** The control that the call would drive; each value is a glob, in any case. */
  control: z
    .strictObject({
      action: oneOrMore(z.string()).optional(),
      role: oneOrMore(z.string()).optional(),
      name: oneOrMore(z.string()).optional(),
    })
    .optional(),
  isSandboxed: z.boolean().optional(),
  isTrusted: z.boolean().optional(),
  /** The whole argument vector, word for word. */
  argv: z.array(z.string()).min(1).optional(),
  /** Who asked for the turn. */
  origin: oneOrMore(originSchema).optional(),
  /** Globs over the sources that taint the session. To permit, a rule must cover every one of them. */
  taint: oneOrMore(z.string()).optional(),
  endpointTrust: oneOrMore(trustSchema).optional(),
  /** Values of the turn's typed environment, by key. */
  env: z.record(z.string(), oneOrMore(z.string())).optional(),
});
export type RuleCondition = z.infer<typeof ruleConditionSchema>;

/** How far a person's approval reaches. */
export const grantScopeSchema = z.enum(["once", "session", "always"]);
export type GrantScope = z.infer<typeof grantScopeSchema>;

/** What makes a rule a grant: where it holds, which causes it answers for, and whose word it is. */
const grantSchema = z.strictObject({
  scope: z.enum(["session", "always"]),
  /** Present where the scope is `session`. */
  session: z.string().optional(),
  covers: z.array(causeSchema),
  by: z.string(),
  /** Wall time, ISO 8601. */
  at: z.string(),
  /** Wall time in milliseconds after which it no longer counts. */
  expiresAt: z.number().optional(),
});

/** One line of policy, from whatever layer. */
export const ruleSchema = z.strictObject({
  id: z.string().min(1),
  layer: ruleLayerSchema,
  when: ruleConditionSchema,
  decision: decisionSchema,
  reason: z.string().optional(),
  /** How long a card that this rule opens waits before it counts as denied: `90s`, `30m`, `24h`, `7d`. */
  expiresIn: periodSchema.optional(),
  /** Present exactly where the layer is `grant`. */
  grant: grantSchema.optional(),
});
export type Rule = z.infer<typeof ruleSchema>;

/** One block of a message, dialect-neutral; shaped after the Anthropic Messages API. */
export const blockSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("thinking"), thinking: z.string(), signature: z.string().optional() }),
  z.object({ type: z.literal("redacted_thinking"), data: z.string() }),
  z.object({
    type: z.literal("tool_use"),
    id: z.string(),
    name: z.string(),
    input: jsonSchema,
    /** Set when the arguments arrived cut off or unparsable: the text as received. Such a call never runs. */
    unparsed: z.string().optional(),
  }),
  z.object({
    type: z.literal("tool_result"),
    tool_use_id: z.string(),
    content: z.string(),
    is_error: z.boolean().optional(),
  }),
  /** Its bytes are in a blob; the adapter puts them in. Only for endpoints that take images. */
  z.object({ type: z.literal("image"), mediaType: z.string(), blob: z.string() }),
]);
export type Block = z.infer<typeof blockSchema>;
export type ToolUseBlock = Extract<Block, { type: "tool_use" }>;

export const messageSchema = z.object({ role: z.enum(["user", "assistant"]), content: z.array(blockSchema) });
export type Message = z.infer<typeof messageSchema>;

/** What the model is told of one tool. */
export const toolSchemaSchema = z.object({
  name: z.string(),
  description: z.string(),
  input_schema: z.record(z.string(), jsonSchema),
});
export type ToolSchema = z.infer<typeof toolSchemaSchema>;

/** Tokens of one response as the server reported them. A missing count is unknown, not 0. */
export const usageSchema = z.object({
  inputTokens: z.number(),
  cachedTokens: z.number().optional(),
  outputTokens: z.number(),
  costUsd: z.number().optional(),
});
export type Usage = z.infer<typeof usageSchema>;

/** A part of a tool's result that is no text for the model: its bytes are in a blob. `text` of the result names it. */
export const contentSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("image"), mediaType: z.string(), blob: z.string(), bytes: z.number() }),
  z.object({ type: z.literal("audio"), mediaType: z.string(), blob: z.string(), bytes: z.number() }),
  z.object({ type: z.literal("structured"), value: jsonSchema }),
]);
export type Content = z.infer<typeof contentSchema>;
