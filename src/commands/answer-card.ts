import type { Connection } from "../protocol/connect.ts";
import { asLoopdError } from "../protocol/errors.ts";
import type { CardRow, ParamsOf } from "../protocol/requests.ts";

type Request = Connection["request"];
type Answer = ParamsOf<"card.resolve">;

/**
 * Answers a card. Where the helper goes away before it says that it took the answer, the answer is given again to the one
 * that comes back: a card takes only one, so it can never count twice.
 * @throws LoopdError `card-resolved` when somebody else was first, naming who and when; `unknown-card`; those of a lost
 * helper.
 */
export async function answerCard(request: Request, answer: Answer): Promise<CardRow> {
  try {
    return (await request("card.resolve", answer)).card;
  } catch (thrown) {
    if (asLoopdError(thrown).code !== "connection-closed") throw thrown;
    return answerAgain(request, answer);
  }
}

async function answerAgain(request: Request, answer: Answer): Promise<CardRow> {
  try {
    return (await request("card.resolve", answer)).card;
  } catch (thrown) {
    if (asLoopdError(thrown).code !== "card-resolved") throw thrown;
    const { card } = await request("card.show", { cardId: answer.cardId });
    // It was taken the first time.
    if (card.resolvedBy === answer.by && card.state === answer.resolution) return card;
    throw thrown;
  }
}
