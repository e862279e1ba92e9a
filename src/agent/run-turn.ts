import type { EntryDraft } from "../protocol/entries.ts";
import type { Block, Millis } from "../protocol/values.ts";
import { canonicalize } from "./canonical.ts";
import { extentOf, render } from "./context/render.ts";
import { fold } from "./fold.ts";
import { nextStep } from "./next-step.ts";
import { openEpoch } from "./open-epoch.ts";
import { decide } from "./policy/decide.ts";
import type { ModelReply, ParsedCall, Ports } from "./ports.ts";
import { runCalls, SHUTDOWN } from "./run-call.ts";
import type { CallView, TurnState, TurnView } from "./transcript.ts";

/**
 * Works on a session until no turn of it is open: asks `nextStep`, performs it through the ports, records the result,
 * reads what anybody recorded, and asks again. Resolves early, with turns still open, when `shutdown` fires.
 * Errors of `record` pass through: then nothing was done that is not in the trace, and it may be called again.
 */
export async function runTurns(ports: Ports, start: TurnView, shutdown: AbortSignal): Promise<TurnView> {
  let view = start;
  for (;;) {
    view = await refresh(ports, view);
    if (shutdown.aborted) return view;
    const step = nextStep(view, ports.settings(), ports.now());
    switch (step.type) {
      case "record":
        await ports.record(step.entries);
        break;
      case "open-epoch":
        await ports.record([openEpoch(view, step.turn, step.reason, ports)]);
        break;
      case "call-model":
        await callModel(ports, view, step.turn, shutdown);
        break;
      case "decide":
        await decideCalls(ports, view, step.calls);
        break;
      case "run-calls": {
        const { turn } = view;
        if (turn === undefined) return view;
        await untilStopped(ports, view, shutdown, (stop) => runCalls(ports, view, turn, step.calls, stop));
        break;
      }
      case "await-person":
        await awaitPerson(ports, view, step.until, shutdown);
        break;
      case "end":
        return view;
    }
  }
}

async function refresh(ports: Ports, view: TurnView): Promise<TurnView> {
  const entries = await ports.read(view.seq);
  return entries.reduce(fold, view);
}

async function callModel(ports: Ports, view: TurnView, turn: TurnState, shutdown: AbortSignal): Promise<void> {
  const where = { session: view.session, turn: turn.turn };
  const request = render(view, ports.settings());
  const { endpoint, model } = request;
  const epoch = view.epoch?.id ?? "";
  const sent = await ports.record([
    { kind: "request.sent", ...where, data: { epoch, purpose: "turn", endpoint, model, ...extentOf(view, request) } },
  ]);
  const requestId = sent[0]?.id ?? "";
  const reply = await untilStopped(ports, view, shutdown, (stop) =>
    ports.model(request, stop, (delta) => ports.tell({ ...where, request: requestId, ...delta })),
  );
  if (reply.type === "aborted") return;
  if (reply.type === "responded") return recordResponse(ports, view, where, requestId, reply);
  const { code, message } = reply;
  const finish = reply.type === "gone" ? "interrupted" : "failed";
  await ports.record([{ kind: "turn.finished", ...where, data: { finish, text: "", error: { code, message } } }]);
}

/** Records a response together with all that follows from it without touching the world: its calls, and bad ones' ends. */
async function recordResponse(
  ports: Ports,
  view: TurnView,
  where: { session: string; turn: string },
  parent: string,
  reply: Extract<ModelReply, { type: "responded" }>,
): Promise<void> {
  const { stopReason, usage } = reply;
  const content: Block[] = reply.content;
  const drafts: EntryDraft[] = [{ kind: "model.responded", ...where, parent, data: { content, stopReason, usage } }];
  let now = drafts.reduce(fold, await refresh(ports, view));
  for (;;) {
    const step = nextStep(now, ports.settings(), ports.now());
    if (step.type !== "record" || step.entries.some((entry) => entry.kind === "turn.finished")) break;
    drafts.push(...step.entries);
    now = step.entries.reduce(fold, now);
  }
  await ports.record(drafts);
}

/** Looks at what each call would touch, asks policy, and records answer and card together. */
async function decideCalls(ports: Ports, view: TurnView, calls: CallView[]): Promise<void> {
  const { rules, tools } = ports.settings();
  const { turn } = view;
  if (turn === undefined) return;
  const decided = await Promise.all(
    calls.map(async (call): Promise<EntryDraft[]> => {
      const where = { session: view.session, turn: turn.turn };
      const { callId, name } = call;
      const parsed: ParsedCall = { callId, name, arguments: call.arguments, effect: call.effect ?? "exec" };
      const facts = await ports.inspect(parsed);
      const { answer, ruleId, causes, reason } = decide(parsed, facts, turn.overrides, rules, []);
      const data = { callId, decision: answer, ruleId, causes, facts, reason };
      const drafts: EntryDraft[] = [{ kind: "tool.decided", ...where, data }];
      if (answer !== "requiresApproval") return drafts;
      const schema = tools.schemas().find((one) => one.name === name);
      const schemaHash = ports.digest(canonicalize(schema ?? {}));
      const bound = { callId, tool: name, schemaHash, arguments: call.arguments, factsHash: facts.hash };
      const argumentsHash = ports.digest(canonicalize(bound));
      const cardId = `${callId}#${call.cards.length + 1}`;
      drafts.push({ kind: "card.opened", ...where, data: { cardId, type: "approval", callId, argumentsHash, causes } });
      return drafts;
    }),
  );
  await ports.record(decided.flat());
}

/** Runs work under a signal that fires when someone records `turn.stopping`, or when the helper goes down. */
async function untilStopped<T>(
  ports: Ports,
  view: TurnView,
  shutdown: AbortSignal,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const watch = new AbortController();
  const onShutdown = () => stop.abort(SHUTDOWN);
  if (shutdown.aborted) onShutdown();
  else shutdown.addEventListener("abort", onShutdown, { once: true });
  const watching = watchForStop(ports, view, watch.signal).then((isStopped) => isStopped && stop.abort());
  try {
    return await work(stop.signal);
  } finally {
    watch.abort();
    shutdown.removeEventListener("abort", onShutdown);
    await watching;
  }
}

async function watchForStop(ports: Ports, view: TurnView, signal: AbortSignal): Promise<boolean> {
  let after = view.seq;
  while (!signal.aborted) {
    const entries = await ports.read(after, signal);
    if (entries.some((entry) => entry.kind === "turn.stopping" && entry.turn === view.turn?.turn)) return true;
    after = entries.at(-1)?.seq ?? after;
  }
  return false;
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
