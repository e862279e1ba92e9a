import type OpenAI from "openai";
import type { _iterSSEMessages } from "openai/core/streaming";
import { rejectingBadStatus } from "./bad-status.ts";
import { fetchFor } from "./endpoint-fetch.ts";
import { keptClients, NEVER_MS } from "./kept-clients.ts";

/** A client of one profile and its secrets, with the SDK's reader of raw server-sent events. */
interface OpenAIClient {
  completions: OpenAI["chat"]["completions"];
  rawEvents: typeof _iterSSEMessages;
}

/**
 * The client of a profile and its secrets. The SDK is loaded with the first request, so that a helper that never speaks
 * this dialect does not hold it in memory.
 */
export const openaiClient = keptClients(async (profile, secrets): Promise<OpenAIClient> => {
  const [sdk, streaming] = await Promise.all([import("openai"), import("openai/core/streaming")]);
  const { chat } = new sdk.default({
    baseURL: completionsRoot(profile.url),
    // Everything that the SDK would else take from the environment. None of it reaches the wire: `fetch` sends the
    // profile's headers and no others.
    apiKey: "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: "off",
    fetch: rejectingBadStatus(await fetchFor(profile, secrets)),
  });
  return { completions: chat.completions, rawEvents: streaming._iterSSEMessages };
});

/**
 * What the SDK puts `/chat/completions` behind. People paste the address with or without that; an address without any
 * path means the usual `/v1`, every other path is the server's own.
 */
export function completionsRoot(url: string): string {
  const address = url.replace(/\/+$/, "");
  if (address.endsWith("/chat/completions")) return address.slice(0, -"/chat/completions".length);
  return new URL(address).pathname === "/" ? `${address}/v1` : address;
}
