import { fold } from "../src/agent/fold.ts";
import { emptyView } from "../src/agent/transcript.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Hub } from "./hub.ts";
import type { Store } from "./store/open-store.ts";
import type { Turns } from "./turns.ts";

/** What a compaction on a person's word needs of the helper. */
interface CompactionOptions {
  store: Pick<Store, "lists" | "compactions">;
  hub: Hub;
  turns: Pick<Turns, "history" | "wake">;
}

/**
 * Records that a person wants a session's conversation made smaller, and sees that it is done: before the next request of
 * its open turn, else at once. What a helper has recorded and not done, the next one does when it starts.
 * @throws LoopdError `unknown-session`, `nothing-to-compact`, `compaction-asked`.
 */
export function askCompaction(
  { store, hub, turns }: CompactionOptions,
  { session, by, note }: ParsedParamsOf<"session.compact">,
): ResultOf<"session.compact"> {
  store.lists.session(session);
  if (store.compactions.asked(session) !== undefined) {
    const hint = `See it in: loopd trace show ${session} --kind compaction.asked,epoch.opened,epoch.skipped`;
    throw new LoopdError(
      "compaction-asked",
      `A compaction of session ${session} is asked for already and comes before its next request; nothing was added. ${hint}`,
    );
  }
  const view = turns.history(session).reduce(fold, emptyView(session));
  if (view.sealed.length === 0) {
    const words = `Session ${session} has sent nothing to a model since it began or was cleared, so there is nothing to compact.`;
    throw new LoopdError("nothing-to-compact", `${words} See where its window goes: loopd sessions show ${session}`);
  }
  const [asked] = hub.record([{ kind: "compaction.asked", session, data: { by, note } }]);
  turns.wake(session);
  return { after: asked?.seq ?? 0, turn: store.lists.openTurns(session)[0]?.turn };
}
