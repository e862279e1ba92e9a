import * as z from "zod";

const fileVersionSchema = z.object({
  /** Name of the blob with the content. */
  blob: z.string(),
  /** Permission bits. */
  mode: z.number(),
  sha256: z.string(),
});
/** A file as it was before a change, with where its content is kept. */
export type FileVersion = z.infer<typeof fileVersionSchema>;

/** One recorded change of a file. Undefined: there was, or will be, no file. */
export interface FileChange {
  before: FileVersion | undefined;
  /** SHA-256 of what the change leaves. */
  after: string | undefined;
}

/** What taking back the changes of one file means, given what is there now. */
export type UndoPlan =
  | { type: "unchanged" }
  /** Somebody else has changed it since. `before`: what was there before all of the changes. */
  | { type: "conflict"; before: FileVersion | undefined }
  /** `isPartial`: somebody changed it between the changes, so only those after that are taken back. */
  | { type: "restore"; to: FileVersion | undefined; isPartial: boolean };

/** Reads a change out of a recorded `state.changed`. */
export function fileChangeOf({ before, after }: { before?: unknown; after?: unknown }): FileChange {
  return {
    before: fileVersionSchema.optional().parse(before),
    after: z.object({ sha256: z.string() }).optional().parse(after)?.sha256,
  };
}

/**
 * Decides from contents alone, since a change is recorded before it is made: one that a crash prevented left nothing
 * behind. `changes` are oldest first and at least one; `present` is the SHA-256 of what is there, undefined for nothing.
 */
export function planUndo(changes: readonly FileChange[], present: string | undefined): UndoPlan {
  const oldest = changes[0]?.before;
  let first = changes.findLastIndex(({ after }) => after === present);
  if (first === -1) return present === oldest?.sha256 ? { type: "unchanged" } : { type: "conflict", before: oldest };
  for (let earlier = first; earlier !== -1;) {
    first = earlier;
    const start = changes[first]?.before?.sha256;
    earlier = changes.slice(0, first).findLastIndex(({ after }) => after === start);
  }
  const to = changes[first]?.before;
  if (to?.sha256 === present) return { type: "unchanged" };
  return { type: "restore", to, isPartial: to?.sha256 !== oldest?.sha256 };
}
