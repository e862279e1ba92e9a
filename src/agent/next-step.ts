import type { EntryDraft } from "../protocol/entries.ts";
import type { Hook } from "../protocol/hooks.ts";
import type { Finish, Millis } from "../protocol/values.ts";
import { closingNote, exhausted } from "./budget.ts";
import { cancelRow } from "./cancel.ts";
import { dueCompaction } from "./context/due-compaction.ts";
import { frozenBy } from "./context/frozen.ts";
import { outputShare } from "./context/output-share.ts";
import { leavesRoom, refusal } from "./context/room.ts";
import { seenWindow } from "./context/seen-window.ts";
import { cutText } from "./cut-text.ts";
import { type EndDraft, isEnd, shapedEnd, unseenEnd } from "./hooks/after-hooks.ts";
import { awaitingHooks } from "./hooks/before-hooks.ts";
import { type Candidate, candidateOf } from "./hooks/candidate.ts";
import { FINAL_ANSWER } from "./hooks/final-answer.ts";
import { judge } from "./hooks/judgement.ts";
import { askingTurn, type EpochReason } from "./open-epoch.ts";
import type { Settings } from "./ports.ts";
import { finishDraft } from "./repairs.ts";
import { isSameModel } from "./same-model.ts";
import { finished, mayRun, settleCalls } from "./settle-calls.ts";
import { type CallView, callsOf, isLastStep, newestCard, type TurnState, type TurnView } from "./transcript.ts";

/**
 * What a session does next. Derived from its trace alone, so that a restart and a replay decide the same. Asked only
 * while nothing runs: a call that started without an outcome has crashed.
 */
export type NextStep =
  | { type: "record"; entries: EntryDraft[] }
  | { type: "open-epoch"; turn: TurnState; reason: EpochReason }
  | { type: "compact"; turn: TurnState; reason: "window" | "asked" }
  | { type: "call-model"; turn: TurnState }
  | { type: "refuse"; turn: TurnState; entries: EntryDraft[] }
  | { type: "before-hooks"; calls: CallView[] }
  | { type: "decide"; calls: CallView[] }
  | { type: "run-calls"; calls: CallView[] }
  | { type: "after-hooks"; ends: EndDraft[] }
  | { type: "judge"; hook: Hook; answer: string }
  | { type: "await-person"; until?: Millis }
  | { type: "end" };

/** The rows of the loop, first match wins; every row of the crash matrix (DESIGN section 3) is one of them. */
export function nextStep(view: TurnView, settings: Settings, now: Millis): NextStep {
  const { turn } = view;
  if (turn === undefined || turn.finish !== undefined) return whenIdle(view);
  const calls = callsOf(turn);

  const unrequested = calls.filter((call) => !call.isRequested);
  if (unrequested.length > 0) return record(unrequested.map((call) => request(view, turn, call, settings)));
  if (turn.stopping !== undefined) return recordEnds(view, turn, cancelRow(view, turn), settings, now);

  const settled = settleCalls(view, turn, settings, now);
  if (settled.length > 0) return recordEnds(view, turn, settled, settings, now);
  const unhooked = awaitingHooks(view, turn, calls, settings, now);
  if (unhooked.length > 0) return { type: "before-hooks", calls: unhooked };
  const undecided = calls.filter((call) => call.outcome === undefined && call.decision === undefined);
  if (undecided.length > 0) return { type: "decide", calls: undecided };
  const runnable = nextRunnable(calls, settings);
  if (runnable.length > 0) return { type: "run-calls", calls: runnable };
  const candidate = candidateOf(turn, settings);
  if (candidate?.call !== undefined) {
    if (view.notes.length > 0) return recordEnds(view, turn, [overtaken(view, turn, candidate.call)], settings, now);
    return judged(view, turn, candidate, settings, now);
  }
  const waiting = calls.filter((call) => call.outcome === undefined);
  if (waiting.length > 0) return { type: "await-person", until: earliestExpiry(waiting) };

  return afterCalls(view, turn, settings, now);
}

/** Nothing of the newest step is open any more: go on, close, or finish. */
function afterCalls(view: TurnView, turn: TurnState, settings: Settings, now: Millis): NextStep {
  const { step } = turn;
  const hasUnsentWords = view.texts.length > 0 || view.notes.length > 0;
  if (step !== undefined && turn.closing !== undefined && isLastStep(turn))
    return finish(view, turn, turn.closing.finish);
  if (step !== undefined && step.calls.length === 0 && !hasUnsentWords) {
    const how = finishOf(step.stopReason);
    const candidate = how === "done" ? candidateOf(turn, settings) : undefined;
    return candidate === undefined ? finish(view, turn, how) : judged(view, turn, candidate, settings, now);
  }
  const limit = step === undefined || turn.closing !== undefined ? undefined : exhausted(turn, settings, now);
  if (limit !== undefined) return record([closingNote(view.session, turn, limit)]);
  const { epoch } = view;
  if (epoch === undefined) return { type: "open-epoch", turn, reason: view.isCleared ? "cleared" : "start" };
  if (!isSameModel(epoch, turn)) return { type: "open-epoch", turn, reason: "model" };
  if (epoch.redaction !== settings.redaction?.fingerprint) return { type: "open-epoch", turn, reason: "redaction" };
  const refused = refusal(view, turn, settings);
  if (refused === undefined) return ask(view, turn, settings);
  const isSmaller = refused.code === "window-too-small" && leavesRoom(frozenBy(view, turn, settings), turn, settings);
  if (isSmaller) return { type: "open-epoch", turn, reason: "tools" };
  const end = { finish: "failed" as const, text: turn.step?.text ?? "", error: refused, ...seenWindow(turn, settings) };
  return { type: "refuse", turn, entries: [finishDraft(view, turn, end)] };
}

/** Asks the model, unless the conversation has to be made smaller for that, or cannot be. */
function ask(view: TurnView, turn: TurnState, settings: Settings): NextStep {
  const due = dueCompaction(view, turn, settings);
  if (due === undefined) return { type: "call-model", turn };
  if (due.type === "compact") return { ...due, turn };
  const error = { code: "endpoint-context-overflow" as const, message: due.message };
  const data = { finish: "failed" as const, text: turn.step?.text ?? "", error, ...seenWindow(turn, settings) };
  const end = finishDraft(view, turn, data);
  return { type: "refuse", turn, entries: [end] };
}

/** Without a turn there is nothing to do but what a person has asked for. */
function whenIdle(view: TurnView): NextStep {
  const { session, asked, epoch } = view;
  if (asked === undefined) return { type: "end" };
  const turn = askingTurn(view);
  if (epoch !== undefined && turn !== undefined) return { type: "compact", turn, reason: "asked" };
  const why = "nothing has been sent to a model yet";
  return record([{ kind: "epoch.skipped", session, data: { reason: "asked", why } }]);
}

/** An answer that was given before the person's newest words were read; in plain words it would not be the last one either. */
function overtaken(view: TurnView, turn: TurnState, call: CallView): EntryDraft {
  const words = "The person added something before this answer was taken, so it was not. Heed it and answer again.";
  return finished(view, turn, call, "invalid", words);
}

/** Asks the next validator of an answer, or goes by what they have said. */
function judged(view: TurnView, turn: TurnState, candidate: Candidate, settings: Settings, now: Millis): NextStep {
  const judgement = judge(view, turn, candidate, settings);
  if (judgement.type === "ask") return { type: "judge", hook: judgement.hook, answer: candidate.text };
  return recordEnds(view, turn, judgement.entries, settings, now);
}

/** Ends of calls go into the trace once every after-hook has seen them, as those left them. */
function recordEnds(view: TurnView, turn: TurnState, entries: EntryDraft[], settings: Settings, now: Millis): NextStep {
  const ends = entries.filter(isEnd).filter((end) => unseenEnd(view, turn, end, settings, now).length > 0);
  if (ends.length > 0) return { type: "after-hooks", ends };
  const most = outputShare(turn, settings);
  return record(entries.map((entry) => (isEnd(entry) ? withinShare(shapedEnd(turn, entry, []), most) : entry)));
}

/** What a person gives as a reason, or a validator says, may be longer than an output may be. */
function withinShare(end: EndDraft, bytes: number): EndDraft {
  const text = cutText(end.data.text, bytes);
  return text === end.data.text ? end : { ...end, data: { ...end.data, text } };
}

/** The call as the trace keeps it: parsed where that is possible, else as the model wrote it. */
function request(view: TurnView, turn: TurnState, call: CallView, settings: Settings): EntryDraft {
  const { callId } = call;
  const { tools } = settings;
  const name = tools.find(call.name) === undefined ? (tools.meant?.(call.name) ?? call.name) : call.name;
  const effect = settings.tools.find(name)?.effect;
  const parsed =
    effect === undefined || call.unparsed !== undefined ? undefined : settings.tools.parse(name, call.arguments);
  const values = parsed?.type === "parsed" ? parsed.arguments : (call.unparsed ?? call.arguments);
  const isCoerced = name !== call.name || (parsed?.type === "parsed" && parsed.isCoerced === true);
  const coerced = isCoerced ? { coerced: true } : {};
  const data = { callId, name, arguments: values, rationale: parsed?.rationale, effect, ...coerced };
  return { kind: "tool.requested", session: view.session, turn: turn.turn, data };
}

/**
 * Reads run as soon as they are decided, several together; all others one at a time, in the order of their request, but
 * for delegates that follow one another.
 */
function nextRunnable(calls: readonly CallView[], settings: Settings): CallView[] {
  const open = calls.filter((call) => call.outcome === undefined && call.name !== FINAL_ANSWER);
  const reads = open.filter((call) => call.effect === "read" && mayRun(call, settings));
  if (reads.length > 0) return reads.slice(0, settings.limits.parallelReads);
  const others = open.filter((call) => call.effect !== "read");
  const isDelegate = (call: CallView) =>
    settings.tools.find(call.name)?.isDelegating === true && mayRun(call, settings);
  const end = others.findIndex((call) => !isDelegate(call));
  const delegates = others.slice(0, end === -1 ? undefined : end);
  if (delegates.length > 0) return delegates;
  const [first] = others;
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
  return record([finishDraft(view, turn, { finish: how, text })]);
}

function record(entries: EntryDraft[]): NextStep {
  return { type: "record", entries };
}
