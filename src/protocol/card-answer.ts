import * as z from "zod";
import { grantScopeSchema, jsonSchema } from "./values.ts";

const text = z.string().min(1);

/** What a person answers to a card. */
export const cardAnswerSchema = z.object({
  /** The whole id or a prefix that only one pending card has. */
  cardId: text,
  resolution: z.enum(["approved", "denied", "edited", "answered"]),
  scope: grantScopeSchema.default("once"),
  reason: z.string().max(10_000).optional(),
  answer: jsonSchema.optional(),
  /** With `edited`: what the call is to run with instead. */
  arguments: jsonSchema.optional(),
  by: text,
});
