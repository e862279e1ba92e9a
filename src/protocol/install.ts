import * as z from "zod";

/** How a step of an installation stands. `skipped`: there was nothing to do. */
const stepState = z.enum(["doing", "done", "skipped", "failed"]);

/** Something that the install program does, as it says it on standard output, one JSON line each. */
export const installStepSchema = z.object({
  step: z.string(),
  state: stepState,
  /** What was done, or found, in one sentence for a person. */
  detail: z.string().optional(),
  /** The command that mends what failed. */
  mend: z.string().optional(),
});
export type InstallStep = z.infer<typeof installStepSchema>;

/** How a verb of the install program ended. Each verb may say more than this. */
export const installResultSchema = z.looseObject({
  ok: z.boolean(),
  /** Why not, where it is not: a code of `LoopdError`, words with what to do next, and the mending command by itself. */
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      mend: z.string().optional(),
      /** What the system's keeper of jobs had against it (`Trouble` of launchd/). */
      reason: z.string().optional(),
    })
    .optional(),
});
export type InstallResult = z.infer<typeof installResultSchema>;

/** One line of the install program: steps as they happen, the result as the last line. */
export const installLineSchema = z.union([z.object({ result: installResultSchema }), installStepSchema]);
