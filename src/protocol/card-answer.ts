import * as z from "zod";
import { resolutionSchema } from "./entries.ts";
import { periodSchema } from "./period.ts";
import { grantScopeSchema, jsonSchema } from "./values.ts";

const text = z.string().min(1);
const reason = z.string().max(10_000).optional();

/**
 * What a grant covers that an approval for longer makes: the `same` call on the same thing, or, of a call about a window,
 * reading and driving whatever the application shows (`app`), secure fields excepted.
 */
const grantReachSchema = z.enum(["same", "app"]);
export type GrantReach = z.infer<typeof grantReachSchema>;

/** What a person answers to a card. */
export const cardAnswerSchema = z.object({
  /** The whole id or a prefix that only one pending card has. */
  cardId: text,
  resolution: z.enum(["approved", "denied", "edited", "answered"]),
  scope: grantScopeSchema.default("once"),
  /** With a scope beyond `once`: how long it holds. Without it, until it is taken back. */
  holdsFor: periodSchema.optional(),
  reach: grantReachSchema.default("same"),
  reason,
  answer: jsonSchema.optional(),
  /** With `edited`: what the call is to run with instead. */
  arguments: jsonSchema.optional(),
  by: text,
});

/** What a person answers to every approval of a step that still waits. */
export const stepAnswerSchema = z.object({
  /** Any card of the step, or a prefix that only pending cards of one step have. */
  cardId: text,
  resolution: z.enum(["approved", "denied"]),
  /** Never `always`: a lasting rule needs a look at each. */
  scope: z.enum(["once", "session"]).default("once"),
  holdsFor: periodSchema.optional(),
  reach: grantReachSchema.default("same"),
  reason,
  by: text,
});

/** What became of one approval of the step. */
const stepCardSchema = z.object({
  cardId: z.string(),
  tool: z.string(),
  /** `resolved`: by this answer. `earlier`: somebody had answered before. `refused`: it still waits, and `message` says why. */
  result: z.enum(["resolved", "earlier", "refused"]),
  state: resolutionSchema.or(z.literal("pending")),
  resolvedBy: z.string().optional(),
  resolvedAt: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});
export type StepCard = z.infer<typeof stepCardSchema>;

/** One row per call of the step that had a card, in the order of the calls. */
export const stepAnsweredSchema = z.object({ cards: z.array(stepCardSchema) });

/** Makes a grant from a card that was approved once. */
export const grantRequestSchema = z.object({
  cardId: text,
  scope: z.enum(["session", "always"]),
  holdsFor: periodSchema.optional(),
  reach: grantReachSchema.default("same"),
  by: text,
});
