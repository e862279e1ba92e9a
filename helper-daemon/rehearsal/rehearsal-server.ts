import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import { inputTokens, messageResponse, messageStream } from "./message-response.ts";
import { type MessagesRequest, messagesRequestSchema } from "./messages-request.ts";
import { rehearse } from "./rehearse.ts";

/** The rehearsal model, listening. */
export interface RehearsalServer {
  /** Address on 127.0.0.1, on a port that was free. */
  url: string;
  /** Bearer that every request must bring; new with each start. */
  key: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** What a request is refused with, in the dialect's own error shape. */
class Refused extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** Starts the server. Only this machine reaches it, only who holds the key is answered, and no web page ever is. */
export async function startRehearsal(): Promise<RehearsalServer> {
  const key = randomBytes(32).toString("base64url");
  const server = createServer((request, response) => {
    response.on("error", () => {});
    serve(request, response).catch((thrown: unknown) => refuse(response, thrown));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    admit(request, hosts, key);
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const route = `${request.method} ${pathname}`;
    if (route === "GET /v1/models") return json(response, 200, models());
    if (route === "POST /v1/messages/count_tokens")
      return json(response, 200, { input_tokens: inputTokens(await read(request)) });
    if (route !== "POST /v1/messages") throw new Refused(404, "not_found_error", `There is nothing at ${route}.`);
    const body = await read(request);
    const message = messageResponse(body, rehearse(body));
    if (!body.stream) return json(response, 200, message);
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
    for (const event of messageStream(message)) response.write(event);
    response.end();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    key,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A name that resolves to this machine, or a page in a browser, could otherwise talk to us in the person's name. */
function admit({ headers }: IncomingMessage, hosts: readonly string[], key: string): void {
  if (!hosts.includes(headers.host ?? "")) throw new Refused(403, "permission_error", "This host name is not served.");
  if (headers.origin !== undefined) throw new Refused(403, "permission_error", "Web pages are not served.");
  if (!isSame(headers.authorization ?? "", `Bearer ${key}`)) {
    throw new Refused(401, "authentication_error", "The bearer is missing or wrong.");
  }
}

/** Compares without telling by its duration how much was right. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

async function read(request: IncomingMessage): Promise<MessagesRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Refused(413, "request_too_large", "The request is larger than 64 MiB.");
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refused(400, "invalid_request_error", "The body is not valid JSON.");
  }
  const parsed = messagesRequestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refused(400, "invalid_request_error", `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`);
}

function models() {
  const model = {
    type: "model",
    id: REHEARSAL_ENDPOINT,
    display_name: "Rehearsal (not an AI)",
    created_at: "2026-01-01T00:00:00Z",
  };
  return { data: [model], has_more: false, first_id: model.id, last_id: model.id };
}

function json(response: ServerResponse, status: number, value: object): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(value));
}

function refuse(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const known = thrown instanceof Refused ? thrown : new Refused(500, "api_error", "The rehearsal model failed.");
  // What is left of the body is not read, so the connection cannot be used again.
  response.setHeader("connection", "close");
  json(response, known.status, { type: "error", error: { type: known.type, message: known.message } });
}
