import { answerOf } from "./answer.ts";
import type { Dialect } from "./dialect.ts";
import { openaiClient } from "./openai-client.ts";
import { learnManners, mannersOf } from "./manners.ts";
import { createCompletionBuilder } from "./openai-reply.ts";
import { completionBody } from "./openai-request.ts";
import { badStatusIn } from "./bad-status.ts";

/** The OpenAI chat completions dialect, over its official SDK. */
export const openai: Dialect = {
  async open(request, profile, secrets, signal) {
    const { completions, rawEvents } = await openaiClient(profile, secrets);
    for (;;) {
      const body = completionBody(request, mannersOf(profile, request.model));
      try {
        const response = await completions.create(body, { signal }).asResponse();
        return answerOf(response, (read) => rawEvents(read, new AbortController()));
      } catch (thrown) {
        const refusal = badStatusIn(thrown);
        if (refusal === undefined || !learnManners(profile, request.model, refusal)) throw thrown;
      }
    }
  },
  createReply: createCompletionBuilder,
};
