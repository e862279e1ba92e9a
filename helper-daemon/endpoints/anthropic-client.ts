import type Anthropic from "@anthropic-ai/sdk";
import type { Stream } from "@anthropic-ai/sdk/streaming";
import type { Agent, fetch as undiciFetch } from "undici";
import type { EndpointProfile } from "../../src/protocol/config.ts";
import { VERSION } from "../../src/protocol/version.ts";

/** A client of one profile and key, with the SDK's reader of raw server-sent events. */
export interface AnthropicClient {
  messages: Anthropic["messages"];
  rawEvents: typeof Stream.rawEvents;
}

interface Libraries {
  Anthropic: typeof Anthropic;
  Stream: typeof Stream;
  fetch: typeof undiciFetch;
  agent: Agent;
}

/** Larger than any answer; what is larger still is a server gone mad, and would fill the memory. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
/** How long an unused connection is kept for the next step, unless the server says less. */
const KEEP_ALIVE_MS = 60_000;
const MAX_CLIENTS = 32;
/** Longest timer that Node has; the time limits are ours, so the SDK's must never strike first. */
const NEVER_MS = 2 ** 31 - 1;

let libraries: Promise<Libraries> | undefined;
let loaded: Libraries | undefined;
const clients = new Map<string, AnthropicClient>();

/**
 * The client of a profile and key; the same one for the same pair. The libraries are loaded with the first request,
 * so that a helper that is never asked does not hold them in memory.
 */
export async function anthropicClient(profile: EndpointProfile, key: string | undefined): Promise<AnthropicClient> {
  const { url, auth, apiVersion } = profile;
  const id = JSON.stringify([url, auth, apiVersion, key]);
  const known = clients.get(id);
  if (known !== undefined) return known;
  libraries ??= loadLibraries();
  loaded ??= await libraries;
  const client = createClient(profile, key, loaded);
  const [oldest] = clients.keys();
  if (clients.size >= MAX_CLIENTS && oldest !== undefined) clients.delete(oldest);
  clients.set(id, client);
  return client;
}

async function loadLibraries(): Promise<Libraries> {
  // undici is CommonJS: in a bundle only its default export is there.
  const [sdk, streaming, { default: undici }] = await Promise.all([
    import("@anthropic-ai/sdk"),
    import("@anthropic-ai/sdk/streaming"),
    import("undici"),
  ]);
  // Node's own fetch gives up after five minutes without headers: less than a long prompt takes on a small machine.
  const agent = new undici.Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });
  return { Anthropic: sdk.default, Stream: streaming.Stream, fetch: undici.fetch, agent };
}

function createClient(
  profile: EndpointProfile,
  key: string | undefined,
  { Anthropic, Stream, fetch, agent }: Libraries,
) {
  const headers = headersOf(profile, key);
  const client = new Anthropic({
    baseURL: baseUrl(profile.url),
    // Some credential must be given: without one the SDK takes the environment's or one from its own files. It never
    // reaches the wire, because `fetch` below sends our headers and no others.
    authToken: "none",
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: "off",
    openTelemetry: false,
    fetch: async (url, init) => {
      const response = await fetch(String(url), {
        method: "POST",
        headers,
        body: init?.body as string,
        signal: init?.signal ?? null,
        // A redirect would carry x-api-key to another origin.
        redirect: "manual",
        dispatcher: agent,
      });
      return response as unknown as Response;
    },
  });
  return { messages: client.messages, rawEvents: Stream.rawEvents };
}

/** Every header that leaves this machine. A key goes out in the one place that the profile names. */
function headersOf({ auth, apiVersion }: EndpointProfile, key: string | undefined): Record<string, string> {
  return {
    accept: "text/event-stream, application/json",
    "accept-encoding": "identity",
    "content-type": "application/json",
    "user-agent": `loopd/${VERSION}`,
    "anthropic-version": apiVersion,
    ...(key !== undefined && auth === "x-api-key" ? { "x-api-key": key } : {}),
    ...(key !== undefined && auth === "bearer" ? { authorization: `Bearer ${key}` } : {}),
  };
}

/** The SDK adds `/v1/messages` itself; people paste the address with or without it. */
function baseUrl(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/v1(\/messages)?$/, "");
}
