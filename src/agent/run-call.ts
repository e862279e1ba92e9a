import type { EntryDraft } from "../protocol/entries.ts";
import type { Effect, Millis } from "../protocol/values.ts";
import { allEnded } from "./all-ended.ts";
import { type CallRun, callContext } from "./call-context.ts";
import type { EndDraft } from "./hooks/after-hooks.ts";
import { circumstancesOf } from "./policy/circumstances.ts";
import { closedPaths } from "./policy/closed-paths.ts";
import { joined, passedOn, sourcesOf } from "./policy/sources.ts";
import type { Outcome, Ports, RunnableCall, Settings } from "./ports.ts";
import type { CallView, TurnState, TurnView } from "./transcript.ts";

/** How long a stopped tool may take to clean up before its call ends without it. */
const GRACE: Millis = 5_000;

/** The entries that must be durable before any of the calls may touch the world. */
export function startedDrafts(view: TurnView, turn: TurnState, calls: CallView[], settings: Settings): EntryDraft[] {
  return calls.map((call): EntryDraft => {
    const passes = passedOn({ effect: call.effect ?? "exec" }, call.decision?.facts, view.taints);
    const data = { callId: call.callId, attempt: call.attempts + 1, timeLimitMs: limitOf(call, settings), ...passes };
    return { kind: "tool.started", session: view.session, turn: turn.turn, data };
  });
}

/**
 * Runs started calls together. Each outcome is recorded as it comes, but for the last one, which is returned: nothing is
 * waited for any more, so it is recorded with what follows from it. `seen` shows each outcome to the after-hooks first.
 */
export async function runCalls(
  ports: Ports,
  view: TurnView,
  turn: TurnState,
  calls: CallView[],
  settings: Settings,
  stop: AbortSignal,
  seen: (end: EndDraft) => Promise<EndDraft>,
): Promise<EntryDraft[]> {
  let running = calls.length;
  const last: EntryDraft[] = [];
  const runs = calls.map(async (call) => {
    const ends = await runCall(ports, view, turn, call, limitOf(call, settings), stop);
    const outcome = await Promise.all(ends.map(seen));
    running -= 1;
    if (running === 0) last.push(...outcome);
    else if (outcome.length > 0) await ports.record(outcome);
  });
  await allEnded(runs);
  return last;
}

function limitOf(call: CallView, settings: Settings): Millis {
  return settings.tools.find(call.name)?.timeLimit ?? settings.limits.otherMs;
}

/** One call under its limit. A tool that hangs costs this call, never the turn. */
async function runCall(
  ports: Ports,
  view: TurnView,
  turn: TurnState,
  call: CallView,
  limit: Millis,
  stop: AbortSignal,
): Promise<EndDraft[]> {
  const timer = ports.timer(limit);
  const startedAt = ports.now();
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, stop]);
  const work = perform({ ports, view, turn, call, timer, limit, signal });
  const end = await Promise.race([
    work.then(() => "done" as const),
    timer.expired.then(() => "timed-out" as const),
    aborted(stop).then(() => "stopped" as const),
  ]);
  timer.stop();
  own.abort(end);
  const outcome = await withinGrace(ports, work);
  // The helper is going down: nothing is recorded, so that the next one knows that this call was interrupted.
  if (end === "stopped" && stop.reason === SHUTDOWN) return [];
  const { callId, name } = call;
  const where = { session: view.session, turn: turn.turn };
  const attempt = call.attempts + 1;
  if (outcome === undefined) void recordLate(ports, where, { callId, attempt }, startedAt, work);
  const { kind, taints = [], ...rest } = outcomeOf(end, outcome, call.effect, limit);
  const sources = rest.text === "" ? [] : joined(sourcesOf(call.decision?.facts), taints);
  const brought = sources.length === 0 ? {} : { taints: sources };
  const data = { callId, attempt, name, outcome: kind, durationMs: timer.elapsed(), ...rest, ...brought };
  return [{ kind: "tool.finished", ...where, data }];
}

/** The result of a tool that ignored its end: dropped, but known to whoever reads the trace. */
async function recordLate(
  ports: Ports,
  where: { session: string; turn: string },
  which: { callId: string; attempt: number },
  startedAt: Millis,
  work: Promise<Outcome>,
): Promise<void> {
  const { kind, text } = await work;
  const data = { ...which, outcome: kind, durationMs: ports.now() - startedAt, text };
  // Nobody waits for it; a helper that has closed its trace meanwhile loses nothing that was promised.
  await ports.record([{ kind: "tool.late", ...where, data }]).catch(() => undefined);
}

/** Reason of the stop signal when the whole helper goes down, as opposed to one turn being cancelled. */
export const SHUTDOWN = Symbol("shutdown");

function perform(run: CallRun): Promise<Outcome> {
  const { ports, view, turn, call } = run;
  const { callId, name, effect = "exec", decision } = call;
  const facts = decision?.facts ?? { hash: "" };
  const attempt = call.attempts + 1;
  const what = { callId, name, arguments: call.arguments, effect, facts, attempt };
  // Only calls that look around meet paths that they were not decided about.
  const around = effect === "read" ? circumstancesOf(view, turn, ports.now()) : undefined;
  const isClosed = around && closedPaths(what, facts, around, ports.settings().rules);
  const where = { session: view.session, turn: turn.turn };
  const runnable: RunnableCall = { ...where, ...what, overrides: turn.overrides, isClosed };
  return ports.run(runnable, callContext(run)).catch((thrown: unknown): Outcome => {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: "error", text: `ERROR: The tool itself failed: ${message}`, isSideEffectPossible: isRisky(effect) };
  });
}

function outcomeOf(
  end: "done" | "timed-out" | "stopped",
  outcome: Outcome | undefined,
  effect: Effect | undefined,
  limit: Millis,
): Outcome {
  if (end === "done" && outcome !== undefined) return outcome;
  const soFar = outcome === undefined || outcome.text === "" ? "" : `\nIts output until then:\n${outcome.text}`;
  const words =
    end === "timed-out" ? `stopped at its time limit of ${limit / 1000} s` : "stopped because the turn was cancelled";
  const kind = end === "timed-out" ? "timed-out" : "cancelled";
  return {
    kind,
    text: `ERROR: The call was ${words}.${soFar}`,
    blob: outcome?.blob,
    taints: outcome?.taints,
    spent: outcome?.spent,
    isSideEffectPossible: isRisky(effect),
  };
}

/** Lets an aborted tool end its processes; one that ignores the signal is left behind. */
async function withinGrace(ports: Ports, work: Promise<Outcome>): Promise<Outcome | undefined> {
  const grace = ports.timer(GRACE);
  const outcome = await Promise.race([work, grace.expired.then(() => undefined)]);
  grace.stop();
  return outcome;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function isRisky(effect: Effect | undefined): boolean {
  return effect !== "read" && effect !== "state";
}
