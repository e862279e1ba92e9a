import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Behaviour, gate, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { ask, type AskOptions } from "./ask-endpoint.ts";

let server: ModelServer | undefined;
afterEach(() => server?.close());

const KEY = "sk-secret-0123456789";

async function askScript(behaviour: Behaviour, options: Partial<AskOptions> = {}) {
  server = await startModelServer(behaviour);
  return ask({ url: server.url, ...options });
}

function apiError(type: string, message: string) {
  return { type: "error", error: { type, message } };
}

test.each([
  [400, apiError("invalid_request_error", "tools.0.name: too odd"), "endpoint-rejected", "tools.0.name: too odd"],
  [
    400,
    apiError("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    "endpoint-context-overflow",
    "new session",
  ],
  [
    400,
    {
      error: {
        code: 400,
        message: "the request exceeds the available context size. try increasing it",
        type: "exceed_context_size_error",
      },
    },
    "endpoint-context-overflow",
    "larger window",
  ],
  [
    400,
    { error: { message: "This model's maximum context length is 4096 tokens." } },
    "endpoint-context-overflow",
    "4096",
  ],
  [413, "", "endpoint-context-overflow", "does not fit"],
  [
    401,
    apiError("authentication_error", `invalid x-api-key ${KEY}`),
    "endpoint-unauthorized",
    "loopd endpoints set x --key-stdin",
  ],
  [403, apiError("permission_error", "no"), "endpoint-unauthorized", "403"],
  [404, apiError("not_found_error", "model: m"), "endpoint-not-found", 'It said: "model: m"'],
  [404, "<html><head><title>Not Found</title></head></html>", "endpoint-not-found", "titled Not Found"],
  [307, "", "endpoint-bad-response", "another address"],
  [422, { detail: "field missing" }, "endpoint-rejected", "field missing"],
] as const)("status %i is final: %j", async (status, body, code, words) => {
  const headers: Record<string, string> = status === 307 ? { location: "http://127.0.0.1:1/elsewhere" } : {};
  const { reply, waits } = await askScript(script().status(status, { headers }, body), {
    key: KEY,
    profile: { auth: "x-api-key" },
  });
  expect(reply).toMatchObject({ type: "failed", code });
  expect(reply).toMatchObject({ message: expect.stringContaining(words) });
  expect(JSON.stringify(reply)).not.toContain(KEY);
  expect(waits).toEqual([]);
  expect(server?.requests).toHaveLength(1);
});

test.each([
  [429, "endpoint-rate-limited"],
  [529, "endpoint-overloaded"],
  [500, "endpoint-server-error"],
  [503, "endpoint-server-error"],
  [408, "endpoint-timed-out"],
  [409, "endpoint-rejected"],
] as const)("status %i is tried again, then told with the number of attempts", async (status, code) => {
  const { reply, waits } = await askScript(script().status(status).repeatLast(), { limits: { requestAttempts: 3 } });
  expect(reply).toMatchObject({ type: "failed", code, message: expect.stringContaining("tried 3 times") });
  expect(server?.requests).toHaveLength(3);
  expect(waits).toEqual([250, 500]);
});

test("429 and then success", async () => {
  const { reply, waits } = await askScript(script().status(429, { retryAfter: 0 }).says("done"));
  expect(reply).toMatchObject({ type: "responded", content: [{ text: "done" }] });
  expect(waits).toEqual([0]);
});

test.each([
  [{ "retry-after": "2" }, 2000],
  [{ "retry-after": "86400" }, 60_000],
  [{ "retry-after-ms": "125", "retry-after": "9" }, 125],
  [{ "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 0],
  [{ "retry-after": "nonsense" }, 250],
] as const)("the server's wait is honoured within reason: %j", async (headers, wait) => {
  const { waits } = await askScript(script().status(429, { headers }).says("done"));
  expect(waits).toEqual([wait]);
});

test("overloaded in the middle of a stream: what was told is taken back before the next attempt", async () => {
  const { reply, told } = await askScript(script().overloadedMidStream().says("done"));
  expect(reply).toMatchObject({ type: "responded", content: [{ text: "done" }] });
  const reset = told.indexOf("reset:");
  expect(reset).toBeGreaterThan(0);
  expect(told.slice(reset + 1).join("")).toBe("text:done");
  await server?.close();
  const again = await askScript(script().overloadedMidStream().repeatLast());
  expect(again.reply).toMatchObject({ type: "failed", code: "endpoint-overloaded" });
});

test.each(["text", "arguments"] as const)("a connection cut within %s is tried again, then told", async (after) => {
  const mended = await askScript(script().cutsOff({ after }).says("done"));
  expect(mended.reply).toMatchObject({ type: "responded", content: [{ type: "text", text: "done" }] });
  await server?.close();
  const lost = await askScript(script().cutsOff({ after }).repeatLast());
  expect(lost.reply).toMatchObject({ type: "failed", code: "endpoint-bad-response" });
  expect(server?.requests).toHaveLength(2);
});

test("a message that never stops is not taken for whole", async () => {
  const { reply } = await askScript(script().calls("shell_run", { command: "rm x" }).withoutStop().repeatLast());
  expect(reply).toMatchObject({
    type: "failed",
    code: "endpoint-bad-response",
    message: expect.stringContaining("before the message was complete"),
  });
});

test.each([
  ["a stream that stalls", script().stalls().repeatLast()],
  ["a server that never answers", script().silent().repeatLast()],
])("%s is given up, tried again, then told", async (_name, behaviour) => {
  const { reply } = await askScript(behaviour, { limits: { streamIdleMs: 100 } });
  expect(reply).toMatchObject({
    type: "failed",
    code: "endpoint-timed-out",
    message: expect.stringContaining("0.1 s"),
  });
  expect(server?.requests).toHaveLength(2);
  await Promise.all((server?.requests ?? []).map(({ ended }) => ended));
});

test.each([
  ["an HTML page", script().html(), "titled Sign in"],
  [
    "a JSON error with status 200",
    script().sends(`{"error":{"message":"no such model, key ${KEY}"}}`, "application/json"),
    "no such model",
  ],
  ["an empty body", script().sends(""), "without a single event"],
  ["content null", script().nullContent(), "null"],
  ["garbage as data", script().sends("event: message_start\ndata: {not json\n\n"), "no answer of that kind"],
  [
    "an event of a wrong shape",
    script().sends('event: content_block_delta\ndata: {"type":"content_block_delta","index":"no"}\n\n'),
    "wrong index",
  ],
  [
    "a delta out of nowhere",
    script().sends('data: {"type":"content_block_delta","index":3,"delta":{"type":"text_delta","text":"a"}}\n\n'),
    "never began",
  ],
  [
    "a call without a name",
    script().sends('data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a"}}\n\n'),
    "wrong name",
  ],
])("%s is a bad response, told at once", async (_name, behaviour, words) => {
  const { reply } = await askScript(behaviour, { key: KEY, profile: { auth: "bearer" } });
  expect(reply).toMatchObject({ type: "failed", code: "endpoint-bad-response" });
  expect(reply).toMatchObject({ message: expect.stringContaining(words) });
  expect(JSON.stringify(reply)).not.toContain(KEY);
  expect(server?.requests).toHaveLength(1);
});

test("a server's words cannot steer the terminal that shows them", async () => {
  const { reply } = await askScript(script().status(400, {}, apiError("e", `bad\u001b[2J\u202e\n${"x".repeat(5000)}`)));
  const { message } = reply as { message: string };
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(message.length).toBeLessThan(800);
});

test("nothing listens: the address is named and what to do", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  const { reply, waits } = await ask({ url: `http://127.0.0.1:${port}/v1` });
  expect(reply).toMatchObject({ type: "failed", code: "endpoint-unreachable" });
  expect(reply).toMatchObject({
    message: expect.stringMatching(new RegExp(`http://127.0.0.1:${port}/v1 .*Is the model server running`)),
  });
  expect(waits).toHaveLength(1);
});

test("a port that no web client may ask is told as such", async () => {
  const { reply } = await ask({ url: "http://127.0.0.1:1" });
  expect(reply).toMatchObject({ type: "failed", code: "endpoint-unreachable" });
  expect(reply).toMatchObject({
    message: expect.stringMatching(/http:\/\/127\.0\.0\.1:1 is refused.*running on another port/),
  });
});

test("a server that is none, and a name that is none", async () => {
  const greeter = createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-hello\r\n")).listen(
    0,
    "127.0.0.1",
  );
  await new Promise((resolve) => greeter.once("listening", resolve));
  const { port } = greeter.address() as { port: number };
  const ssh = await ask({ url: `http://127.0.0.1:${port}` });
  expect(ssh.reply).toMatchObject({
    type: "failed",
    code: "endpoint-bad-response",
    message: expect.stringContaining("not answer in HTTP"),
  });
  greeter.close();
  const name = await ask({ url: "http://no-such-host.invalid" });
  expect(name.reply).toMatchObject({
    type: "failed",
    code: "endpoint-unreachable",
    message: expect.stringContaining("resolved"),
  });
});

test("an abort ends a request that runs, one that waits, and one that has not begun", async () => {
  const held = gate();
  const running = new AbortController();
  server = await startModelServer(script().says("late").holds(held));
  const asking = ask({ url: server.url, signal: running.signal });
  await server.received(1);
  running.abort();
  expect((await asking).reply).toEqual({ type: "aborted" });
  await server.requests[0]?.ended;
  expect((await ask({ url: server.url, signal: AbortSignal.abort() })).reply).toEqual({ type: "aborted" });
  expect(server.requests).toHaveLength(1);
  held.release();
});

test("an abort after the first words ends the stream", async () => {
  const stopping = new AbortController();
  const { reply } = await askScript(script().stalls(), { signal: stopping.signal, tell: () => stopping.abort() });
  expect(reply).toEqual({ type: "aborted" });
  await server?.requests[0]?.ended;
});
