import * as z from "zod";
import { attachSchema, MAX_ATTACHMENTS } from "./attachment.ts";
import { endpointProfileSchema, headersSchema, proxyLoginSchema } from "./endpoint-profile.ts";
import { turnOverridesSchema } from "./overrides.ts";

/** Longest prompt in characters; longer text belongs in a file that the model reads. */
export const MAX_PROMPT_CHARACTERS = 1_000_000;

/** Text beyond it does not fit into an entry. */
const MAX_PROMPT_BYTES = 3 * 1024 * 1024;
/** Words for a text that does not fit. */
export const ENTRY_LIMIT = "<= 3 MiB as JSON";

const text = z.string().min(1);

/** Whether a text fits into an entry, and the entry into a frame: control characters grow sixfold in JSON. */
export function fitsIntoEntry(input: string): boolean {
  return new TextEncoder().encode(JSON.stringify(input)).length <= MAX_PROMPT_BYTES;
}

/** An endpoint that only one turn uses, from the caller's `LOOPD_ENDPOINT_*`; its secrets are kept in memory only. */
const unsavedProfileSchema = z.object({
  profile: endpointProfileSchema,
  key: z.string().optional(),
  headers: headersSchema.optional(),
  proxyLogin: proxyLoginSchema.optional(),
});

/** What a face submits as a turn. */
export const turnRequestSchema = z.object({
  /** Chosen by the caller; the same id submitted again returns the same turn. */
  requestId: text,
  input: z.string().trim().min(1).max(MAX_PROMPT_CHARACTERS).refine(fitsIntoEntry, { error: ENTRY_LIMIT }),
  /** Absent: a new session. */
  session: text.optional(),
  /** Absolute path of the folder to work in; only for a new session. */
  workspace: text.optional(),
  /** Both: absent is as the session says, `null` as if it said nothing. */
  endpoint: text.nullish(),
  model: text.nullish(),
  unsaved: unsavedProfileSchema.optional(),
  attachments: z.array(attachSchema).max(MAX_ATTACHMENTS).optional(),
  overrides: turnOverridesSchema.default({}),
});
export type TurnRequest = z.input<typeof turnRequestSchema>;
