import type Anthropic from "@anthropic-ai/sdk";
import type { Stream } from "@anthropic-ai/sdk/streaming";
import { rejectingBadStatus } from "./bad-status.ts";
import { fetchFor, serverRoot } from "./endpoint-fetch.ts";
import { keptClients, NEVER_MS } from "./kept-clients.ts";

/** A client of one profile and its secrets, with the SDK's reader of raw server-sent events. */
interface AnthropicClient {
  messages: Anthropic["messages"];
  rawEvents: typeof Stream.rawEvents;
}

/**
 * The client of a profile and its secrets. The SDK is loaded with the first request, so that a helper that is never asked
 * does not hold it in memory.
 */
export const anthropicClient = keptClients(async (profile, secrets): Promise<AnthropicClient> => {
  const [{ default: Anthropic }, { Stream }] = await Promise.all([
    import("@anthropic-ai/sdk"),
    import("@anthropic-ai/sdk/streaming"),
  ]);
  const { messages } = new Anthropic({
    // The SDK adds `/v1/messages` itself.
    baseURL: serverRoot(profile.url),
    // Some credential must be given: without one the SDK takes the environment's or one from its own files. It never
    // reaches the wire, because `fetch` sends the profile's headers and no others.
    authToken: "none",
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: "off",
    openTelemetry: false,
    fetch: rejectingBadStatus(await fetchFor(profile, secrets)),
  });
  return { messages, rawEvents: Stream.rawEvents };
});
