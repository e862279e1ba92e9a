import type { Trouble } from "../../launchd/supervisor.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { InstallResult } from "../../src/protocol/install.ts";

/** What the system has against it, as the end of a verb. */
export function troubled({ reason, words, mend }: Trouble): InstallResult {
  return { ok: false, error: { code: "install-failed", message: words, mend, reason } };
}

/** Anything thrown, as the end of a verb; never with a stack. */
export function thrownResult(thrown: unknown): InstallResult {
  if (thrown instanceof LoopdError) return { ok: false, error: { code: thrown.code, message: thrown.message } };
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return { ok: false, error: { code: "internal", message: words } };
}
