import type { InstallResult, InstallStep } from "../../src/protocol/install.ts";
import type { InstallPlace } from "./install-place.ts";

/** What a verb of the install program is given. */
interface VerbCall {
  place: InstallPlace;
  /** What stands after the verb: `--force`, `--registry URL`. */
  words: readonly string[];
  /** Says that a step has begun or ended. */
  tell(step: InstallStep): void;
}

/**
 * Does what the install program was called for. What stands in the way is part of the result.
 * @throws LoopdError becomes a result with its code and message.
 */
export type Verb = (call: VerbCall) => Promise<InstallResult>;
