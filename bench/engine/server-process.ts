// A process of its own: llama.cpp behind the two dialects, with one slot, saying what it is told to.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Conversation, fromCompletion, fromMessages, type RequestBody } from "./conversation.ts";
import { promptOf } from "./chat-template.ts";
import { startEngine } from "./engine.ts";
import type { FromEngine, ToEngine } from "./engine-messages.ts";
import { type Dialect, documentOf, streamOf, tooLong } from "./scripted-reply.ts";
import { createSlot } from "./slot.ts";

const MODEL = "tiny";
const CHATS: Readonly<Record<string, { dialect: Dialect; read: (body: RequestBody) => Conversation }>> = {
  "/v1/messages": { dialect: "anthropic", read: fromMessages },
  "/v1/chat/completions": { dialect: "openai", read: fromCompletion },
};

const [, , contextSize, manner] = process.argv;
const engine = await startEngine(Number(contextSize));
let slot = createSlot(engine, { answers: [], task: "\0" });
let release = (): void => {};
/** The slot's work, one request after the other. */
let queue: Promise<unknown> = Promise.resolve();

const server = createServer((request, response) => {
  serve(request, response).catch((thrown: unknown) => {
    console.error(thrown);
    if (!response.headersSent) json(response, 500, { error: { code: 500, message: String(thrown) } });
    else response.destroy();
  });
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "").replace(/\?.*$/, "");
  const facts = FACTS[path];
  if (request.method === "GET") return json(response, facts === undefined ? 404 : 200, facts ?? NOT_FOUND);
  const body = JSON.parse(await textOf(request)) as RequestBody;
  const arrivedAt = performance.now();
  if (path === "/v1/messages/count_tokens") {
    return json(response, 200, { input_tokens: engine.tokens(promptOf(fromMessages(body))).length });
  }
  const chat = CHATS[path];
  if (chat === undefined) return json(response, 404, NOT_FOUND);
  const answered = queue.then(() => answer(chat, body, arrivedAt, response));
  queue = answered.catch(() => undefined);
  await answered;
}

async function answer(
  { dialect, read }: { dialect: Dialect; read: (body: RequestBody) => Conversation },
  body: RequestBody,
  arrivedAt: number,
  response: ServerResponse,
): Promise<void> {
  const conversation = read(body);
  const chosen = slot.choose(conversation);
  if (chosen.isHeld === true) {
    const released = new Promise<void>((resolve) => (release = resolve));
    tell({ type: "held", requests: slot.counts.length + 1 });
    await released;
  }
  const number = slot.counts.length + 1;
  const begunAt = chosen.isHeld === true ? performance.now() : arrivedAt;
  const begun = await slot.begin(conversation, body, chosen, begunAt);
  if (begun.isRefused) return json(response, 400, JSON.parse(tooLong(begun.tokens, engine.contextSize)));
  const reply = await begun.finish();
  if (body.stream !== true) return json(response, 200, documentOf(dialect, reply, MODEL, number));
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.end(streamOf(dialect, reply, MODEL, number));
}

const NOT_FOUND = { error: { code: 404, message: "File Not Found", type: "not_found_error" } };
const PROPS = { default_generation_settings: { n_ctx: engine.contextSize }, total_slots: 1, model_path: MODEL };
const FACTS: Readonly<Record<string, object>> = {
  "/health": { status: "ok" },
  ...(manner === "secretive" ? {} : { "/props": PROPS }),
  "/v1/models": { object: "list", data: [{ id: MODEL, object: "model", owned_by: "llamacpp" }] },
};

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function tell(message: FromEngine): void {
  process.send?.(message);
}

process.on("message", (message: ToEngine) => {
  if (message.type === "release") return release();
  if (message.type === "counts") return tell({ type: "counts", counts: slot.counts });
  slot = createSlot(engine, message.script);
  tell({ type: "scripted" });
});
process.on("disconnect", () => process.exit(0));
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  tell({ type: "listening", url: `http://127.0.0.1:${port}`, contextSize: engine.contextSize });
});
