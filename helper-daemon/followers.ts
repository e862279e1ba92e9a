import { LoopdError } from "../src/protocol/errors.ts";
import type { Peer } from "../src/protocol/peer.ts";
import type { ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Entry } from "../src/protocol/entries.ts";
import type { Seq } from "../src/protocol/values.ts";
import type { Hub, HubEvent } from "./hub.ts";
import type { EntryLog } from "./store/entry-log.ts";

const PAGE = 200;
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
  /** Last entry that was sent; everything after it is read from the log, so a slow client misses nothing but deltas. */
  cursor: Seq;
  isPumping: boolean;
}

/** Carries the trace to one client, at the client's pace. */
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
        const entries = log.page(follower.session, follower.cursor, PAGE);
        const last = entries.at(-1);
        if (last === undefined) return;
        if (send(follower, entries)) follower.cursor = last.seq;
        else await peer.drained();
      }
    } catch (thrown) {
      peer.close(
        new LoopdError("store-failed", `The trace could not be read: ${(thrown as Error).message}`, { cause: thrown }),
      );
    } finally {
      follower.isPumping = false;
    }
  };
  const send = (follower: Follower, entries: Entry[]) =>
    peer.notify("entries.added", { subscription: follower.subscription, entries });

  const hear = (event: HubEvent): void => {
    for (const follower of followers.values()) {
      const { subscription } = follower;
      const isOurs = (session: string) => follower.session === undefined || follower.session === session;
      if (event.type === "entries") {
        if (event.entries.some((entry) => isOurs(entry.session))) void pump(follower);
      } else if (event.type === "delta") {
        if (follower.deltas && isOurs(event.delta.session)) peer.notify("delta", { subscription, delta: event.delta });
      } else if (isOurs(event.session)) {
        const { session, turn, error } = event;
        peer.notify("turn.stalled", { subscription, session, turn, code: error.code, message: error.message });
      }
    }
  };
  const stopListening = hub.listen(hear);
  return {
    follow: ({ session, after, deltas }) => {
      if (followers.size >= MAX_SUBSCRIPTIONS) {
        throw new LoopdError(
          "too-many-requests",
          `A connection follows at most ${MAX_SUBSCRIPTIONS} things. End one with entries.unfollow.`,
        );
      }
      const subscription = `f${++count}`;
      const follower: Follower = { subscription, session, deltas, cursor: after, isPumping: false };
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
