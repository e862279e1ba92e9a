import type { Delta, Entry, EntryDraft } from "../src/protocol/entries.ts";
import type { LoopdError } from "../src/protocol/errors.ts";
import type { EntryLog } from "./store/entry-log.ts";

/** What listeners hear, in order. Entries are durable before anybody hears of them. */
export type HubEvent =
  | { type: "entries"; entries: Entry[] }
  | { type: "delta"; delta: Delta }
  | { type: "stalled"; session: string; turn: string; error: LoopdError };

/** The one way into the trace: records, then tells everyone who listens. */
export interface Hub {
  /** Durable, then broadcast. Throws the store's LoopdError; then nothing was recorded. */
  record(drafts: readonly EntryDraft[]): Entry[];
  /** Records several times and changes tables in one transaction. Durable, then broadcast; nothing where it throws. */
  together<T>(work: (record: Hub["record"]) => T): T;
  tell(event: HubEvent): void;
  /** Returns the function that ends listening. */
  listen(listener: (event: HubEvent) => void): () => void;
}

/** A hub over a log. Listeners must not throw and must not record while being told. */
export function createHub(log: EntryLog): Hub {
  const listeners = new Set<(event: HubEvent) => void>();
  const tell = (event: HubEvent) => {
    for (const listener of listeners) listener(event);
  };
  return {
    record: (drafts) => {
      const entries = log.append(drafts);
      if (entries.length > 0) tell({ type: "entries", entries });
      return entries;
    },
    together: (work) => {
      const entries: Entry[] = [];
      const result = log.together((append) =>
        work((drafts) => {
          const added = append(drafts);
          entries.push(...added);
          return added;
        }),
      );
      if (entries.length > 0) tell({ type: "entries", entries });
      return result;
    },
    tell,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
