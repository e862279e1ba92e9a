import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { UrlLaunch } from "./launch.ts";
import { watchFetch } from "./watched-fetch.ts";

const CONNECT_MS = 10_000;
/** How long a server may take to hear that a session is over. */
const GOODBYE_MS = 1_000;
const CLOSED_STREAM = "the stream was closed before the answer came, so whether the call had an effect is unknown";

/** A fetch without time limits of its own: a call's limit is loopd's. Redirects are the transport's business. */
export async function patientFetch(): Promise<FetchLike> {
  // Bundled, a CommonJS package has its default export only.
  const { Agent, fetch } = (await import("undici")).default;
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_MS } });
  return ((url, init) => fetch(url, { ...(init as object), dispatcher })) as FetchLike;
}

/**
 * Streamable HTTP as the SDK speaks it, which does not see when the stream of a request breaks: that request gets an
 * error at once. Headers never go to another origin: the SDK follows redirects only within one.
 */
export async function openHttpTransport({ url, headers }: UrlLaunch): Promise<StreamableHTTPClientTransport> {
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  const unanswered = new Set<string | number>();
  const resuming = new Set<string | number>();
  const lose = (id: string | number) => {
    transport.onmessage?.({ jsonrpc: "2.0", id, error: { code: -32_000, message: CLOSED_STREAM } });
  };
  const watched = watchFetch(await patientFetch(), (id, isResumable) => {
    if (!unanswered.has(id)) return;
    if (isResumable) resuming.add(id);
    else lose(id);
  });
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { ...headers } },
    fetch: watched.fetch,
  });
  const send = transport.send.bind(transport);
  const forget = (id: string | number) => {
    unanswered.delete(id);
    resuming.delete(id);
  };
  transport.send = async (message: JSONRPCMessage, options) => {
    if ("method" in message && "id" in message) unanswered.add(message.id);
    const sent = send(message, options);
    const cancelled = cancelledId(message);
    if (cancelled !== undefined) {
      forget(cancelled);
      watched.drop(cancelled);
    }
    await sent;
  };
  // The protocol calls what is set here before its own.
  transport.onmessage = (message) => {
    if (!("method" in message) && message.id !== undefined) forget(message.id);
  };
  transport.onerror = (error) => {
    if (!error.message.startsWith("Maximum reconnection attempts")) return;
    for (const id of [...resuming]) lose(id);
    // Nothing that the server says by itself would be heard any more; the next call connects anew.
    setImmediate(() => void transport.close());
  };
  return transport;
}

/** Id of the request that a message calls off. */
function cancelledId(message: JSONRPCMessage): string | number | undefined {
  if (!("method" in message) || message.method !== "notifications/cancelled") return undefined;
  const id = message.params?.["requestId"];
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}

/** Tells the server that the session is over, for as long as anybody can wait for that. */
export async function sayGoodbye(transport: StreamableHTTPClientTransport): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS).unref());
  await Promise.race([transport.terminateSession().catch(() => undefined), late]);
}
