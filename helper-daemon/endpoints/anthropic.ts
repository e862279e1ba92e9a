import { anthropicClient } from "./anthropic-client.ts";
import { badStatusIn } from "./bad-status.ts";
import { withBreakpoints } from "./cache-breakpoints.ts";
import { answerOf } from "./answer.ts";
import type { Dialect } from "./dialect.ts";
import { learnManners, mannersOf } from "./manners.ts";
import { createReplyBuilder } from "./reply-builder.ts";
import { requestBody } from "./request-body.ts";

/** The Anthropic Messages dialect, over its official SDK. */
export const anthropic: Dialect = {
  async open(request, profile, secrets, signal) {
    const client = await anthropicClient(profile, secrets);
    for (;;) {
      const body = requestBody(request);
      // Runtimes on this machine reuse what they have read without being told.
      const isMarked = profile.trust === "remote" && !mannersOf(profile, request.model).has("no-cache-control");
      try {
        const response = await client.messages.create(isMarked ? withBreakpoints(body) : body, { signal }).asResponse();
        return answerOf(response, (read) => client.rawEvents(read));
      } catch (thrown) {
        const refusal = badStatusIn(thrown);
        if (refusal === undefined || !learnManners(profile, request.model, refusal)) throw thrown;
      }
    }
  },
  createReply: createReplyBuilder,
};
