import type { EntryDraft } from "../protocol/entries.ts";
import type { Finish, Millis } from "../protocol/values.ts";
import { cancelRow } from "./cancel.ts";
import type { EpochReason } from "./open-epoch.ts";
import type { Settings } from "./ports.ts";
import { mayRun, settleCalls } from "./settle-calls.ts";
import { type CallView, callsOf, newestCard, type TurnState, type TurnView } from "./transcript.ts";

/**
 * What a session does next. Derived from its trace alone, so that a restart and a replay decide the same. Asked only
 * while nothing runs: a call that started without an outcome has crashed.
 */
export type NextStep =
  | { type: "record"; entries: EntryDraft[] }
  | { type: "open-epoch"; turn: TurnState; reason: EpochReason }
  | { type: "call-model"; turn: TurnState }
  | { type: "decide"; calls: CallView[] }
  | { type: "run-calls"; calls: CallView[] }
  | { type: "await-person"; until?: Millis }
  | { type: "end" };

/** The rows of the loop, first match wins; every row of the crash matrix (DESIGN section 3) is one of them. */
export function nextStep(view: TurnView, settings: Settings, now: Millis): NextStep {
  const { turn } = view;
  if (turn === undefined || turn.finish !== undefined) return { type: "end" };
  const calls = callsOf(turn);

  const unrequested = calls.filter((call) => !call.isRequested);
  if (unrequested.length > 0) return record(unrequested.map((call) => request(view, turn, call, settings)));
  if (turn.stopping !== undefined) return record(cancelRow(view, turn));

  const settled = settleCalls(view, turn, settings, now);
  if (settled.length > 0) return record(settled);
  const undecided = calls.filter((call) => call.outcome === undefined && call.decision === undefined);
  if (undecided.length > 0) return { type: "decide", calls: undecided };
  const runnable = nextRunnable(calls, settings);
  if (runnable.length > 0) return { type: "run-calls", calls: runnable };
  const waiting = calls.filter((call) => call.outcome === undefined);
  if (waiting.length > 0) return { type: "await-person", until: earliestExpiry(waiting) };

  return afterCalls(view, turn, settings);
}

/** Nothing of the newest step is open any more: go on, close, or finish. */
function afterCalls(view: TurnView, turn: TurnState, settings: Settings): NextStep {
  const { step } = turn;
  const maxSteps = turn.overrides.maxSteps ?? settings.limits.maxSteps;
  const hasUnsentWords = view.texts.length > 0 || view.notes.length > 0;
  if (step !== undefined && turn.steps > maxSteps) return finish(view, turn, "step-limit");
  if (step !== undefined && step.calls.length === 0 && !hasUnsentWords) {
    return finish(view, turn, finishOf(step.stopReason));
  }
  if (step !== undefined && turn.steps >= maxSteps && !turn.isClosing) {
    const text = `This turn has used its ${maxSteps} steps. Answer now from what you know; no tool will run any more.`;
    return record([{ kind: "note.added", session: view.session, turn: turn.turn, data: { from: "loopd", text } }]);
  }
  const { epoch } = view;
  if (epoch === undefined) return { type: "open-epoch", turn, reason: "start" };
  if (epoch.endpoint !== turn.endpoint || epoch.model !== turn.model)
    return { type: "open-epoch", turn, reason: "model" };
  return { type: "call-model", turn };
}

/** The call as the trace keeps it: parsed where that is possible, else as the model wrote it. */
function request(view: TurnView, turn: TurnState, call: CallView, settings: Settings): EntryDraft {
  const { callId, name } = call;
  const effect = settings.tools.find(name)?.effect;
  const parsed =
    effect === undefined || call.unparsed !== undefined ? undefined : settings.tools.parse(name, call.arguments);
  const values = parsed?.type === "parsed" ? parsed.arguments : (call.unparsed ?? call.arguments);
  const data = { callId, name, arguments: values, rationale: parsed?.rationale, effect };
  return { kind: "tool.requested", session: view.session, turn: turn.turn, data };
}

/** Reads run as soon as they are decided, several together; all others one at a time, in the order of their request. */
function nextRunnable(calls: readonly CallView[], settings: Settings): CallView[] {
  const open = calls.filter((call) => call.outcome === undefined);
  const reads = open.filter((call) => call.effect === "read" && mayRun(call, settings));
  if (reads.length > 0) return reads.slice(0, settings.limits.parallelReads);
  const first = open.find((call) => call.effect !== "read");
  return first !== undefined && mayRun(first, settings) ? [first] : [];
}

function earliestExpiry(waiting: readonly CallView[]): Millis | undefined {
  const times = waiting.flatMap((call) => newestCard(call)?.expiresAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function finishOf(stopReason: string): Finish {
  if (stopReason === "max_tokens" || stopReason === "model_context_window_exceeded") return "max-tokens";
  return stopReason === "refusal" ? "refused" : "done";
}

function finish(view: TurnView, turn: TurnState, how: Finish): NextStep {
  const text = turn.step?.text ?? "";
  return record([{ kind: "turn.finished", session: view.session, turn: turn.turn, data: { finish: how, text } }]);
}

function record(entries: EntryDraft[]): NextStep {
  return { type: "record", entries };
}
