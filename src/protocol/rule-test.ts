import * as z from "zod";
import {
  causeSchema,
  decisionSchema,
  factsSchema,
  jsonSchema,
  originSchema,
  ruleLayerSchema,
  trustSchema,
} from "./values.ts";

const text = z.string().min(1);

/** A call that somebody asks policy about. */
export const ruleTestParamsSchema = z.object({
  tool: text,
  arguments: jsonSchema,
  /** Its taints count too. */
  session: text.optional(),
  /** Absolute path; used where no session is named. */
  workspace: text,
  origin: originSchema.default("user"),
  taints: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  endpointTrust: trustSchema.default("local"),
});

/** What policy would answer to a call, and what each layer said. */
export const ruleTestSchema = z.object({
  decision: decisionSchema,
  ruleId: z.string(),
  reason: z.string().optional(),
  causes: z.array(causeSchema),
  heard: z.array(z.object({ layer: ruleLayerSchema, ruleId: z.string(), decision: decisionSchema })),
  facts: factsSchema,
  /** Decide-hooks that a real call would ask, which this test does not. */
  unasked: z.array(z.string()),
  /** Why `config.json` as it is now does not count. */
  problem: z.string().optional(),
});
