import { usePromise } from "@raycast/utils";
import type { CardRow } from "../protocol/requests.ts";
import { listCards } from "./list-cards.ts";
import type { CallProgress } from "./present/turn-progress.ts";
import type { TurnView } from "./use-turn.ts";

/**
 * The cards of a turn that wait for an answer, with all that a person needs to answer them; in the order of asking. Those
 * of its delegates come last: what they wait for is looked up whenever they say that they do something else.
 */
export function useCards(view: TurnView | undefined): readonly CardRow[] {
  const pending = view?.progress.pendingCards.map(({ cardId }) => cardId) ?? [];
  const isWorking = ({ name, state }: CallProgress) => name === "delegate" && state === "running";
  const delegates = view?.progress.calls.filter(isWorking) ?? [];
  const news = delegates.map(({ callId, text = "" }) => `${callId} ${text}`);
  const { data } = usePromise(
    async (_ids: string) => {
      const { followed } = view as TurnView;
      const cards = await listCards(followed.request, { session: followed.session });
      return cards.filter(({ session, turn }) => turn === followed.turn || session !== followed.session);
    },
    [[...pending, ...news].join(" ")],
    {
      execute: pending.length + delegates.length > 0,
      failureToastOptions: { title: "Could Not Read What Is Asked" },
    },
  );
  const own = pending.flatMap((cardId) => data?.find((card) => card.approvalId === cardId) ?? []);
  const theirs = delegates.length === 0 ? [] : (data?.filter(({ turn }) => turn !== view?.followed.turn) ?? []);
  return [...own, ...theirs];
}
