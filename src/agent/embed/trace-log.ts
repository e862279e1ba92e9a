import { type Entry, type EntryDraft, entrySchema } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { Rule, Seq, SessionId } from "../../protocol/values.ts";
import { fold } from "../fold.ts";
import { emptyView, type TurnView } from "../transcript.ts";
import type { Runtime } from "./runtime.ts";

/** One session's entries in memory, in the order in which they were kept. */
export interface TraceLog {
  readonly session: SessionId;
  entries(): readonly Entry[];
  /** What the entries tell so far. */
  view(): TurnView;
  /** Grants that hold now. */
  grants(): readonly Rule[];
  /**
   * Decides on the newest view what to record, and records all of it or nothing. Writes come one after the other.
   * @throws LoopdError `card-resolved` for a second answer to a card; whatever `decide` and `save` throw.
   */
  write(decide: (view: TurnView) => EntryDraft[]): Promise<Entry[]>;
  /** Entries after a position. With `wait`, at least one, or [] once it is aborted. */
  read(after: Seq, wait?: AbortSignal): Promise<Entry[]>;
  /** Tells every entry once it is kept. The answer ends that. */
  follow(listener: (entry: Entry) => void): () => void;
}

/** What the log needs of the program that embeds it. */
export interface TraceLogOptions {
  runtime: Runtime;
  /** Keeps entries for good before anything follows from them; throwing means that none of them is kept. */
  save?: (entries: readonly Entry[]) => void | Promise<void>;
}

/** Opens the log of a session with what is known of it. */
export function openTraceLog(session: SessionId, known: readonly Entry[], options: TraceLogOptions): TraceLog {
  const { runtime, save } = options;
  const entries = known.map(frozen);
  const followers = new Set<(entry: Entry) => void>();
  const boot = runtime.newId();
  const bootedAt = runtime.now();
  let view = entries.reduce(fold, emptyView(session));
  let writing: Promise<unknown> = Promise.resolve();

  const stamped = (draft: EntryDraft, index: number): Entry => {
    const now = runtime.now();
    const seq = (entries.at(-1)?.seq ?? 0) + 1 + index;
    const when = { at: new Date(now).toISOString(), boot, mono: Math.max(0, now - bootedAt) };
    const entry = { v: 1, seq, id: runtime.newId(), ...when, ...draft };
    return frozen(entrySchema.parse(JSON.parse(JSON.stringify(entry))));
  };
  const commit = async (decide: (view: TurnView) => EntryDraft[]): Promise<Entry[]> => {
    const drafts = decide(view);
    refuseSecondAnswers(entries, drafts);
    const fresh = drafts.map(stamped);
    if (fresh.length === 0) return [];
    await save?.(fresh);
    entries.push(...fresh);
    view = fresh.reduce(fold, view);
    for (const entry of fresh) for (const tell of [...followers]) tell(entry);
    return fresh;
  };
  const after = (seq: Seq) => entries.slice(entries.findLastIndex((entry) => entry.seq <= seq) + 1);
  const follow = (listener: (entry: Entry) => void) => {
    followers.add(listener);
    return () => void followers.delete(listener);
  };
  return {
    session,
    entries: () => entries,
    view: () => view,
    grants: () => grantsIn(entries),
    write: (decide) => {
      const work = writing.then(() => commit(decide));
      writing = work.catch(() => undefined);
      return work;
    },
    read: async (seq, wait) => {
      const found = after(seq);
      if (wait === undefined || found.length > 0 || wait.aborted) return found;
      await new Promise<void>((resolve) => {
        const wake = () => {
          unfollow();
          wait.removeEventListener("abort", wake);
          resolve();
        };
        const unfollow = follow(wake);
        wait.addEventListener("abort", wake, { once: true });
      });
      return after(seq);
    },
    follow,
  };
}

/** A card is answered once; a record that answers it again is not kept at all. @throws LoopdError `card-resolved`. */
export function refuseSecondAnswers(entries: readonly Entry[], drafts: readonly EntryDraft[]): void {
  for (const draft of drafts) {
    if (draft.kind !== "card.resolved") continue;
    const { cardId } = draft.data;
    const first = entries.findLast((entry) => entry.kind === "card.resolved" && entry.data.cardId === cardId);
    if (first?.kind !== "card.resolved") continue;
    const { resolution, by } = first.data;
    throw new LoopdError(
      "card-resolved",
      `${cardId} was already ${resolution} by ${by} at ${first.at}. Nothing was changed.`,
    );
  }
}

function grantsIn(entries: readonly Entry[]): Rule[] {
  const removed = new Set(entries.flatMap((entry) => (entry.kind === "rule.removed" ? [entry.data.rule.id] : [])));
  const added = entries.flatMap((entry) => (entry.kind === "rule.added" ? [entry.data.rule] : []));
  return added.filter(({ id }) => !removed.has(id));
}

/** What is recorded never changes, whoever gets hold of it. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
