import type { Entry } from "../src/protocol/entries.ts";
import type { Seq, SessionId } from "../src/protocol/values.ts";
import type { Hub } from "./hub.ts";
import type { EntryLog } from "./store/entry-log.ts";

/** The entries of one session as they come, for the one runner that works on it. */
export interface SessionFeed {
  /** Entries after a position. With `wait`, at least one, or [] once it is aborted. */
  read(after: Seq, wait?: AbortSignal): Promise<Entry[]>;
  close(): void;
}

/** Opens a feed that begins after `start`. Keeps what a plain read has not passed yet, so that reading asks no disk. */
export function openFeed(log: EntryLog, hub: Hub, session: SessionId, start: Seq): SessionFeed {
  let tail = log.all(session, start);
  const waiting = new Set<() => void>();
  const close = hub.listen((event) => {
    if (event.type !== "entries") return;
    const ours = event.entries.filter((entry) => entry.session === session);
    if (ours.length === 0) return;
    tail.push(...ours);
    for (const wake of [...waiting]) wake();
  });
  const entriesAfter = (after: Seq) => tail.filter((entry) => entry.seq > after);
  return {
    close,
    read: async (after, wait) => {
      if (wait === undefined) {
        tail = entriesAfter(after);
        return [...tail];
      }
      const found = entriesAfter(after);
      if (found.length > 0 || wait.aborted) return found;
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          wait.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        wait.addEventListener("abort", wake, { once: true });
      });
      return entriesAfter(after);
    },
  };
}
