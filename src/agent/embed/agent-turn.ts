import type { Delta, Entry, EntryData } from "../../protocol/entries.ts";
import type { TurnId } from "../../protocol/values.ts";
import type { PendingCard } from "./pending-call.ts";

/** What happens in a turn. Deltas are text on its way and are kept nowhere; everything else is in the trace. */
export type AgentEvent =
  | { type: "entry"; entry: Entry }
  | { type: "delta"; delta: Delta }
  /** Somebody has to answer; the turn waits. Told only while the card is open. */
  | { type: "card"; card: PendingCard };

/** How a turn ended. `text` is JSON where the turn asked for a schema. */
export type TurnResult = EntryData<"turn.finished">;

/** One turn of a session. It runs whether or not anybody looks. */
export interface AgentTurn {
  readonly id: TurnId;
  /**
   * All that happened in it so far and what comes, to its end; may be read more than once. Leaving the loop ends nothing
   * but the looking. A reader that lags far behind may miss deltas, never entries.
   */
  readonly events: AsyncIterable<AgentEvent>;
  /** Rejects where the session could not go on: `save` failed, or it was closed. The turn is still open then. */
  readonly result: Promise<TurnResult>;
}

/** Where a turn's events come from. */
export interface TurnSource {
  /** Entries of the turn so far. */
  entries(): Entry[];
  /** The card, if it is still open. */
  card(cardId: string): PendingCard | undefined;
  /** Tells what comes. `failed`: the session cannot go on. The answer ends that. */
  follow(listener: (news: TurnNews) => void): () => void;
  /** Why the session cannot go on, while it cannot. */
  failure(): Error | undefined;
}

export type TurnNews = { entry: Entry } | { delta: Delta } | { failed: Error };

/** Deltas that one reader may leave unread. */
const MOST_DELTAS = 10_000;

/** A turn over its source. */
export function agentTurn(id: TurnId, source: TurnSource): AgentTurn {
  const result = new Promise<TurnResult>((resolve, reject) => {
    const ended = source.entries().flatMap((entry) => (entry.kind === "turn.finished" ? [entry.data] : []));
    if (ended[0] !== undefined) return resolve(ended[0]);
    const failure = source.failure();
    if (failure !== undefined) return reject(failure);
    const leave = source.follow((news) => {
      if ("failed" in news) reject(news.failed);
      else if ("entry" in news && news.entry.kind === "turn.finished") resolve(news.entry.data);
      else return;
      leave();
    });
  });
  // Whoever only reads the events must not be ended by a rejection that nobody waits for.
  void result.catch(() => undefined);
  return { id, result, events: { [Symbol.asyncIterator]: () => eventsOf(source) } };
}

async function* eventsOf(source: TurnSource): AsyncGenerator<AgentEvent, void, undefined> {
  const unread: TurnNews[] = source.entries().map((entry) => ({ entry }));
  const failure = source.failure();
  if (failure !== undefined) unread.push({ failed: failure });
  let deltas = 0;
  let wake: () => void = () => {};
  const leave = source.follow((news) => {
    if ("delta" in news && deltas >= MOST_DELTAS) return;
    if ("delta" in news) deltas += 1;
    unread.push(news);
    wake();
  });
  try {
    for (;;) {
      const news = unread.shift();
      if (news === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if ("failed" in news) throw news.failed;
      if ("delta" in news) {
        deltas -= 1;
        yield { type: "delta", delta: news.delta };
        continue;
      }
      const { entry } = news;
      yield { type: "entry", entry };
      if (entry.kind === "turn.finished") return;
      const card = entry.kind === "card.opened" ? source.card(entry.data.cardId) : undefined;
      if (card !== undefined) yield { type: "card", card };
    }
  } finally {
    leave();
  }
}
