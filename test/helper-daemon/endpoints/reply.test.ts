import { afterEach, expect, test } from "vitest";
import { type Behaviour, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { ask } from "./ask-endpoint.ts";

let server: ModelServer | undefined;
afterEach(() => server?.close());

async function askScript(behaviour: Behaviour, limits: Parameters<typeof ask>[0]["limits"] = {}) {
  server = await startModelServer(behaviour);
  return ask({ url: server.url, limits });
}

const events = (...all: object[]) =>
  all.map((event) => `event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
const begun = { type: "message_start", message: { role: "assistant", content: [] } };
const stop = { type: "message_stop" };

test("text is streamed, and whole in the reply with the server's own counts", async () => {
  const { reply, told } = await askScript(
    script().says("A rather long answer – with ünicode 🙂").withUsage({ input_tokens: 7, output_tokens: 9 }),
  );
  expect(reply).toEqual({
    type: "responded",
    content: [{ type: "text", text: "A rather long answer – with ünicode 🙂" }],
    stopReason: "end_turn",
    usage: { inputTokens: 7, outputTokens: 9 },
  });
  expect(told.length).toBeGreaterThan(3);
  expect(told.map((line) => line.replace("text:", "")).join("")).toBe("A rather long answer – with ünicode 🙂");
});

test("several calls with text before them, arguments in pieces", async () => {
  const { reply } = await askScript(
    script().calls([
      { name: "files_list", input: { path: "a b", deep: { list: [1, null, "ü"] } }, text: "I look." },
      { name: "files_read", input: {} },
    ]),
  );
  expect(reply).toMatchObject({
    stopReason: "tool_use",
    content: [
      { type: "text", text: "I look." },
      { type: "tool_use", id: "toolu_1_1", name: "files_list", input: { path: "a b", deep: { list: [1, null, "ü"] } } },
      { type: "tool_use", id: "toolu_1_2", name: "files_read", input: {} },
    ],
  });
});

test("arguments in one chunk, and repeated ids, are passed on as they are", async () => {
  const calls = [
    { name: "a", input: { x: 1 } },
    { name: "b", input: { y: 2 } },
  ];
  const { reply } = await askScript(script().calls(calls).oneChunk().sameId());
  expect(reply).toMatchObject({
    content: [
      { id: "toolu_same", name: "a", input: { x: 1 } },
      { id: "toolu_same", name: "b", input: { y: 2 } },
    ],
  });
});

test.each(['{"a":1,"b":', '{"path":"/tmp', "[1,2]", '"text"', "null", "{'a':1}", "{} trailing"])(
  "arguments that are no whole JSON object never become one: %s",
  async (text) => {
    const { reply } = await askScript(script().truncatedArguments("files_read", text));
    expect(reply).toMatchObject({ content: [{ type: "tool_use", name: "files_read", input: {}, unparsed: text }] });
  },
);

test("arguments nested absurdly deep never run", async () => {
  const text = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  const { reply } = await askScript(script().truncatedArguments("files_read", text).oneChunk());
  expect(reply).toMatchObject({ content: [{ input: {}, unparsed: text }] });
});

test("a call counts under any stop reason, and a missing stop reason is made up from the content", async () => {
  const stopped = await askScript(script().calls("files_list").stopReason("end_turn"));
  expect(stopped.reply).toMatchObject({ stopReason: "end_turn", content: [{ type: "tool_use" }] });
  await server?.close();
  const call = {
    type: "content_block_start",
    index: 0,
    content_block: { type: "tool_use", id: "", name: "a", input: { b: 1 } },
  };
  const silent = await askScript(script().sends(events(begun, call, stop)));
  expect(silent.reply).toEqual({
    type: "responded",
    stopReason: "tool_use",
    content: [{ type: "tool_use", id: "", name: "a", input: { b: 1 } }],
  });
});

test("text for a block behind which another one began is no answer: what was told has its place", async () => {
  const block = (index: number) => ({ type: "content_block_start", index, content_block: { type: "text", text: "" } });
  const text = (index: number, words: string) => ({
    type: "content_block_delta",
    index,
    delta: { type: "text_delta", text: words },
  });
  const { reply } = await askScript(
    script().sends(events(begun, block(0), block(1), text(1, "b"), text(0, "a"), stop)),
    { requestAttempts: 1 },
  );
  expect(reply).toMatchObject({ code: "endpoint-bad-response", message: expect.stringContaining("has followed") });
});

test("an input that came whole and is then streamed counts once", async () => {
  const start = {
    type: "content_block_start",
    index: 0,
    content_block: { type: "tool_use", id: "i", name: "a", input: { b: 1 } },
  };
  const delta = { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"b":1}' } };
  const { reply } = await askScript(script().sends(events(begun, start, delta, stop)));
  expect(reply).toMatchObject({ content: [{ input: { b: 1 } }] });
});

test("thinking keeps its signature, redacted thinking its data, and reasoning is told apart", async () => {
  const redacted = {
    type: "content_block_start",
    index: 0,
    content_block: { type: "redacted_thinking", data: "OPAQUE==" },
  };
  const first = await askScript(script().thinks("Hm, let me think", "c2lnbmF0dXJl").says("Yes"));
  expect(first.reply).toMatchObject({
    content: [
      { type: "thinking", thinking: "Hm, let me think", signature: "c2lnbmF0dXJl" },
      { type: "text", text: "Yes" },
    ],
  });
  expect(first.told[0]).toMatch(/^reasoning:/);
  await server?.close();
  const second = await askScript(script().sends(events(begun, redacted, stop)));
  expect(second.reply).toMatchObject({ content: [{ type: "redacted_thinking", data: "OPAQUE==" }] });
});

test("unknown events, blocks and deltas are passed over, also comments and events without a name", async () => {
  const body =
    ": a comment\n\n" +
    `data: ${JSON.stringify(begun)}\n\n` +
    events(
      { type: "content_block_start", index: 0, content_block: { type: "server_tool_use", id: 7, input: {} } },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "{" } },
      { type: "from_the_future", anything: true },
      { type: "content_block_start", index: 1, content_block: { type: "text", text: "Hi" } },
      { type: "content_block_delta", index: 1, delta: { type: "citations_delta", citation: {} } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "!" } },
      stop,
    ) +
    "data: [DONE]\n\n";
  const { reply } = await askScript(script().sends(body));
  expect(reply).toEqual({ type: "responded", stopReason: "end_turn", content: [{ type: "text", text: "Hi!" }] });
});

test("missing counts are unknown, not 0; cached tokens belong to the prompt", async () => {
  const unknown = await askScript(script().says("hi").withoutUsage());
  expect(unknown.reply).not.toHaveProperty("usage");
  await server?.close();
  const usage = { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 5 };
  const cached = await askScript(script().says("hi").withUsage(usage));
  expect(cached.reply).toMatchObject({ usage: { inputTokens: 100, cachedTokens: 90, outputTokens: 5 } });
});

test("a reply that is whole stays so when its connection is cut or never closed afterwards", async () => {
  const { createServer } = await import("node:http");
  for (const end of ["cut", "open"] as const) {
    const raw = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const text = { type: "content_block_start", index: 0, content_block: { type: "text", text: "whole" } };
      response.write(events(begun, text, stop), () => void (end === "cut" && response.socket?.destroySoon()));
    });
    await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(raw.address() as { port: number }).port}`;
    const { reply, waits } = await ask({ url, limits: { streamIdleMs: 200 } });
    expect(reply).toMatchObject({ type: "responded", content: [{ text: "whole" }] });
    expect(waits).toEqual([]);
    raw.closeAllConnections();
    raw.close();
  }
});
