import type { EntryDraft } from "../protocol/entries.ts";
import type { Millis } from "../protocol/values.ts";
import { closingNote, exhausted, timeLeft } from "./budget.ts";
import { compact } from "./compact.ts";
import { extentOf, render } from "./context/render.ts";
import { seenWindow } from "./context/seen-window.ts";
import { type Ahead, catchUp, flush, nothingAhead, withDerived, withFacts } from "./draft-ahead.ts";
import { askHooks, decided, throughAfterHooks } from "./hooks/ask-hooks.ts";
import { nextStep } from "./next-step.ts";
import { openEpoch } from "./open-epoch.ts";
import type { ModelReply, Ports, Settings } from "./ports.ts";
import { finishDraft } from "./repairs.ts";
import { correctable, rescued } from "./rescue.ts";
import { atOnce, runCalls, startedDrafts } from "./run-call.ts";
import type { CallView, TurnState, TurnView } from "./transcript.ts";
import { untilStopped } from "./until-stopped.ts";
import { warningDrafts } from "./warnings.ts";

/**
 * Works on a session until no turn of it is open: asks `nextStep`, performs it through the ports, records the result,
 * reads what anybody recorded, and asks again. Resolves early, with turns still open, when `shutdown` fires.
 * Errors of `record` pass through: then nothing was done that is not in the trace, and it may be called again.
 */
export async function runTurns(ports: Ports, start: TurnView, shutdown: AbortSignal): Promise<TurnView> {
  let ahead = nothingAhead(start);
  /** The turn for which the tools of every connected server have been asked for. */
  let readyFor: string | undefined;
  /** The turn for which the model's window has been asked for: it may have been loaded anew since the last one. */
  let lookedFor: string | undefined;
  for (;;) {
    ahead = await catchUp(ports, ahead);
    if (shutdown.aborted) return (await flush(ports, { ...ahead, derived: [] })).ahead.view;
    const settings = ports.settings();
    const step = nextStep(ahead.now, settings, ports.now());
    switch (step.type) {
      case "record": {
        ahead = withDerived(ahead, step.entries);
        const isEnd = step.entries.some((entry) => entry.kind === "turn.finished");
        if (isEnd) ({ ahead } = await flush(ports, ahead));
        break;
      }
      case "open-epoch":
        if (readyFor !== step.turn.turn) {
          readyFor = step.turn.turn;
          lookedFor = step.turn.turn;
          ahead = (await flush(ports, ahead)).ahead;
          await untilStopped(ports, step.turn, ahead.view.seq, shutdown, (stop) =>
            ports.ready(step.turn, "epoch", stop),
          );
          break;
        }
        // Requests name the epoch by the id that recording gives it.
        ({ ahead } = await flush(ports, withDerived(ahead, [openEpoch(ahead.now, step.turn, step.reason, ports)])));
        break;
      case "decide":
        ahead = await decided(ports, ahead, step.calls, settings, shutdown);
        break;
      case "before-hooks":
      case "after-hooks":
      case "judge":
        ahead = await askHooks(ports, ahead, step, settings, shutdown);
        break;
      case "refuse":
      case "compact":
      case "call-model":
        if (lookedFor !== step.turn.turn) {
          lookedFor = step.turn.turn;
          await untilStopped(ports, step.turn, ahead.view.seq, shutdown, (stop) =>
            ports.ready(step.turn, "request", stop),
          );
          break;
        }
        if (step.type === "refuse") ({ ahead } = await flush(ports, withDerived(ahead, step.entries)));
        else if (step.type === "compact") ahead = await compact(ports, ahead, step, shutdown);
        else ahead = await callModel(ports, ahead, step.turn, settings, shutdown);
        break;
      case "run-calls":
        ahead = await performCalls(ports, ahead, step.calls, settings, shutdown);
        break;
      case "await-person":
        if (hasUnrecorded(ahead)) ({ ahead } = await flush(ports, ahead));
        else await awaitPerson(ports, ahead.view, step.until, shutdown);
        break;
      case "end":
        if (!hasUnrecorded(ahead)) return ahead.view;
        ({ ahead } = await flush(ports, ahead));
        break;
    }
  }
}

function hasUnrecorded({ facts, derived }: Ahead): boolean {
  return facts.length + derived.length > 0;
}

async function callModel(
  ports: Ports,
  before: Ahead,
  turn: TurnState,
  settings: Settings,
  shutdown: AbortSignal,
): Promise<Ahead> {
  const where = { session: before.view.session, turn: turn.turn };
  const request = render(before.now, settings);
  const { endpoint, model } = request;
  const epoch = before.now.epoch?.id ?? "";
  const seen = seenWindow(turn, settings);
  const data = { epoch, purpose: "turn" as const, endpoint, model, ...extentOf(before.now, request), ...seen };
  const { ahead, entries } = await flush(ports, withDerived(before, [{ kind: "request.sent", ...where, data }]));
  const requestId = entries?.at(-1)?.id;
  if (requestId === undefined) return ahead;
  const over = new AbortController();
  const left = timeLeft(turn, settings, ports.now());
  // Beyond it there is only the closing answer, which has the endpoint's limits.
  const timer = left === undefined || left <= 0 ? undefined : ports.timer(left);
  void timer?.expired.then(() => over.abort());
  const reply = await untilStopped(ports, turn, before.view.seq, shutdown, (stop) =>
    ports.model({ ...request, epoch }, AbortSignal.any([stop, over.signal]), (delta) =>
      ports.tell({ ...where, request: requestId, ...delta }),
    ),
  );
  timer?.stop();
  const now = await catchUp(ports, ahead);
  const isLate = reply.type === "aborted" && over.signal.aborted && now.view.turn?.stopping === undefined;
  const limit = isLate && !shutdown.aborted ? exhausted(turn, settings, Infinity) : undefined;
  if (limit !== undefined) return withFacts(now, [closingNote(where.session, turn, limit)]);
  return withFacts(now, replyFacts(now.view, turn, requestId, reply, settings));
}

/** So many times in a row the conversation is made smaller because its request was too large. */
const MOST_OVERFLOWS = 2;

/** What a reply adds to the trace: the response, or the end of the turn where there can be none. */
function replyFacts(
  view: TurnView,
  turn: TurnState,
  parent: string,
  reply: ModelReply,
  { tools }: Settings,
): EntryDraft[] {
  const where = { session: view.session, turn: turn.turn };
  switch (reply.type) {
    case "aborted":
      return [];
    case "responded": {
      const { content, stopReason, usage } = reply;
      const mended = rescued(content, tools) ?? correctable(content, tools);
      const data = mended === undefined ? { content } : { content: mended, rescued: true };
      const warnings = warningDrafts(view, turn.turn, reply.warnings ?? []);
      return [{ kind: "model.responded", ...where, parent, data: { ...data, stopReason, usage } }, ...warnings];
    }
    default: {
      const { code, message } = reply;
      const { overflows } = turn.compaction;
      if (code === "endpoint-context-overflow" && overflows < MOST_OVERFLOWS)
        return [{ kind: "request.failed", ...where, parent, data: { code, message } }];
      const finish = reply.type === "gone" ? "interrupted" : "failed";
      return [finishDraft(view, turn, { finish, text: "", error: { code, message } })];
    }
  }
}

async function performCalls(
  ports: Ports,
  before: Ahead,
  calls: CallView[],
  settings: Settings,
  shutdown: AbortSignal,
): Promise<Ahead> {
  const { turn } = before.now;
  if (turn === undefined) return before;
  const started = startedDrafts(before.now, turn, calls.slice(0, atOnce(calls, settings)), settings, ports.now());
  const { ahead, entries } = await flush(ports, withDerived(before, started));
  if (entries === undefined) return ahead;
  const facts = await untilStopped(ports, turn, before.view.seq, shutdown, (stop) =>
    runCalls(ports, ahead.view, turn, calls, settings, stop, (end) =>
      throughAfterHooks(ports, ahead.view, end, settings, shutdown),
    ),
  );
  return withFacts(await catchUp(ports, ahead), facts);
}

/** Sleeps until anybody records something about the session, or a card expires. */
async function awaitPerson(
  ports: Ports,
  view: TurnView,
  until: Millis | undefined,
  shutdown: AbortSignal,
): Promise<void> {
  if (until === undefined) {
    await ports.read(view.seq, shutdown);
    return;
  }
  const timer = ports.timer(Math.max(0, until - ports.now()));
  const expiry = new AbortController();
  void timer.expired.then(() => expiry.abort());
  await ports.read(view.seq, AbortSignal.any([shutdown, expiry.signal]));
  timer.stop();
}
