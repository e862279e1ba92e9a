import * as z from "zod";

/** Most files that one turn can have with it. */
export const MAX_ATTACHMENTS = 20;

const hash = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal");

/** A file that a face wants a turn to have: the helper copies the bytes, and only these. */
export const attachSchema = z.object({
  /** Absolute. */
  path: z.string().regex(/^\//, "an absolute path").max(4_096),
  /** SHA-256 of its bytes. */
  hash,
});
export type Attach = z.output<typeof attachSchema>;

/** A file that a turn has, as it was. */
export const attachmentSchema = z.object({
  path: z.string(),
  /** `text/plain` for whatever is text. */
  mediaType: z.string(),
  bytes: z.number(),
  /** Where the whole of it is. */
  blob: hash,
  /** What of a text the model reads at once. */
  text: z.string().optional(),
});
export type Attachment = z.output<typeof attachmentSchema>;
