import { LoopdError } from "../src/protocol/errors.ts";
import type { Peer } from "../src/protocol/peer.ts";
import type { ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Delta, Entry, EntryKind } from "../src/protocol/entries.ts";
import type { Seq } from "../src/protocol/values.ts";
import type { Hub, HubEvent } from "./hub.ts";
import type { EntryLog } from "./store/entry-log.ts";

const PAGE = 200;
/** Far below a frame, even if each takes six bytes in JSON. */
const MAX_DELTA_CHARACTERS = 100_000;
const MAX_SUBSCRIPTIONS = 64;

/** What one connection follows. */
export interface Followers {
  follow(params: ParsedParamsOf<"entries.follow">): { subscription: string };
  unfollow(params: ParsedParamsOf<"entries.unfollow">): Record<string, never>;
  close(): void;
}

interface Follower {
  subscription: string;
  session?: string;
  deltas: boolean;
  /** Absent: entries of all kinds. */
  kinds?: ReadonlySet<EntryKind>;
  /** Last entry that was sent. */
  cursor: Seq;
  /** What was heard since, in order; undefined while it is behind, when entries are read from the log and deltas are lost. */
  heard: (Entry | Delta)[] | undefined;
  isPumping: boolean;
}

/**
 * Carries the trace to one client, at the client's pace. Whoever keeps up gets what the hub tells; whoever does not is
 * read to from the log, from where it stopped, so that a slow client misses nothing but deltas.
 */
export function createFollowers(peer: Peer, hub: Hub, log: EntryLog): Followers {
  const followers = new Map<string, Follower>();
  let count = 0;

  const pump = async (follower: Follower): Promise<void> => {
    if (follower.isPumping) return;
    follower.isPumping = true;
    try {
      // The loop that records goes first; a face can wait until the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      while (followers.has(follower.subscription)) {
        const heard = follower.heard?.splice(0);
        if (heard?.length === 0) return;
        if (heard !== undefined && sendAll(follower, heard)) continue;
        const entries = log.page(follower.session, follower.cursor, PAGE);
        // Nothing is missing, and nothing can be recorded before it listens again.
        follower.heard = entries.length === 0 ? [] : undefined;
        if (entries.length > 0 && !send(follower, entries)) await peer.drained();
      }
    } catch (thrown) {
      peer.close(
        new LoopdError("store-failed", `The trace could not be read: ${(thrown as Error).message}`, { cause: thrown }),
      );
    } finally {
      follower.isPumping = false;
    }
  };
  /** Sends entries, or returns false because the client is too slow. */
  const send = (follower: Follower, entries: Entry[]): boolean => {
    const wanted = entries.filter((entry) => isWanted(follower, entry));
    const { subscription } = follower;
    if (wanted.length > 0 && !peer.notify("entries.added", { subscription, entries: wanted })) return false;
    follower.cursor = entries.at(-1)?.seq ?? follower.cursor;
    return true;
  };

  /** The same for entries that came in a burst, which may be more than a frame holds; pages of the log never are. */
  const sendIfFits = (follower: Follower, entries: Entry[]): boolean => {
    try {
      return send(follower, entries);
    } catch (thrown) {
      if (thrown instanceof LoopdError && thrown.code === "frame-too-large") return false;
      throw thrown;
    }
  };

  /** No delta overtakes an entry: it would be heard before its request, or after the end of it. */
  const sendAll = (follower: Follower, heard: readonly (Entry | Delta)[]): boolean => {
    const { subscription } = follower;
    for (const { entries, deltas } of stretches(heard)) {
      if (entries.length > 0 && !sendIfFits(follower, entries)) return false;
      for (const delta of joined(deltas)) peer.notify("delta", { subscription, delta });
    }
    return true;
  };

  const hear = (event: HubEvent): void => {
    for (const follower of followers.values()) {
      const { subscription } = follower;
      const isOurs = (session: string) => follower.session === undefined || follower.session === session;
      if (event.type === "entries") {
        const ours = event.entries.filter((entry) => isOurs(entry.session) && isWanted(follower, entry));
        follower.heard?.push(...ours);
        if (ours.length > 0) void pump(follower);
      } else if (event.type === "delta") {
        if (!follower.deltas || !isOurs(event.delta.session)) continue;
        follower.heard?.push(event.delta);
        void pump(follower);
      } else if (isOurs(event.session)) {
        const { session, turn, error } = event;
        peer.notify("turn.stalled", { subscription, session, turn, code: error.code, message: error.message });
      }
    }
  };
  const stopListening = hub.listen(hear);
  return {
    follow: ({ session, after, deltas, kinds }) => {
      if (followers.size >= MAX_SUBSCRIPTIONS) {
        throw new LoopdError(
          "too-many-requests",
          `A connection follows at most ${MAX_SUBSCRIPTIONS} things. End one with entries.unfollow.`,
        );
      }
      const subscription = `f${++count}`;
      const follower: Follower = {
        subscription,
        session,
        deltas,
        kinds: kinds && new Set(kinds),
        cursor: after,
        heard: undefined,
        isPumping: false,
      };
      followers.set(subscription, follower);
      void pump(follower);
      return { subscription };
    },
    unfollow: ({ subscription }) => {
      followers.delete(subscription);
      return {};
    },
    close: () => {
      followers.clear();
      stopListening();
    },
  };
}

function isWanted({ kinds }: Follower, { kind }: Entry): boolean {
  return kinds === undefined || kinds.has(kind);
}

/** Entries that follow one another, with the deltas behind them. */
function stretches(heard: readonly (Entry | Delta)[]): { entries: Entry[]; deltas: Delta[] }[] {
  const found: { entries: Entry[]; deltas: Delta[] }[] = [];
  for (const one of heard) {
    const last = found.at(-1);
    if ("channel" in one) {
      if (last === undefined) found.push({ entries: [], deltas: [one] });
      else last.deltas.push(one);
    } else if (last === undefined || last.deltas.length > 0) found.push({ entries: [one], deltas: [] });
    else last.entries.push(one);
  }
  return found;
}

/** What one request says on one channel in a row, as one delta, or as few as frames allow. */
function joined(deltas: readonly Delta[]): Delta[] {
  const runs: Delta[] = [];
  for (const delta of deltas.flatMap(pieces)) {
    const last = runs.at(-1);
    const isSame = last?.request === delta.request && last.channel === delta.channel && delta.channel !== "progress";
    const isRoomy = (last?.text.length ?? 0) + delta.text.length <= MAX_DELTA_CHARACTERS;
    if (last !== undefined && isSame && isRoomy) runs[runs.length - 1] = { ...last, text: last.text + delta.text };
    else runs.push(delta);
  }
  return runs;
}

function pieces(delta: Delta): Delta[] {
  if (delta.text.length <= MAX_DELTA_CHARACTERS) return [delta];
  const count = Math.ceil(delta.text.length / MAX_DELTA_CHARACTERS);
  const start = (index: number) => index * MAX_DELTA_CHARACTERS;
  return Array.from({ length: count }, (_, index) => ({
    ...delta,
    text: delta.text.slice(start(index), start(index + 1)),
  }));
}
