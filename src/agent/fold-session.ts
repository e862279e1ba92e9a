import { withdrawn, finished } from "./fold-turn.ts";
import type { CallView, TurnView } from "./transcript.ts";

const LEFT =
  "The conversation was forked here, in the middle of the request before this; that request goes on elsewhere. Do not go on with it.";
const NEVER_RAN =
  "ERROR: This conversation was forked from another one before this call began. The call belongs to that one and never runs here.";
const RAN_ELSEWHERE =
  "ERROR: This conversation was forked from another one while this call ran. The call and its result belong to that one; whether it had its effect is unknown here.";

/**
 * A fork begins with all that was said and read so far. What was still open there stays there: queued turns, open calls,
 * their cards. A call without an outcome gets a result that says so, because no model accepts one without a result.
 */
export function forked(before: TurnView): TurnView {
  const view = { ...before, queue: [], asked: undefined };
  const { turn } = view;
  if (turn === undefined || turn.finish !== undefined) return view;
  const step = turn.step && { ...turn.step, calls: turn.step.calls.map(leftBehind) };
  const left = { ...turn, step, finish: "interrupted" as const };
  // What was added to a request that is not gone on with is not asked either.
  const alone = { ...view, notes: [] };
  const isAnswered = step?.calls.length === 0;
  return isAnswered ? finished(alone, left) : withdrawn(alone, left, LEFT);
}

function leftBehind(call: CallView): CallView {
  if (call.outcome !== undefined) return call;
  const isSideEffectPossible = call.isStarted && call.effect !== "read" && call.effect !== "state";
  const end = call.isStarted
    ? { kind: "unknown" as const, text: RAN_ELSEWHERE }
    : { kind: "cancelled" as const, text: NEVER_RAN };
  return { ...call, isStarted: false, outcome: { ...end, isSideEffectPossible, images: [] } };
}

/** A person has the model begin anew: no message, no taint and no epoch is left of what was before. */
export function cleared(view: TurnView): TurnView {
  const nothing = { sealed: [], results: [], images: [], texts: [], notes: [], taints: [], calls: [] };
  const forgotten = { epoch: undefined, summary: undefined, asked: undefined };
  return { ...view, ...nothing, ...forgotten, isCleared: true };
}
