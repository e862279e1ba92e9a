import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RehearsalServer, startRehearsal } from "../../../helper-daemon/rehearsal/rehearsal-server.ts";

let server: RehearsalServer;
beforeAll(async () => (server = await startRehearsal()));
afterAll(() => server.close());

interface Sent {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** By `node:http`, because `fetch` does not let its caller lie about the host. */
function send({
  path = "/v1/messages",
  method = "POST",
  headers = {},
  body,
}: Sent): Promise<{ status: number; text: string }> {
  const text = typeof body === "string" ? body : JSON.stringify(body ?? question("hello"));
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${server.key}`, ...headers };
    const sent = httpRequest(`${server.url}${path}`, { method, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? text : undefined);
  });
}

function question(text: string, more: object = {}) {
  return { model: "anything", max_tokens: 1000, messages: [{ role: "user", content: text }], ...more };
}

test("it listens on this machine only, with a new bearer each time", async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const other = await startRehearsal();
  expect(other.key).not.toBe(server.key);
  expect(other.url).not.toBe(server.url);
  expect(server.key.length).toBeGreaterThanOrEqual(43);
  await other.close();
});

test.each([
  ["no bearer", { authorization: "" }, 401],
  ["a wrong bearer", { authorization: "Bearer wrong" }, 401],
  ["the host of a rebound name", { host: "evil.example:80" }, 403],
  ["the right host at another port", { host: "127.0.0.1:1" }, 403],
  ["a web page", { origin: "http://evil.example" }, 403],
  ["a web page of this machine", { origin: "http://localhost:3000" }, 403],
  ["a page without origin", { origin: "null" }, 403],
])("%s is refused", async (_name, headers, status) => {
  for (const [path, method] of [
    ["/v1/messages", "POST"],
    ["/v1/models", "GET"],
    ["/nowhere", "GET"],
  ] as const) {
    const answer = await send({ path, method, headers });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ type: "error", error: { message: expect.any(String) } });
    expect(answer.text).not.toContain(server.key);
  }
});

test("localhost is this machine too", async () => {
  expect((await send({ headers: { host: new URL(server.url).host.replace("127.0.0.1", "localhost") } })).status).toBe(
    200,
  );
});

test("without stream it answers with one message, labelled", async () => {
  const { status, text } = await send({ body: question("hello") });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    type: "message",
    role: "assistant",
    model: "rehearsal",
    stop_reason: "end_turn",
    content: [{ type: "text", text: expect.stringMatching(/^\*\*Rehearsal model – not an AI/) }],
    usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
  });
});

test("with stream the events add up to the same message", async () => {
  const body = question("Run `date`", { stream: true, tools: [{ name: "shell_run" }] });
  const { text } = await send({ body });
  const types = [...text.matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
  expect(types[0]).toBe("message_start");
  expect(types.slice(-3)).toEqual(["content_block_stop", "message_delta", "message_stop"]);
  expect(types.filter((type) => type === "content_block_delta").length).toBeGreaterThan(1);
  expect(text).toContain('"stop_reason":"tool_use"');
  expect((await send({ body })).text).toBe(text);
});

test("count_tokens grows with the request and agrees with the usage", async () => {
  const count = async (body: object) => {
    const { input_tokens } = JSON.parse((await send({ path: "/v1/messages/count_tokens", body })).text) as {
      input_tokens: number;
    };
    return input_tokens;
  };
  const small = await count(question("hello"));
  const large = await count(
    question("hello", { tools: [{ name: "files_list", description: "x".repeat(350) }], system: "s" }),
  );
  expect(large).toBeGreaterThanOrEqual(small + 100);
  expect(JSON.parse((await send({ body: question("hello") })).text)).toMatchObject({ usage: { input_tokens: small } });
});

test("a small max_tokens cuts the answer and says so", async () => {
  const { text } = await send({ body: question("hello", { max_tokens: 16 }) });
  const message = JSON.parse(text) as {
    stop_reason: string;
    content: { text: string }[];
    usage: { output_tokens: number };
  };
  expect(message.stop_reason).toBe("max_tokens");
  expect(Buffer.byteLength(message.content[0]?.text ?? "")).toBeLessThanOrEqual(16 * 3.5);
});

test("models", async () => {
  expect(JSON.parse((await send({ path: "/v1/models", method: "GET" })).text)).toMatchObject({
    data: [{ id: "rehearsal" }],
  });
});

test.each([
  ["no JSON", "{", 400],
  ["no messages", { model: "m", max_tokens: 1 }, 400],
  ["a result without an id", question("x", { messages: [{ role: "user", content: [{ type: "tool_result" }] }] }), 400],
  ["null", "null", 400],
])("a body that is %s is refused in words", async (_name, body, status) => {
  const answer = await send({ body });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
});

test("a body without end is cut off", async () => {
  const answer = await send({ body: "x".repeat(65 * 1024 * 1024) }).catch((error: NodeJS.ErrnoException) => error.code);
  const refused = typeof answer === "object" ? answer.status : answer;
  expect([413, "ECONNRESET", "EPIPE"]).toContain(refused);
  expect((await send({})).status).toBe(200);
});

test("unknown paths are not found", async () => {
  expect((await send({ path: "/v1/complete" })).status).toBe(404);
  expect((await send({ path: "/v1/messages", method: "DELETE" })).status).toBe(404);
});
