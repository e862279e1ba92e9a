import * as z from "zod";
import { blockSchema, usageSchema } from "./values.ts";

/** How often each kind of repair was needed in a turn; kinds that were not are absent. */
export const repairsSchema = z
  .object({
    /** Arguments were made to fit the schema. */
    coerced: z.number(),
    /** A call was wrong and came back with words that help. */
    corrected: z.number(),
    /** The nearest tool was named for one that does not exist. */
    suggested: z.number(),
    /** A response's calls were found in its text. */
    rescued: z.number(),
    /** The same call brought the same result once more. */
    repeated: z.number(),
  })
  .partial();
export type Repairs = z.infer<typeof repairsSchema>;

/** The window of a model as it was known when something was decided by it; `factor` is tokens per 3.5 bytes. */
export const seenWindowSchema = z.object({
  tokens: z.number(),
  source: z.enum(["loaded", "observed", "declared", "assumed"]),
  factor: z.number(),
  isCalibrated: z.boolean(),
});
export type SeenWindow = z.infer<typeof seenWindowSchema>;

/** The data of the entries that tell what was asked of models and what came back. */
export const modelEntries = {
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
    /** Where `purpose` is `turn`. Absent: nobody knew of a window. */
    window: seenWindowSchema.optional(),
  }),
  /** A request that came to nothing because it was too large: it is asked again once the conversation is smaller. */
  "request.failed": z.object({ code: z.string(), message: z.string() }),
  /** Something a person should know about an endpoint while the turn goes on. */
  "warning.raised": z.object({ code: z.enum(["messages-dropped", "window-smaller"]), text: z.string() }),
  "model.responded": z.object({
    content: z.array(blockSchema),
    stopReason: z.string(),
    usage: usageSchema.optional(),
    rescued: z.boolean().optional(),
  }),
} as const;
