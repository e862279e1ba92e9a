import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { ElicitRequest, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import type { jsonSchemaValidator, JsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import { VERSION } from "../../protocol/version.ts";
import { openHttpTransport, patientFetch, sayGoodbye } from "./http-transport.ts";
import type { Launch, UrlLaunch } from "./launch.ts";
import type { ServerLog } from "./server-log.ts";
import { StdioTransport } from "./stdio-transport.ts";
import { pause, untilAborted } from "./wait.ts";

/** A server that has said hello. */
export interface Connection {
  client: Client;
  /** Process of a server that loopd started. */
  pid: number | undefined;
  /** Resolves, with the reason for a person, once nothing can be sent any more. */
  closed: Promise<string>;
  /** Ends it; resolves once nothing of it lives. */
  close(): Promise<void>;
}

/** What a connection needs, and whom it tells what the server asks or says by itself. */
export interface ConnectionOptions {
  launch: Launch;
  /** Value of `LOOPD_CALL` of its processes. */
  mark: string;
  environment: Readonly<Record<string, string | undefined>>;
  log: ServerLog;
  /** Milliseconds until it must have said hello. */
  startLimit: number;
  signal: AbortSignal;
  onListChanged(): void;
  onElicit(params: ElicitRequest["params"], signal: AbortSignal): Promise<ElicitResult>;
}

/** How long a connection that has failed may take to say why. */
const CLOSING_MS = 500;

/** Results are for the model to judge; a validator made of a stranger's patterns could run for ever. */
const NO_OUTPUT_CHECK: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (value) => ({ valid: true, data: value as T, errorMessage: undefined }),
};

/** Why a server is gone, where that is what made a request fail; it says more than the request that it took along. */
export async function whyClosed(thrown: unknown, closed: Promise<string>): Promise<string | undefined> {
  const message = thrown instanceof Error ? thrown.message : "";
  if (!/Connection closed|takes no input|Not connected/.test(message)) return undefined;
  const timer = new AbortController();
  const late = pause(CLOSING_MS, timer.signal).catch(() => undefined);
  const why = await Promise.race([closed, late]);
  timer.abort();
  return why ?? undefined;
}

interface OpenTransport {
  transport: Transport;
  pid(): number | undefined;
  why(): string;
  end(): Promise<void>;
}

/**
 * Starts a server, or connects to it, and says hello.
 * @throws whatever went wrong; nothing of the server lives then
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { launch, log, startLimit, signal } = options;
  const [{ Client: McpClient }, types, { transport, pid, why, end }] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/types.js"),
    openTransport(launch, options),
  ]);
  const client = new McpClient(
    { name: "loopd", version: VERSION },
    { capabilities: { elicitation: { form: {} } }, jsonSchemaValidator: NO_OUTPUT_CHECK },
  );
  const closed = new Promise<string>((resolve) => {
    client.onclose = () => resolve(why());
  });
  client.onerror = (error) => log.odd(error.message);
  client.setNotificationHandler(types.ToolListChangedNotificationSchema, () => options.onListChanged());
  client.setNotificationHandler(types.ResourceListChangedNotificationSchema, () => options.onListChanged());
  client.setRequestHandler(types.ElicitRequestSchema, ({ params }, extra) => options.onElicit(params, extra.signal));
  try {
    // A transport that hangs while it connects knows no signal.
    await untilAborted(client.connect(transport, { timeout: startLimit, signal }), signal);
  } catch (cause) {
    const died = signal.aborted ? undefined : await whyClosed(cause, closed);
    await end();
    throw died === undefined ? cause : new Error(died, { cause });
  }
  return { client, pid: pid(), closed, close: end };
}

async function openTransport(launch: Launch, { mark, environment, log }: ConnectionOptions): Promise<OpenTransport> {
  if (launch.transport === "stdio") {
    const transport = new StdioTransport({ launch, mark, environment, log });
    return { transport, pid: () => transport.pid, why: () => transport.why, end: () => transport.close() };
  }
  const lost = () => "The connection to it was lost.";
  const none = () => undefined;
  if (launch.transport === "http") {
    const transport = await openHttpTransport(launch);
    const end = async () => {
      await sayGoodbye(transport);
      await transport.close();
    };
    return { transport, pid: none, why: lost, end };
  }
  const transport = launch.transport === "sse" ? await openSse(launch) : await openWebSocket(launch);
  return { transport, pid: none, why: lost, end: () => transport.close() };
}

async function openSse({ url, headers }: UrlLaunch): Promise<Transport> {
  const { SSEClientTransport } = await import("@modelcontextprotocol/sdk/client/sse.js");
  const transport = new SSEClientTransport(url, {
    requestInit: { headers: { ...headers } },
    fetch: await patientFetch(),
  });
  // It would connect anew by itself, but what had been asked over the old stream is never answered.
  transport.onerror = () => void transport.close();
  return transport;
}

async function openWebSocket({ url }: UrlLaunch): Promise<Transport> {
  const { WebSocketClientTransport } = await import("@modelcontextprotocol/sdk/client/websocket.js");
  return new WebSocketClientTransport(url);
}
