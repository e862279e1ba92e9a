import type { CallId, Cause, Effect, Facts, Json, OutcomeKind, SessionId, TurnId } from "../../protocol/values.ts";

/** A tool call that the model asks for and that has not run. */
export interface PendingToolCall {
  id: CallId;
  name: string;
  /** As the tool will get them: checked by its schema, changed by earlier hooks. */
  arguments: Json;
  effect: Effect;
  /** What the tool's `inspect` found, once it has looked. */
  facts?: Facts;
  /** The model's own words about why: for a person to read, never to decide by. May be absent, wrong or hostile. */
  modelRationale?: string;
}

/** What surrounds a call. */
export interface ToolExecutionContext {
  session: SessionId;
  turn: TurnId;
  /** Values of the turn, as `TurnOverrides.environment` set them over the declared defaults. */
  environment: Readonly<Record<string, string>>;
  /** Fires when the answer is not waited for any more. */
  signal: AbortSignal;
}

/** What policy says to one call. `deny`: the model reads the reason. `requiresApproval`: the turn waits for a person. */
export type ToolExecutionDecision =
  { decision: "execute" } | { decision: "deny"; reason?: string } | { decision: "requiresApproval"; reason?: string };

/**
 * The program's own say about every call before it runs. It can be stricter than the rules, or answer where they would ask
 * a person; what a rule denies stays denied, and taint still needs a person. Throwing, taking longer than 10 s and
 * answering anything else denies the call, and the trace says why.
 */
export interface ToolExecutionPolicy {
  resolve(call: PendingToolCall, context: ToolExecutionContext): ToolExecutionDecision | Promise<ToolExecutionDecision>;
}

/** How a call ended, as hooks see it. They may change the text and nothing else: what happened has happened. */
export interface ToolCallOutcome {
  kind: OutcomeKind;
  text: string;
  isSideEffectPossible: boolean;
}

/** Something of the program's own around every call. A `beforeExecute` that fails denies, an `afterExecute` withholds. */
export interface ToolHook {
  /** Unique; the trace calls it so. Letters, digits, dot, dash, underscore; at most 64. */
  name: string;
  /**
   * Asked before the call is decided. Answers the call with other arguments, nothing to leave it as it is, or why it is
   * cancelled. Hooks are asked in order, each with what the one before made of it.
   */
  beforeExecute?(call: PendingToolCall, context: ToolExecutionContext): BeforeAnswer | Promise<BeforeAnswer>;
  /** Asked after every outcome, also denied and timed-out ones, in reverse order, before the model reads it. */
  afterExecute?(
    call: PendingToolCall,
    outcome: ToolCallOutcome,
    context: ToolExecutionContext,
  ): AfterAnswer | Promise<AfterAnswer>;
}

type BeforeAnswer = Pick<PendingToolCall, "arguments"> | { cancel: { reason: string } } | undefined | void;
type AfterAnswer = Pick<ToolCallOutcome, "text"> | undefined | void;

/** Judges what a turn is about to answer. A verdict that is not `pass` goes back to the model while attempts are left. */
export interface AnswerValidator {
  name: string;
  /** `restrictive`: an answer that never passes fails the turn. `permissive`: it is given, with the verdict as `waived`. */
  mode: "restrictive" | "permissive";
  validate(answer: string, context: ToolExecutionContext): Verdict | Promise<Verdict>;
}

type Verdict = { verdict: "pass" } | { verdict: "fail" | "feedback"; text: string };

/** Something only a person can answer. */
export interface PendingCard {
  cardId: string;
  /** `approval`: may it run? `question`: a tool asks. `recovery`: what became of a call that a crash interrupted? */
  type: "approval" | "question" | "recovery";
  call: PendingToolCall;
  /** Why a person is needed although rules or policy would let it run. */
  causes: readonly Cause[];
  /** Present where the type is `question`. */
  question?: { text: string; choices?: readonly string[] };
  /** Milliseconds since the Unix epoch after which it counts as denied. */
  expiresAt?: number;
}
