import * as z from "zod";
import { answerSchemaSchema, hookListSchema } from "./hooks.ts";

/** Everything that a session and a turn may set, but for the environment, which goes by key. */
const settings = {
  /** Sampling and thinking go into a request only where somebody asked: newer models refuse them. */
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  /** Tokens that the model may think before it answers; part of `maxOutputTokens`. */
  thinkingTokens: z.number().int().min(1_024).max(1_000_000),
  maxOutputTokens: z.number().int().min(16).max(1_000_000),
  maxSteps: z.number().int().positive(),
  maxTokens: z.number().int().positive(),
  maxCostUsd: z.number().positive(),
  /** Wall time in milliseconds. */
  maxTurnMs: z.number().int().positive(),
  tools: z.array(z.string()),
  denyTools: z.array(z.string()),
  /** JSON Schema that the answer has to fit; the turn then ends with that JSON as its text. */
  schema: answerSchemaSchema,
  /** Validators of the answer, asked after those of the config. */
  validators: hookListSchema,
  note: z.string().max(10_000),
  /** `deny`: nobody is there, so whatever would ask a person is denied, and the turn never waits for one. */
  approvals: z.enum(["wait", "deny"]),
};
const where = { endpoint: z.string().min(1), model: z.string().min(1) };
const values = z.record(z.string(), z.string());
/** The person's `--yes`: rules would ask, but no cause is covered and no `deny` overridden. Never a whole session's. */
const yes = z.boolean().optional();

/** Names of what a session and a turn may set, besides endpoint, model and environment. */
export const SETTINGS = Object.keys(settings) as (keyof typeof settings)[];

/** What a turn really works with: its own overrides over its session's, resolved when it was submitted. */
export const overridesSchema = z.object(settings).partial().extend({
  /** Values of the environment that the config declares, defaults filled in; rules, hooks and tools can ask for them. */
  env: values.optional(),
  yes,
});
export type Overrides = z.infer<typeof overridesSchema>;

/** What a session sets for every turn of it that does not say otherwise. */
export const sessionOverridesSchema = z.object({ ...settings, ...where, env: values }).partial();
export type SessionOverrides = z.infer<typeof sessionOverridesSchema>;

type Nullish<S extends Record<string, z.ZodType>> = { [K in keyof S]: z.ZodOptional<z.ZodNullable<S[K]>> };

function nullish<S extends Record<string, z.ZodType>>(shape: S): Nullish<S> {
  const entries = Object.entries(shape).map(([name, schema]) => [name, schema.nullish()]);
  return Object.fromEntries(entries) as Nullish<S>;
}

const changes = { ...nullish(settings), env: z.record(z.string(), z.string().nullable()).nullish() };

/** What one turn asks for. Absent: as the session says. `null`: as if the session said nothing; `env` also by key. */
export const turnOverridesSchema = z.strictObject({ ...changes, yes });
export type TurnOverrides = z.infer<typeof turnOverridesSchema>;

/** Changes to what a session sets. Absent: as it was. `null`: not set any more; `env` also by key. */
export const sessionChangesSchema = z.strictObject({ ...changes, ...nullish(where) });
export type SessionChanges = z.infer<typeof sessionChangesSchema>;
