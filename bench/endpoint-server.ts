// A process of its own: the scripted endpoint. It measures what it can see from outside, the same for every loop.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "./answer.ts";
import { completionStream } from "./completion-stream.ts";
import type { FromEndpoint, ToEndpoint } from "./endpoint.ts";
import { messageStream } from "./message-stream.ts";

/** One turn of one loop. */
interface Turn {
  order: ToEndpoint;
  requests: number;
  /** When the last answer was written, in milliseconds of this process. */
  answeredAt?: number;
  gaps: number[];
}

const turns = new Map<string, Turn>();
const ROUTES: Record<string, (answer: Answer, number: number) => string> = {
  "/v1/messages": messageStream,
  "/v1/chat/completions": completionStream,
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => answer(request, Buffer.concat(chunks), performance.now(), response));
});

function answer(request: IncomingMessage, body: Buffer, arrivedAt: number, response: ServerResponse): void {
  const [, lane = "", path = ""] = /^\/([^/]+)(\/[^?]*)/.exec(request.url ?? "") ?? [];
  const stream = ROUTES[path];
  const turn = turns.get(lane);
  if (stream === undefined || turn === undefined) return void response.writeHead(404).end();
  if (turn.answeredAt !== undefined) turn.gaps.push(arrivedAt - turn.answeredAt);
  turn.requests += 1;
  const { paths, marker } = turn.order;
  const text = body.toString("utf8");
  const results = text.split(marker).length - 1;
  if (results !== turn.requests - 1) {
    tell({ type: "wrong", lane, why: `request ${turn.requests} held ${results} results with the file's text` });
    return void response.writeHead(400).end();
  }
  const file = paths[turn.requests - 1];
  const isLast = file === undefined;
  const next: Answer = isLast
    ? { type: "text", text: turn.order.farewell }
    : { type: "call", tool: toolOf(text), path: file };
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.end(stream(next, turn.requests));
  turn.answeredAt = performance.now();
  if (isLast) tell({ type: "gaps", lane, gaps: turn.gaps });
}

/** Name of the loop's tool that reads a file: every loop offers one, and the model must call it by its name there. */
function toolOf(body: string): string {
  const { tools = [] } = JSON.parse(body) as { tools?: { name?: string; function?: { name: string } }[] };
  const names = tools.map((tool) => tool.name ?? tool.function?.name ?? "");
  return names.find((name) => /^(read_file|files_read)$/.test(name)) ?? "no_such_tool";
}

function tell(message: FromEndpoint): void {
  process.send?.(message);
}

process.on("message", (order: ToEndpoint) => {
  turns.set(order.lane, { order, requests: 0, gaps: [] });
  tell({ type: "expecting", lane: order.lane });
});
process.on("disconnect", () => process.exit(0));
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  tell({ type: "listening", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
