import type { Decision, OutcomeKind } from "../../protocol/values.ts";

/** What a decide-hook said about a call, bound to the arguments and facts it had seen. */
export interface Opinion {
  hook: string;
  argumentsHash: string;
  /** Absent: it had nothing to say. */
  decision?: Decision;
  reason?: string;
}

/** What an after-hook made of an outcome. */
export interface Shaping {
  hook: string;
  outcome: OutcomeKind;
  /** Absent: the text stays as it was. */
  text?: string;
}

/** What hooks have done to one call so far, as the trace tells it. */
export interface CallHooks {
  /** Names of the before-hooks that have seen the arguments as the person or the model wrote them. */
  before: readonly string[];
  /** Hooks that changed the arguments after a person had approved others. */
  changedBy: readonly string[];
  /** A before-hook ended the call. */
  stopped?: { outcome: Extract<OutcomeKind, "denied" | "cancelled">; words: string };
  opinions: readonly Opinion[];
  /** Of the newest attempt. */
  after: readonly Shaping[];
}

/** No hook has been asked. */
export const NO_HOOKS: CallHooks = { before: [], changedBy: [], opinions: [], after: [] };

/** What one validator said about the answer of a step. */
export interface StepVerdict {
  hook: string;
  verdict: "pass" | "fail" | "feedback";
  text: string;
  /** The validator itself failed; `verdict` is then no judgement of the answer. */
  isBroken: boolean;
}
