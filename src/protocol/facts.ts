import * as z from "zod";

/**
 * What a tool's read-only `inspect` found about a call. Recorded with the decision, so that a replay decides again
 * from the same facts. `hash` is the SHA-256 of the canonical JSON of all other fields, but for those that say so.
 */
export const factsSchema = z.object({
  /** Real, absolute paths the call touches (symbolic links resolved as far as they exist). */
  paths: z.array(z.string()).optional(),
  inWorkspace: z.boolean().optional(),
  /** True if a path lies in the loopd home or a credential folder. */
  isProtected: z.boolean().optional(),
  /** Parsed argument vector of a simple command. Absent for a compound shell line. */
  argv: z.array(z.string()).optional(),
  isCompound: z.boolean().optional(),
  /** Hosts that the call would reach. An empty list: none. */
  domains: z.array(z.string()).optional(),
  /** Application that the call would open, read or drive. */
  app: z.string().optional(),
  /** Title of the window that the call would read or drive. */
  window: z.string().optional(),
  /** What the call would do to which control of that window. */
  control: z.object({ action: z.string(), role: z.string(), name: z.string() }).optional(),
  /** True if that control keeps what is typed into it secret. */
  isSecure: z.boolean().optional(),
  /**
   * Why the call cannot do what it asks, as far as a look tells, with what to do instead: it ends with these words, and
   * nobody is asked. Not part of `hash`.
   */
  refusal: z.string().optional(),
  /** True if the turn runs on recorded results and there is one for this call, so that nothing will run. Not part of `hash`. */
  isRecorded: z.boolean().optional(),
  /** MCP server that the call goes to. */
  server: z.string().optional(),
  /** True if a person has marked that server as trusted, so that what it says about its tools counts. */
  isTrusted: z.boolean().optional(),
  /** True if the call runs where it can write only in the workspace and reach only `domains`. */
  isSandboxed: z.boolean().optional(),
  /** Where the text that the call brings back comes from, unless from the workspace: it taints the session. */
  source: z.string().optional(),
  /** Further such sources: what sessions wrote into these files after reading text from elsewhere. Not part of `hash`. */
  sources: z.array(z.string()).optional(),
  /** Real paths that the line of a command names. Not part of `hash`. */
  named: z.array(z.string()).optional(),
  /** True if what the call writes is read by later sessions. */
  isLasting: z.boolean().optional(),
  /** Fingerprint of what the call would replace, so that a change after the decision is noticed. */
  before: z.string().optional(),
  /** Private values that would leave this machine with the call, as `email 1 k3f9x`. Not part of `hash`. */
  rehydrates: z.array(z.string()).optional(),
  /** Where a picture that the call brings back comes from: what it shows cannot be replaced by placeholders. */
  picture: z.string().optional(),
  /** True if the model otherwise reads placeholders for private values that such a picture may show. Not part of `hash`. */
  isUnredacted: z.boolean().optional(),
  /** ISO time at which its relative words (`tomorrow`, `in 20 minutes`) were read: they mean what they meant then. */
  asOf: z.string().optional(),
  /** What a person should see: a diff, the parsed command. */
  preview: z.string().optional(),
  hash: z.string(),
});
export type Facts = z.infer<typeof factsSchema>;
