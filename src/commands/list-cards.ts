import type { Connection } from "../protocol/connect.ts";
import type { CardRow, ParamsOf } from "../protocol/requests.ts";

/** Cards of one page, at most. */
const PAGE = 1000;

/** All cards of a list, page by page: what calls carry may be larger than one frame of the socket. */
export async function listCards(
  request: Connection["request"],
  filter: Pick<ParamsOf<"card.list">, "session" | "all">,
): Promise<CardRow[]> {
  const all: CardRow[] = [];
  for (;;) {
    const after = all.at(-1)?.approvalId;
    const { cards, isEnd } = await request("card.list", { ...filter, after, limit: PAGE });
    all.push(...cards);
    if (isEnd || cards.length === 0) return all;
  }
}
