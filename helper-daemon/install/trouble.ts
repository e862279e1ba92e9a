import type { Trouble } from "../../launchd/supervisor.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { InstallResult } from "../../src/protocol/install.ts";

/** What kept a step from being done, in words for a person, with the command that mends it. */
export interface Failure {
  state: "failed";
  /** Of `LoopdError`. */
  code: string;
  words: string;
  mend?: string | undefined;
  /** What the system's keeper of jobs had against it. */
  reason?: string | undefined;
}

/** What the system has against it, as the end of a step. */
export function troubled({ reason, words, mend }: Trouble): Failure {
  return { state: "failed", code: "install-failed", words, mend, reason };
}

/** A failed step, as the end of a verb. */
export function failedResult({ code, words, mend, reason }: Failure): InstallResult {
  return { ok: false, error: { code, message: words, mend, reason } };
}

/** Anything thrown, as the end of a verb; never with a stack. */
export function thrownResult(thrown: unknown): InstallResult {
  if (thrown instanceof LoopdError) return { ok: false, error: { code: thrown.code, message: thrown.message } };
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return { ok: false, error: { code: "internal", message: words } };
}
