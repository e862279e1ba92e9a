import { REHEARSAL_ENDPOINT } from "../../protocol/config.ts";
import type { CardType, Delta, Entry } from "../../protocol/entries.ts";
import type { TurnState } from "../../protocol/requests.ts";
import type { Block, CallId, CardId, Finish, OutcomeKind } from "../../protocol/values.ts";
import { callSummary, windowSummary } from "./call.ts";
import { type ContextNotice, contextNotice } from "./context-notice.ts";

/** One tool call of a turn as a face shows it. */
export interface CallProgress {
  callId: CallId;
  name: string;
  /** What it does, in one line. */
  summary: string;
  state: "requested" | "waiting" | "running" | "finished";
  outcome?: OutcomeKind;
  durationMs?: number;
  /** What the tool answered, once finished; what it says about its work before. */
  text?: string;
}

/** A card of the turn that nobody has answered yet. */
interface PendingCard {
  cardId: CardId;
  type: CardType;
  callId?: CallId;
}

/** Everything a face shows of a turn, folded from its entries and deltas. Never changed in place. */
export interface TurnProgress {
  session: string;
  turn: string;
  endpoint: string;
  model: string;
  /** The built-in script answered, which is no AI. A face must say so. */
  isRehearsal: boolean;
  state: TurnState;
  /** Model requests so far, the running one included. */
  steps: number;
  calls: readonly CallProgress[];
  pendingCards: readonly PendingCard[];
  /** The newest text of the model: what has streamed so far, or the answer. Markdown. */
  text: string;
  /** The newest reasoning, as far as it was streamed. */
  reasoning: string;
  /** Tokens as the server reported them, summed over all responses. `cached` is not part of `input`. */
  tokens: { input: number; cached: number; output: number };
  /** ISO time; absent while the turn is queued. */
  startedAt?: string;
  /** ISO time of the end. */
  finishedAt?: string;
  finish?: Finish;
  error?: { code: string; message: string };
  /** The limit that the turn has reached, in words. */
  limit?: string;
  /** What became of the room in the model's window, oldest first. */
  notices: readonly ContextNotice[];
  /** A summary of what is no longer sent is being written. */
  isSummarising: boolean;
  /** Tokens that writing summaries cost, beside `tokens`. */
  summaryTokens: number;
  /** Id of the request that is running now. */
  request?: string;
  /** Ids of the requests that `text` and `reasoning` are from. */
  textRequest?: string;
  reasoningRequest?: string;
}

/** The progress of a turn of which nothing is known yet. */
export function beginProgress(session: string, turn: string): TurnProgress {
  const tokens = { input: 0, cached: 0, output: 0 };
  const unknown = { endpoint: "", model: "", isRehearsal: false, text: "", reasoning: "" };
  const context = { notices: [], isSummarising: false, summaryTokens: 0 };
  return { session, turn, ...unknown, ...context, state: "queued", steps: 0, calls: [], pendingCards: [], tokens };
}

/** The progress after one more entry. Entries of other turns change nothing. */
export function addEntry(progress: TurnProgress, entry: Entry): TurnProgress {
  if (entry.turn !== progress.turn) return progress;
  const notice = contextNotice(entry);
  return addKind(notice === undefined ? progress : { ...progress, notices: [...progress.notices, notice] }, entry);
}

function addKind(progress: TurnProgress, entry: Entry): TurnProgress {
  switch (entry.kind) {
    case "turn.started": {
      const { endpoint, model } = entry.data;
      const isRehearsal = endpoint === REHEARSAL_ENDPOINT;
      return settle({ ...progress, endpoint, model, isRehearsal, startedAt: entry.at, state: "running" });
    }
    case "request.sent":
      if (entry.data.purpose !== "turn") return { ...progress, isSummarising: entry.data.purpose === "summarise" };
      // A request that a crash cut off is sent again; it is the same step.
      return {
        ...progress,
        isSummarising: false,
        request: entry.id,
        steps: progress.steps + (progress.request === undefined ? 1 : 0),
      };
    case "epoch.opened":
    case "epoch.skipped": {
      const summaryTokens = progress.summaryTokens + (entry.data.spent?.tokens ?? 0);
      return { ...progress, isSummarising: false, summaryTokens };
    }
    case "model.responded":
      return addResponse(progress, entry.data.content, entry.data.usage);
    case "tool.requested": {
      const { callId, name } = entry.data;
      if (progress.calls.some((call) => call.callId === callId)) return progress;
      const call: CallProgress = { callId, name, summary: callSummary(name, entry.data.arguments), state: "requested" };
      return { ...progress, calls: [...progress.calls, call] };
    }
    case "tool.decided": {
      const { callId, facts } = entry.data;
      const known = progress.calls.find((call) => call.callId === callId);
      const summary = known === undefined ? undefined : windowSummary(known.name, facts);
      return summary === undefined ? progress : changeCall(progress, callId, { summary });
    }
    case "card.opened": {
      const { cardId, type, callId } = entry.data;
      const pendingCards = [
        ...progress.pendingCards.filter((card) => card.cardId !== cardId),
        { cardId, type, callId },
      ];
      return settle(changeCall({ ...progress, pendingCards }, callId, { state: "waiting" }));
    }
    case "card.resolved": {
      const card = progress.pendingCards.find(({ cardId }) => cardId === entry.data.cardId);
      const pendingCards = progress.pendingCards.filter((other) => other !== card);
      // A call that asks a question runs; one that needs an approval does not yet.
      const state = card?.type === "question" ? "running" : "requested";
      return settle(changeCall({ ...progress, pendingCards }, card?.callId, { state }));
    }
    case "tool.started": {
      const { callId } = entry.data;
      // Started again after a crash, a call finds the question that it had asked.
      const isAsking = progress.pendingCards.some((card) => card.callId === callId);
      return changeCall(progress, callId, { state: isAsking ? "waiting" : "running" });
    }
    case "tool.finished": {
      const { callId, outcome, durationMs, text } = entry.data;
      return changeCall(progress, callId, { state: "finished", outcome, durationMs, text });
    }
    case "note.added":
      return { ...progress, limit: entry.data.why ?? progress.limit };
    case "turn.finished": {
      const { finish, error } = entry.data;
      const text = entry.data.text === "" ? progress.text : entry.data.text;
      return {
        ...progress,
        state: finish,
        finish,
        error,
        text,
        pendingCards: [],
        isSummarising: false,
        finishedAt: entry.at,
        request: undefined,
      };
    }
    default:
      return progress;
  }
}

/** The progress after a piece of what is being produced right now. */
export function addDelta(progress: TurnProgress, delta: Delta): TurnProgress {
  if (delta.turn !== progress.turn || progress.finish !== undefined) return progress;
  const { request, text } = delta;
  switch (delta.channel) {
    case "text":
      return {
        ...progress,
        textRequest: request,
        text: (progress.textRequest === request ? progress.text : "") + text,
      };
    case "reasoning": {
      const before = progress.reasoningRequest === request ? progress.reasoning : "";
      return { ...progress, reasoningRequest: request, reasoning: before + text };
    }
    case "reset": {
      const isText = progress.textRequest === request;
      const isReasoning = progress.reasoningRequest === request;
      return { ...progress, text: isText ? "" : progress.text, reasoning: isReasoning ? "" : progress.reasoning };
    }
    case "progress": {
      const isOver = progress.calls.some(({ callId, state }) => callId === request && state === "finished");
      return isOver ? progress : changeCall(progress, request, { text });
    }
  }
}

/** All text blocks of a response as one Markdown text, the way its deltas add up. */
export function textOf(content: readonly Block[]): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

type ResponseUsage = { inputTokens: number; cachedTokens?: number; outputTokens: number } | undefined;

function addResponse(progress: TurnProgress, content: readonly Block[], usage: ResponseUsage): TurnProgress {
  const { input, cached, output } = progress.tokens;
  const tokens = {
    // Servers count what they had cached as input, too.
    input: input + Math.max(0, (usage?.inputTokens ?? 0) - (usage?.cachedTokens ?? 0)),
    cached: cached + (usage?.cachedTokens ?? 0),
    output: output + (usage?.outputTokens ?? 0),
  };
  const text = textOf(content);
  const kept = text === "" ? {} : { text, textRequest: progress.request };
  return { ...progress, ...kept, tokens, request: undefined, steps: Math.max(progress.steps, 1) };
}

function changeCall(progress: TurnProgress, callId: string | undefined, change: Partial<CallProgress>): TurnProgress {
  if (callId === undefined) return progress;
  return { ...progress, calls: progress.calls.map((call) => (call.callId === callId ? { ...call, ...change } : call)) };
}

/** `waiting` while a card is open, `running` otherwise. */
function settle(progress: TurnProgress): TurnProgress {
  if (progress.finish !== undefined) return progress;
  return { ...progress, state: progress.pendingCards.length > 0 ? "waiting" : "running" };
}
