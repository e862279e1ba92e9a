import type { EntryDraft } from "../protocol/entries.ts";
import type { Effect, Millis } from "../protocol/values.ts";
import { allEnded } from "./all-ended.ts";
import { alteredSight } from "./altered-sight.ts";
import { timeLeft } from "./budget.ts";
import { type CallRun, callContext } from "./call-context.ts";
import { outputShare } from "./context/output-share.ts";
import { fold } from "./fold.ts";
import type { EndDraft } from "./hooks/after-hooks.ts";
import { circumstancesOf } from "./policy/circumstances.ts";
import { closedOnItsWay } from "./policy/closed-to-commands.ts";
import { joined, passedOn, sourcesOf } from "./policy/sources.ts";
import type { Outcome, Ports, RunnableCall, Settings } from "./ports.ts";
import { type CallView, newestCard, type TurnState, type TurnView } from "./transcript.ts";

/** How long a stopped tool may take to clean up before its call ends without it. */
const GRACE: Millis = 5_000;

/** The entries that must be durable before any of the calls may touch the world. */
export function startedDrafts(
  view: TurnView,
  turn: TurnState,
  calls: CallView[],
  settings: Settings,
  now: Millis,
): EntryDraft[] {
  return calls.map((call): EntryDraft => {
    const passes = passedOn({ effect: call.effect ?? "exec" }, call.decision?.facts, view.taints);
    const timeLimitMs = limitOf(call, turn, settings, now);
    const data = { callId: call.callId, attempt: call.attempts + 1, timeLimitMs, ...passes };
    return { kind: "tool.started", session: view.session, turn: turn.turn, data };
  });
}

/** How many of the calls that may run now run at once; the others each begin when one of those has ended. */
export function atOnce(calls: readonly CallView[], { tools, limits }: Settings): number {
  const isDelegating = calls.every((call) => tools.find(call.name)?.isDelegating === true);
  return isDelegating ? Math.min(calls.length, limits.parallelDelegates) : calls.length;
}

/**
 * Runs calls together, of which as many as may run at once have been started. Each outcome is recorded as it comes, but for
 * the last one, which is returned: nothing is waited for any more, so it is recorded with what follows from it. `seen`
 * shows each outcome to the after-hooks first.
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
  const waiting = calls.slice(atOnce(calls, settings));
  let running = calls.length - waiting.length;
  const last: EntryDraft[] = [];
  const runs = calls.slice(0, running).map(async (first) => {
    for (let call: CallView | undefined = first; call !== undefined;) {
      const ends = await runCall(ports, view, turn, call, limitOf(call, turn, settings, ports.now()), stop);
      const outcome = await Promise.all(ends.map(seen));
      const next = stop.aborted ? undefined : waiting.shift();
      if (next === undefined) running -= 1;
      if (running === 0) last.push(...outcome);
      else if (outcome.length > 0) await ports.record(outcome);
      call = next && (await startedNow(next));
    }
  });
  /** Starts one on what is known by now; not for a turn that is over. */
  async function startedNow(call: CallView): Promise<CallView | undefined> {
    const now = (await ports.read(view.seq)).reduce(fold, view);
    if (now.turn?.stopping !== undefined) return undefined;
    await ports.record(startedDrafts(now, turn, [call], settings, ports.now()));
    return call;
  }
  await allEnded(runs);
  return last;
}

/** However little time a turn has left, a call gets that much. */
const LEAST: Millis = 1_000;

/**
 * Its own limit, within what the turn has left. A delegate has its part of that, and ends by itself with an answer; what a
 * person has approved when the time was over is meant to be done.
 */
function limitOf(call: CallView, turn: TurnState, settings: Settings, now: Millis): Millis {
  const tool = settings.tools.find(call.name);
  const own = tool?.timeLimit ?? settings.limits.otherMs;
  const left = timeLeft(turn, settings, now) ?? own;
  const isMeant = left <= 0 && newestCard(call)?.resolution === "approved";
  return tool?.isDelegating === true || isMeant ? own : Math.min(own, Math.max(left, LEAST));
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
  // What rules say by now: a call meets paths that it was not decided about.
  const closed = closedOnItsWay(what, facts, circumstancesOf(view, turn, ports.now()), ports.settings().rules);
  const where = { session: view.session, turn: turn.turn };
  const listed = view.epoch?.tools.map((tool) => tool.name);
  const told = {
    listed,
    outputBytes: outputShare(turn, ports.settings()),
    sight: view.sight,
    takesImages: view.epoch?.takesImages,
  };
  const runnable: RunnableCall = { ...where, ...what, overrides: turn.overrides, ...closed, ...told };
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
    sight: alteredSight(outcome?.sight),
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
