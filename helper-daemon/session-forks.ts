import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Hub } from "./hub.ts";
import { newId } from "./ids.ts";
import type { Store } from "./store/open-store.ts";

/** Going on from an earlier point of a session, in another session or in the same one. */
export interface SessionForks {
  /**
   * A new session that begins with everything up to an entry. The other one goes on undisturbed: its open turns, calls and
   * cards stay its own, and so do approvals that a person gave for that session.
   * @throws LoopdError `unknown-session`, `invalid-params` where `at` is no entry of its history.
   */
  fork(params: ParsedParamsOf<"session.fork">): ResultOf<"session.fork">;
  /**
   * The model forgets everything said so far, and taints end; the trace keeps it all, state and grants stay.
   * @throws LoopdError `unknown-session`, `turn-open`.
   */
  clear(params: ParsedParamsOf<"session.clear">): ResultOf<"session.clear">;
}

/** Forks and clears sessions of a store. */
export function createSessionForks({ lists, forks }: Store, hub: Hub): SessionForks {
  return {
    fork: ({ session: from, at, title }) => {
      lists.session(from);
      const { first, last } = forks.extent(from);
      if (at !== undefined && !forks.holds(from, at)) {
        const range = `Its entries lie between ${first} and ${last}; numbers in between may belong to other sessions.`;
        const hint = `Nothing was forked. See them with: loopd trace show ${from}`;
        throw new LoopdError("invalid-params", `Session ${from} has no entry ${at}. ${range} ${hint}`);
      }
      const session = newId("s");
      hub.record([{ kind: "session.forked", session, data: { from, at: at ?? last, title } }]);
      return { session: lists.session(session) };
    },
    clear: ({ session, by }) => {
      lists.session(session);
      const [open] = lists.openTurns(session);
      if (open !== undefined) {
        const hint = `Wait for it (loopd turn wait ${session}) or cancel it (loopd turn cancel ${session}), then clear.`;
        throw new LoopdError(
          "turn-open",
          `Session ${session} still works on turn ${open.turn}, so nothing was cleared. ${hint}`,
        );
      }
      const before = forks.extent(session).last;
      hub.record([{ kind: "session.cleared", session, data: { by } }]);
      return { before };
    },
  };
}
