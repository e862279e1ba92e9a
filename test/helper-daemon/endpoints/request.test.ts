import { afterEach, expect, test, vi } from "vitest";
import { createModelPort } from "../../../helper-daemon/endpoints/model-port.ts";
import type { Message } from "../../../src/protocol/values.ts";
import { limitsSchema } from "../../../src/protocol/config.ts";
import { gate, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { ask, profileFor, question } from "./ask-endpoint.ts";

let server: ModelServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
});

const HOSTILE_ENVIRONMENT = {
  ANTHROPIC_API_KEY: "environment-key",
  ANTHROPIC_AUTH_TOKEN: "environment-token",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
  ANTHROPIC_CUSTOM_HEADERS: "x-leak: environment-header\nauthorization: Bearer environment-custom",
  ANTHROPIC_LOG: "debug",
};

test.each([
  ["none", undefined, {}],
  ["none", "never-sent", {}],
  ["x-api-key", "the-key", { "x-api-key": "the-key" }],
  ["bearer", "the-key", { authorization: "Bearer the-key" }],
] as const)(
  "auth %s with key %s sends what the profile says and nothing of the environment",
  async (auth, key, expected) => {
    for (const [name, value] of Object.entries(HOSTILE_ENVIRONMENT)) vi.stubEnv(name, value);
    server = await startModelServer(script().says("hi"));
    const apiVersion = `2023-06-01-${auth}`;
    const { reply } = await ask({
      url: server.url,
      profile: { auth, apiVersion },
      ...(key === undefined ? {} : { key }),
    });
    expect(reply).toMatchObject({ type: "responded" });
    const headers = server.requests[0]?.headers ?? {};
    expect(headers["anthropic-version"]).toBe(apiVersion);
    expect(headers["authorization"]).toBe((expected as { authorization?: string }).authorization);
    expect(headers["x-api-key"]).toBe((expected as { "x-api-key"?: string })["x-api-key"]);
    expect(JSON.stringify([headers, server.requests[0]?.path])).not.toMatch(/environment|never-sent|x-leak|stainless/i);
  },
);

test("a profile that needs a key and has none asks nobody", async () => {
  vi.stubEnv("ANTHROPIC_API_KEY", "environment-key");
  server = await startModelServer(script().says("hi"));
  const { reply } = await ask({ url: server.url, profile: { auth: "x-api-key" } });
  expect(reply).toMatchObject({
    type: "failed",
    code: "endpoint-unauthorized",
    message: expect.stringContaining("--key-stdin"),
  });
  expect(server.requests).toHaveLength(0);
});

test("the address may be given with /v1 or with the whole path", async () => {
  server = await startModelServer(script().says("hi").repeatLast());
  for (const path of ["", "/", "/v1", "/v1/", "/v1/messages"]) {
    expect((await ask({ url: server.url + path })).reply).toMatchObject({ type: "responded" });
  }
});

test("a request extends the one before byte for byte, whatever the order of its keys", async () => {
  server = await startModelServer(script().says("hi").repeatLast());
  const turn: Message[] = [
    { role: "user", content: [{ type: "text", text: "look" }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm", signature: "sig" },
        { type: "redacted_thinking", data: "x" },
        { name: "files_list", input: { z: 1, a: 2 }, id: "i", type: "tool_use" },
        { type: "tool_use", id: "j", name: "files_read", input: {}, unparsed: '{"path":' },
      ],
    },
    {
      content: [
        { content: "one", tool_use_id: "i", type: "tool_result" },
        { type: "tool_result", tool_use_id: "j", content: "ERROR: no", is_error: true },
      ],
      role: "user",
    },
  ];
  await ask({ url: server.url, request: { messages: turn.slice(0, 1) } });
  await ask({ url: server.url, request: { messages: turn } });
  const [first, second] = server.requests.map(({ text }) => text);
  const end = ']}],"stream":true}';
  expect(first?.endsWith(end)).toBe(true);
  expect(second?.startsWith(first?.slice(0, -end.length) ?? "?")).toBe(true);
  expect(second).not.toContain("unparsed");
  expect(second).toContain('{"type":"tool_use","id":"i","name":"files_list","input":{"z":1,"a":2}}');
  expect(server.requests[1]?.body.messages[2]).toEqual({
    role: "user",
    content: [
      { type: "tool_result", tool_use_id: "i", content: "one" },
      { type: "tool_result", tool_use_id: "j", content: "ERROR: no", is_error: true },
    ],
  });
});

test("what other models said is sent in a form that this dialect takes", async () => {
  server = await startModelServer(script().says("hi"));
  const messages: Message[] = [
    { role: "user", content: [{ type: "text", text: "go" }] },
    {
      role: "assistant",
      content: [
        { type: "text", text: "\n" },
        { type: "tool_use", id: "i", name: "files.list all!", input: {} },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "i", content: "no such tool", is_error: true }] },
    { role: "assistant", content: [{ type: "text", text: " \n" }] },
    { role: "user", content: [{ type: "text", text: "and?" }] },
  ];
  await ask({ url: server.url, request: { messages } });
  expect(server.requests[0]?.body.messages.slice(1, 4)).toEqual([
    { role: "assistant", content: [{ type: "tool_use", id: "i", name: "files_list_all_", input: {} }] },
    {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "i", content: "ERROR: no such tool", is_error: true }],
    },
    { role: "assistant", content: [{ type: "text", text: "(nothing)" }] },
  ]);
});

test("no sampling parameters, and no empty system or tools", async () => {
  server = await startModelServer(script().says("hi").repeatLast());
  await ask({ url: server.url });
  await ask({ url: server.url, request: { system: "", tools: [] } });
  const keys = server.requests.map(({ body }) => Object.keys(body));
  expect(keys).toEqual([
    ["model", "max_tokens", "system", "tools", "messages", "stream"],
    ["model", "max_tokens", "messages", "stream"],
  ]);
});

test("steps share connections", async () => {
  const ports = new Set<number | undefined>();
  const { createServer } = await import("node:http");
  const raw = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    request
      .resume()
      .on("end", () =>
        response.writeHead(200, { "content-type": "text/event-stream" }).end('data: {"type":"message_stop"}\n\n'),
      );
  });
  await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(raw.address() as { port: number }).port}`;
  for (let step = 0; step < 8; step++) expect((await ask({ url })).reply).toMatchObject({ type: "responded" });
  // The pool opens a second one when a request begins in the same tick as the answer before it ends.
  expect(ports.size).toBeLessThanOrEqual(2);
  raw.closeAllConnections();
  raw.close();
});

test("an endpoint gets as many requests at once as it has slots, the rest in order; waiting can be aborted", async () => {
  const held = gate();
  server = await startModelServer((body) => script().says(String(body.max_tokens)).holds(held));
  const { url } = server;
  const port = createModelPort({
    resolve: () => ({ profile: profileFor(url, { slots: 2 }), key: undefined }),
    limits: () => limitsSchema.parse({}),
  });
  const done: number[] = [];
  const stopping = new AbortController();
  const asking = [1, 2, 3, 4, 5].map((maxTokens) =>
    port({ ...question, maxTokens }, maxTokens === 4 ? stopping.signal : new AbortController().signal, () => {}).then(
      (reply) => {
        if (reply.type === "responded") done.push(maxTokens);
        return reply;
      },
    ),
  );
  await server.received(2);
  stopping.abort();
  expect(await asking[3]).toEqual({ type: "aborted" });
  expect(server.requests.map(({ body }) => body.max_tokens).sort()).toEqual([1, 2]);
  held.release();
  await Promise.all(asking);
  expect(done.sort()).toEqual([1, 2, 3, 5]);
  expect(server.requests.slice(2).map(({ body }) => body.max_tokens)).toEqual([3, 5]);
});

test("an endpoint that is gone", async () => {
  const limits = () => limitsSchema.parse({});
  const signal = new AbortController().signal;
  const nowhere = createModelPort({ resolve: () => undefined, limits });
  expect(await nowhere(question, signal, () => {})).toMatchObject({ type: "gone", code: "endpoint-gone" });
});

test("an abort during the wait between attempts ends it", async () => {
  server = await startModelServer(script().status(500).repeatLast());
  const { url } = server;
  const stopping = new AbortController();
  const port = createModelPort({
    resolve: () => ({ profile: profileFor(url), key: undefined }),
    limits: () => limitsSchema.parse({}),
    wait: (_duration, signal) => {
      const aborted = new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      stopping.abort();
      return aborted;
    },
  });
  expect(await port(question, stopping.signal, () => {})).toEqual({ type: "aborted" });
  expect(server.requests).toHaveLength(1);
});
