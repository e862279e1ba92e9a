import { anthropicClient } from "./anthropic-client.ts";
import type { Dialect } from "./dialect.ts";
import { createReplyBuilder } from "./reply-builder.ts";
import { requestBody } from "./request-body.ts";

/** The Anthropic Messages dialect, over its official SDK. */
export const anthropic: Dialect = {
  async open(request, profile, secrets, signal) {
    const client = await anthropicClient(profile, secrets);
    const response = await client.messages.create(requestBody(request), { signal }).asResponse();
    return {
      contentType: response.headers.get("content-type") ?? "",
      text: () => response.text(),
      events: () => client.rawEvents(response),
    };
  },
  createReply: createReplyBuilder,
};
