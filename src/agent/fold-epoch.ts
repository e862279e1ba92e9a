import type { EntryData, EntryOf } from "../protocol/entries.ts";
import type { Message } from "../protocol/values.ts";
import { cutView } from "./context/cut-view.ts";
import { leaveOut } from "./context/stubs.ts";
import type { TurnState, TurnView } from "./transcript.ts";

/** A new epoch: what it froze, and the messages that stay of those before. */
export function epochOpened(view: TurnView, entry: EntryOf<"epoch.opened">): TurnView {
  const { endpoint, model, takesImages = false, dialect, address, system, memoryBytes, tools } = entry.data;
  const { redaction, reason, keeps, keepsFrom, stubs = [], carries, summary, spent } = entry.data;
  const before = keepsFrom === undefined ? leaveOut(view, stubs) : cutView(view, { keepsFrom, stubs });
  const staying = keeps === undefined ? [] : before.sealed;
  const kept = keeps === "without-thinking" ? withoutThinking(staying) : staying;
  const shown = takesImages ? kept : withoutImages(kept);
  const next = {
    ...before,
    epoch: { id: entry.id, endpoint, model, takesImages, dialect, address, system, memoryBytes, tools, redaction },
    isCleared: false,
    sealed: keepsFrom === undefined ? [...shown, ...carries] : [...carries, ...shown],
    summary: summary ?? (keeps === undefined ? undefined : view.summary),
  };
  const { turn } = next;
  const now = turn === undefined ? next : withCompaction(next, turn, { overflow: undefined });
  return reason === "window" || reason === "asked" ? tried(now, entry.turn, reason, spent) : now;
}

/** An epoch was due and did not open. */
export function epochSkipped(view: TurnView, entry: EntryOf<"epoch.skipped">): TurnView {
  const { reason, spent } = entry.data;
  const next = tried(view, entry.turn, reason, spent);
  const { turn } = next;
  if (turn === undefined || turn.turn !== entry.turn || reason !== "window") return next;
  return withCompaction(next, turn, { skips: turn.compaction.skips + 1 });
}

/** The server found a request too large: it is asked again once the conversation is smaller. */
export function requestFailed(view: TurnView, turn: TurnState, data: EntryData<"request.failed">): TurnView {
  const overflows = turn.compaction.overflows + 1;
  return withCompaction(view, { ...turn, isRequestOpen: false }, { tries: 0, overflows, overflow: data });
}

function tried(
  view: TurnView,
  id: string | undefined,
  reason: string,
  spent: EntryData<"epoch.skipped">["spent"],
): TurnView {
  const next = reason === "asked" ? { ...view, asked: undefined } : view;
  const { turn } = next;
  if (turn === undefined || turn.turn !== id) return next;
  const { tokens = 0, costUsd = 0, unpriced = 0 } = spent ?? {};
  const paid = {
    ...turn.spent,
    tokens: turn.spent.tokens + tokens,
    costUsd: turn.spent.costUsd + costUsd,
    unpriced: turn.spent.unpriced + unpriced,
  };
  const tries = turn.compaction.tries + 1;
  return withCompaction(next, { ...turn, spent: paid }, { tries });
}

function withCompaction(view: TurnView, turn: TurnState, change: Partial<TurnState["compaction"]>): TurnView {
  return { ...view, turn: { ...turn, compaction: { ...turn.compaction, ...change } } };
}

/** Another model refuses thinking that it has not signed itself. */
function withoutThinking(messages: readonly Message[]): Message[] {
  return messages.flatMap(({ role, content }) => {
    const kept = content.filter((block) => block.type !== "thinking" && block.type !== "redacted_thinking");
    return kept.length === 0 ? [] : [{ role, content: kept }];
  });
}

/** A model that takes none must get no image: what was attached leaves its words, what a label stands before goes with it. */
function withoutImages(messages: readonly Message[]): Message[] {
  return messages.flatMap((message) => {
    const rest = message.content.filter((block) => block.type !== "image");
    if (rest.length === message.content.length) return [message];
    return rest.length < 2 ? [] : [{ ...message, content: rest }];
  });
}
