import * as z from "zod";

/** How a step of an installation stands. `skipped`: there was nothing to do. */
const stepState = z.enum(["doing", "done", "skipped", "failed"]);

/** Something that the install program does, as it says it on standard output, one JSON line each. */
const installStepSchema = z.object({
  step: z.string(),
  state: stepState,
  /** What was done, or found, in one sentence for a person. */
  detail: z.string().optional(),
  /** The command that mends what failed. */
  mend: z.string().optional(),
});
export type InstallStep = z.infer<typeof installStepSchema>;

/** How a verb of the install program ended. Each verb may say more than this. */
const installResultSchema = z.looseObject({
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

/**
 * `run/install.json` of a home: how the last installation went, or goes. Written whole at every step, so that a face can
 * watch it. One that says `running` and whose process is gone was cut short; the next installation completes it.
 */
export const installRecordSchema = z.object({
  /** Version that is being installed. */
  version: z.string(),
  pid: z.number(),
  /** ISO time. */
  startedAt: z.string(),
  state: z.enum(["running", "done", "failed"]),
  /** Those that have begun, in their order. `at`: ISO time of the last change. */
  steps: z.array(installStepSchema.extend({ at: z.string() })),
  result: installResultSchema.optional(),
});
export type InstallRecord = z.infer<typeof installRecordSchema>;

/** A job of an installation, as the install program's `status` shows it. */
export const jobRowSchema = z.object({
  role: z.string(),
  /** Name by which the system knows it. */
  label: z.string(),
  isFine: z.boolean(),
  /** How it stands, in one sentence. */
  words: z.string(),
  /** The command that mends it. */
  mend: z.string().optional(),
});
export type JobRow = z.infer<typeof jobRowSchema>;

/** One of the folders of the person that macOS guards, and whether the helper may look into it. */
export const folderRowSchema = z.object({
  name: z.string(),
  state: z.enum(["open", "refused", "missing"]),
  /** Code of the system where it refused. */
  why: z.string().optional(),
});
export type FolderRow = z.infer<typeof folderRowSchema>;
