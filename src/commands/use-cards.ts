import { usePromise } from "@raycast/utils";
import type { CardRow } from "../protocol/requests.ts";
import { listCards } from "./list-cards.ts";
import type { TurnView } from "./use-turn.ts";

/** The cards of a turn that wait for an answer, with all that a person needs to answer them; in the order of asking. */
export function useCards(view: TurnView | undefined): readonly CardRow[] {
  const pending = view?.progress.pendingCards.map(({ cardId }) => cardId) ?? [];
  const { data } = usePromise(
    async (_ids: string) => {
      const { followed } = view as TurnView;
      const cards = await listCards(followed.request, { session: followed.session });
      return cards.filter(({ turn }) => turn === followed.turn);
    },
    [pending.join(" ")],
    { execute: pending.length > 0, failureToastOptions: { title: "Could Not Read What Is Asked" } },
  );
  return pending.flatMap((cardId) => data?.find((card) => card.approvalId === cardId) ?? []);
}
