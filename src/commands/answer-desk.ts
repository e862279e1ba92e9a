import type { StepCard } from "../protocol/card-answer.ts";
import type { Connection } from "../protocol/connect.ts";
import type { CardRow, ParamsOf } from "../protocol/requests.ts";
import { answerCard } from "./answer-card.ts";

/** Where the answers go that a person gives in a view. Both reject with a LoopdError where an answer was not taken. */
export interface AnswerDesk {
  answer(answer: ParamsOf<"card.resolve">): Promise<CardRow>;
  answerStep(answer: ParamsOf<"card.resolve-step">): Promise<StepCard[]>;
}

/** A desk that hands answers straight to the helper. */
export function openDesk(request: Connection["request"]): AnswerDesk {
  return {
    answer: (answer) => answerCard(request, answer),
    answerStep: async (answer) => (await request("card.resolve-step", answer)).cards,
  };
}
