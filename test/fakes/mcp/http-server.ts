import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** An MCP server over HTTP that behaves as badly as the name of the called tool says. */
export interface HttpServer {
  url: string;
  /** Headers of all requests so far. */
  heard: { method: string; headers: IncomingHttpHeaders }[];
}

interface Message {
  id?: number;
  method?: string;
  params?: { name?: string };
}

/** `token`: what the Authorization header must be. `redirect`: where every request is sent on to. */
export async function startHttpServer(options: { token?: string; redirect?: string } = {}): Promise<HttpServer> {
  const heard: HttpServer["heard"] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    heard.push({ method: request.method ?? "", headers: request.headers });
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (options.redirect !== undefined) return void response.writeHead(307, { location: options.redirect }).end();
    if (options.token !== undefined && request.headers.authorization !== options.token)
      return void response.writeHead(401).end(`give me ${request.headers.authorization ?? "a header"}`);
    if (request.method !== "POST") return void response.writeHead(405).end();
    const message = JSON.parse(body) as Message;
    if (message.id === undefined) return void response.writeHead(202).end();
    reply(message, response);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, heard };
}

const TOOLS = ["echo", "drop", "cut", "garbage", "hang", "missing"];

function reply({ id, method, params }: Message, response: ServerResponse): void {
  const json = (result: object) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  const stream = (text: string) => response.writeHead(200, { "content-type": "text/event-stream" }).write(text);
  if (method === "initialize") {
    const serverInfo = { name: "http", version: "1" };
    return void json({ protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo });
  }
  if (method === "tools/list")
    return void json({ tools: TOOLS.map((name) => ({ name, inputSchema: { type: "object" } })) });
  switch (params?.name) {
    case "drop":
      stream(": hello\n\n");
      return void setImmediate(() => response.end());
    case "cut":
      stream(`data: {"jsonrpc":"2.0","id":${id},"resu`);
      return void setImmediate(() => response.destroy());
    case "garbage":
      return void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in</h1>");
    case "hang":
      return void stream(": wait\n\n");
    case "missing":
      return void response.writeHead(500).end("x".repeat(1_000_000));
    default:
      json({ content: [{ type: "text", text: "here" }] });
  }
}
