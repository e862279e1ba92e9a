import type { Entry, EntryData } from "../protocol/entries.ts";
import type { Block, Message } from "../protocol/values.ts";
import { spentOn } from "./budget.ts";
import { canonicalize } from "./canonical.ts";
import { epochOpened, epochSkipped, requestFailed } from "./fold-epoch.ts";
import { cleared, forked } from "./fold-session.ts";
import { finished, started } from "./fold-turn.ts";
import { NO_HOOKS } from "./hooks/call-hooks.ts";
import { foldHook } from "./hooks/fold-hook.ts";
import { recordOf } from "./context/call-record.ts";
import { breakFrames, frame, pendingMessages } from "./context/render.ts";
import { innerCall } from "./inner-call.ts";
import { joined, sourcesOf } from "./policy/sources.ts";
import type { TurnSight } from "./ports.ts";
import type { Repairs } from "../protocol/model-entries.ts";
import { withRepair } from "./repairs.ts";
import { type Spent, withBytes, withUsage } from "./spent.ts";
import {
  type CallView,
  callsOf,
  type CardView,
  type Foldable,
  type ImageBlock,
  type StepView,
  type TurnState,
  type TurnView,
} from "./transcript.ts";
import { warned } from "./warnings.ts";
import { withWireIds } from "./wire-ids.ts";

/** The view after one more entry. Pure and total: kinds that decide nothing only move `seq`. */
export function fold(view: TurnView, entry: Foldable): TurnView {
  const next = foldKind(view, entry as Entry);
  return entry.seq === undefined ? next : { ...next, seq: entry.seq };
}

function foldKind(view: TurnView, entry: Entry): TurnView {
  switch (entry.kind) {
    case "session.created":
      return { ...view, workspace: entry.data.workspace, nonce: entry.data.nonce, taints: entry.data.taints ?? [] };
    case "session.forked":
      return forked(view);
    case "session.cleared":
      return cleared(view);
    case "turn.started":
      return started(view, entry.turn ?? "", entry.data, Date.parse(entry.at));
    case "epoch.opened":
      // What was on the screen may not be among what the model still has before it.
      return withTaints(
        { ...epochOpened(view, entry), sight: { lastRef: view.sight.lastRef } },
        entry.data.taints ?? [],
      );
    case "epoch.skipped":
      return epochSkipped(view, entry);
    case "compaction.asked":
      return { ...view, asked: entry.data };
    case "warning.raised":
      return warned(view, entry.data);
    case "turn.stopping":
      return withAnyTurn(view, entry.turn, (turn) => ({ ...turn, stopping: entry.data }));
    default:
      return view.turn !== undefined && view.turn.turn === entry.turn ? foldTurn(view, view.turn, entry) : view;
  }
}

function foldTurn(view: TurnView, turn: TurnState, entry: Entry): TurnView {
  switch (entry.kind) {
    case "note.added":
      return noted(view, turn, entry.data);
    case "request.sent":
      return entry.data.purpose === "turn" ? sealed(view, { ...turn, requestBytes: entry.data.bytes }) : view;
    case "request.failed":
      return requestFailed(view, turn, entry.data);
    case "model.responded":
      return responded(view, turn, entry.data);
    case "turn.finished":
      return begunAt(finished(view, { ...turn, finish: entry.data.finish }, entry.data.error?.code), turn, entry.at);
    case "card.opened":
      return withCall(view, turn, entry.data.callId, (call) => {
        return { ...call, cards: [...call.cards, { ...entry.data, attempt: call.attempts }] };
      });
    case "card.resolved":
      return resolved(view, turn, entry.data);
    case "tool.requested":
      return withCall(view, entry.data.coerced === true ? mended(turn, "coerced") : turn, entry.data.callId, (call) => {
        const { name, arguments: values, effect } = entry.data;
        return { ...call, isRequested: true, name, arguments: values, effect };
      });
    case "tool.decided": {
      const { decision: answer, ruleId, causes, facts, reason } = entry.data;
      return withCall(view, turn, entry.data.callId, (call) => {
        return { ...call, decision: { answer, ruleId, causes, facts, reason } };
      });
    }
    case "hook.applied":
      return { ...view, turn: foldHook(turn, entry.data) };
    case "tool.started":
      return withCall(view, turn, entry.data.callId, (call) => {
        return { ...call, isStarted: true, attempts: entry.data.attempt, hooks: { ...call.hooks, after: [] } };
      });
    case "tool.finished": {
      const { outcome: kind, text, isSideEffectPossible, content = [] } = entry.data;
      const images = content.flatMap((part): ImageBlock[] =>
        part.type === "image" ? [{ type: "image", mediaType: part.mediaType, blob: part.blob }] : [],
      );
      const corrected = kind === "invalid" ? mended(turn, repairOf(turn, entry.data.callId)) : turn;
      const paying = { ...corrected, spent: withSpent(turn.spent, entry.data.spent) };
      const ended = callsOf(turn).filter((call) => call.callId === entry.data.callId);
      const calls = [...view.calls, ...ended.map((call) => recordOf(call, entry.data))];
      const sight = seen(view.sight, entry.data);
      return withCall(tainted({ ...view, calls, sight }, turn, entry.data), paying, entry.data.callId, (call) => {
        return { ...call, isStarted: false, outcome: { kind, text, isSideEffectPossible, images } };
      });
    }
    default:
      return view;
  }
}

function seen(before: TurnSight, { callId, sight }: EntryData<"tool.finished">): TurnSight {
  if (sight === undefined) return before;
  const lastRef = Math.max(before.lastRef, sight.lastRef);
  return sight.isAltered === true ? { lastRef } : { callId, lastRef };
}

function mended(turn: TurnState, kind: keyof Repairs): TurnState {
  return { ...turn, repairs: withRepair(turn.repairs, kind) };
}

/** What a call that could not run was answered with: the names of tools that exist, or how it has to be. */
function repairOf(turn: TurnState, callId: string): "suggested" | "corrected" {
  const call = callsOf(turn).find((one) => one.callId === callId);
  return call?.isRequested === true && call.effect === undefined ? "suggested" : "corrected";
}

/** A turn that has waited in the queue begins where the one before it ends: its wall time counts from there. */
function begunAt(view: TurnView, before: TurnState, at: string | undefined): TurnView {
  if (view.turn === undefined || view.turn.turn === before.turn || at === undefined) return view;
  return { ...view, turn: { ...view.turn, startedAt: Date.parse(at) } };
}

/** Whatever a call brought back from elsewhere has been read from now on, also as an error. */
function tainted(view: TurnView, turn: TurnState, end: EntryData<"tool.finished">): TurnView {
  const call = turn.step?.calls.find((one) => one.callId === end.callId);
  if (end.text === "") return view;
  const found = call?.isStarted === true ? sourcesOf(call.decision?.facts) : [];
  return withTaints(view, [...found, ...(end.taints ?? [])]);
}

function withTaints(view: TurnView, sources: readonly string[]): TurnView {
  const taints = joined(view.taints, sources);
  return taints.length === view.taints.length ? view : { ...view, taints };
}

function withSpent(
  spent: Spent,
  { tokens, costUsd }: { tokens: number; costUsd: number } = { tokens: 0, costUsd: 0 },
): Spent {
  return { ...spent, tokens: spent.tokens + tokens, costUsd: spent.costUsd + costUsd };
}

function noted(view: TurnView, turn: TurnState, { from, text, closes }: EntryData<"note.added">): TurnView {
  // A validator quotes what it read, so its words must not speak for anybody else.
  const words = from === "validator" ? breakFrames(text, view.nonce) : text;
  const note = frame(view.nonce, from === "person" ? `The person adds: ${words}` : words);
  // Traces from before the field existed say it by the number of steps.
  const isOld = closes === undefined && from === "loopd" && turn.steps >= (turn.overrides.maxSteps ?? Infinity);
  const finish = isOld ? "step-limit" : closes;
  const closing = finish === undefined ? turn.closing : { afterSteps: turn.steps, finish };
  const said = { ...turn, closing, words: [...turn.words, note] };
  return { ...view, notes: [...view.notes, note], turn: said };
}

/** A request carries everything not sent before: from now on those messages never change. */
function sealed(view: TurnView, turn: TurnState): TurnView {
  const messages = [...view.sealed, ...pendingMessages(view)];
  const { endpoint = "", model = "", tools = [], system = "" } = view.epoch ?? {};
  const nothing = { results: [], images: [], texts: [], notes: [] };
  return {
    ...view,
    ...nothing,
    sealed: messages,
    sent: { endpoint, model, tools, system, messages },
    turn: { ...turn, spent: spentOn(turn.spent, turn), step: undefined, isRequestOpen: true },
  };
}

function responded(view: TurnView, turn: TurnState, data: EntryData<"model.responded">): TurnView {
  const fresh = new Set<string>();
  const isTaken = (id: string) => fresh.has(id) || view.wireIds.some((ids) => ids.has(id));
  const calls: CallView[] = [];
  const content = data.content.map((block): Block => {
    if (block.type !== "tool_use") return block;
    const { type, name, input } = block;
    const callId = `${turn.turn}.${turn.steps + 1}.${calls.length}`;
    const isUsable = /^(?!loopd_)[\w-]{1,64}$/.test(block.id) && !isTaken(block.id);
    const wireId = isUsable ? block.id : `loopd_${callId.replaceAll(".", "_")}`;
    fresh.add(wireId);
    const untouched = { isRequested: false, hooks: NO_HOOKS, cards: [], attempts: 0, isStarted: false };
    calls.push({ callId, wireId, ...innerCall(block), ...untouched });
    return { type, id: wireId, name, input };
  });
  const text = content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
  const size = () => (turn.requestBytes ?? 0) + new TextEncoder().encode(canonicalize(content)).length;
  const spent = data.usage === undefined ? withBytes(turn.spent, size()) : withUsage(turn.spent, data.usage);
  const step: StepView = { text, stopReason: data.stopReason, calls, isRescued: data.rescued, verdicts: [] };
  const message: Message = { role: "assistant", content };
  const rest = data.rescued === true ? mended(turn, "rescued") : turn;
  const compaction = { tries: 0, skips: turn.compaction.skips, overflows: 0 };
  return {
    ...view,
    wireIds: withWireIds(view.wireIds, fresh),
    sealed: content.length === 0 ? view.sealed : [...view.sealed, message],
    turn: { ...rest, ...{ steps: turn.steps + 1, step, spent, compaction }, isRequestOpen: false },
  };
}

function resolved(view: TurnView, turn: TurnState, data: EntryData<"card.resolved">): TurnView {
  const { cardId, resolution, by, reason, answer, arguments: edited } = data;
  const settle = (card: CardView) => (card.cardId === cardId ? { ...card, resolution, by, reason, answer } : card);
  const calls = callsOf(turn).map((call): CallView => {
    const cards = call.cards.map(settle);
    const isEdit = resolution === "edited" && edited !== undefined && call.cards.some((card) => card.cardId === cardId);
    // Decided anew: what the person wrote may touch something else, and `deny` still wins.
    const anew = { hooks: NO_HOOKS, arguments: edited ?? null, edited, decision: undefined };
    return isEdit ? { ...call, cards, ...anew } : { ...call, cards };
  });
  return turn.step === undefined ? view : { ...view, turn: { ...turn, step: { ...turn.step, calls } } };
}

function withCall(
  view: TurnView,
  turn: TurnState,
  callId: string | undefined,
  change: (call: CallView) => CallView,
): TurnView {
  if (turn.step === undefined) return view;
  const calls = turn.step.calls.map((call) => (call.callId === callId ? change(call) : call));
  return { ...view, turn: { ...turn, step: { ...turn.step, calls } } };
}

function withAnyTurn(view: TurnView, id: string | undefined, change: (turn: TurnState) => TurnState): TurnView {
  const apply = (turn: TurnState) => (turn.turn === id ? change(turn) : turn);
  return { ...view, turn: view.turn && apply(view.turn), queue: view.queue.map(apply) };
}
