import { asLoopdError } from "../protocol/errors.ts";
import type { ParamsOf } from "../protocol/requests.ts";
import type { FollowedTurn } from "./follow-turn.ts";

/**
 * Answers a card of a turn. Where the helper goes away before it says that it took the answer, the answer is given again
 * to the one that comes back: a card takes only one, so it can never count twice.
 * @throws LoopdError `card-resolved` when somebody else was first; `unknown-card`; those of a lost helper.
 */
export async function answerCard(followed: FollowedTurn, answer: ParamsOf<"card.resolve">): Promise<void> {
  try {
    await followed.request("card.resolve", answer);
  } catch (thrown) {
    if (asLoopdError(thrown).code !== "connection-closed") throw thrown;
    await followed.request("card.resolve", answer);
  }
}
