import * as z from "zod";
import { answerSchemaSchema, hookListSchema } from "./hooks.ts";

/** What one turn was asked to do differently from its session, the config and the defaults. */
export const overridesSchema = z.object({
  maxSteps: z.number().int().positive().optional(),
  maxTokens: z.number().int().positive().optional(),
  maxCostUsd: z.number().positive().optional(),
  maxTurnMs: z.number().int().positive().optional(),
  tools: z.array(z.string()).optional(),
  denyTools: z.array(z.string()).optional(),
  /** Values of the environment that the config declares; rules, hooks and tools can ask for them. */
  env: z.record(z.string(), z.string()).optional(),
  /** JSON Schema that the answer has to fit; the turn then ends with that JSON as its text. */
  schema: answerSchemaSchema.optional(),
  /** Validators of this turn's answer, asked after those of the config. */
  validators: hookListSchema.optional(),
  note: z.string().max(10_000).optional(),
  /** The person's `--yes`: rules would ask, but no cause is covered and no `deny` overridden. */
  yes: z.boolean().optional(),
});
export type Overrides = z.infer<typeof overridesSchema>;
