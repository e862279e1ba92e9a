import type { Connection } from "../protocol/connect.ts";
import type { CardRow, ParamsOf } from "../protocol/requests.ts";

const MOST_CARDS = 1000;

/** The cards of a list, page by page, at most 1,000: what calls carry may be larger than one frame of the socket. */
export async function listCards(
  request: Connection["request"],
  filter: Pick<ParamsOf<"card.list">, "session" | "all">,
): Promise<CardRow[]> {
  const all: CardRow[] = [];
  for (;;) {
    const after = all.at(-1)?.approvalId;
    const { cards, isEnd } = await request("card.list", { ...filter, after, limit: MOST_CARDS });
    all.push(...cards);
    if (isEnd || cards.length === 0 || all.length >= MOST_CARDS) return all;
  }
}
