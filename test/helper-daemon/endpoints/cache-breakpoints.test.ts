import { describe, expect, test } from "vitest";
import type { Block, Message } from "../../../src/protocol/values.ts";
import { type RequestBody, script, startModelServer } from "../../fakes/model-server.ts";
import { ask, question } from "./ask-endpoint.ts";

const MARK = { cache_control: { type: "ephemeral" } };
const text = (words: string): Block => ({ type: "text", text: words });
const thought: Block = { type: "thinking", thinking: "hm", signature: "s" };
const call: Block = { type: "tool_use", id: "i", name: "files_list", input: { cache_control: "x" } };
const result: Block = { type: "tool_result", tool_use_id: "i", content: "one" };
const user = (...content: Block[]): Message => ({ role: "user", content });
const said = (...content: Block[]): Message => ({ role: "assistant", content });

/** Where a body is marked: `system`, `tools`, or message.block. */
function marksOf({ system, tools = [], messages }: Omit<RequestBody, "system"> & { system?: unknown }): string[] {
  const isMarked = (value: object) => Object.hasOwn(value, "cache_control");
  const blocks = messages.flatMap(({ content }, message) =>
    content.flatMap((block, index) => (isMarked(block) ? [`${message}.${index}`] : [])),
  );
  const heads = Array.isArray(system) && system.some(isMarked) ? ["system"] : [];
  return [...heads, ...(tools.some(isMarked) ? ["tools"] : []), ...blocks];
}

async function bodiesOf(requests: Parameters<typeof ask>[0]["request"][], steps = script().says("ok").repeatLast()) {
  const server = await startModelServer(steps);
  try {
    const replies = [];
    for (const request of requests)
      replies.push((await ask({ url: server.url, profile: { trust: "remote" }, request: request ?? {} })).reply);
    return { replies, bodies: server.requests.map(({ body }) => body), texts: server.requests.map((one) => one.text) };
  } finally {
    await server.close();
  }
}

describe("a request in the Messages dialect to a service", () => {
  test("is marked behind system text and tools, where the last request ended, and at its end", async () => {
    const first = [user(text("hello"))];
    const second = [...first, said(thought, call), user(result)];
    const third = [...second, said(text("done"), thought), user(text("more"), text("and more"))];
    const { bodies } = await bodiesOf([first, second, third].map((messages) => ({ messages })));
    expect(bodies.map(marksOf)).toEqual([
      ["system", "0.0"],
      ["system", "0.0", "2.0"],
      ["system", "2.0", "4.1"],
    ]);
    expect(bodies[0]?.system).toEqual([{ type: "text", text: question.system, ...MARK }]);
    expect(bodies[1]?.messages[2]?.content).toEqual([{ ...result, ...MARK }]);
    // What a call is about is not touched.
    expect(bodies[1]?.messages[1]?.content[1]).toEqual({ ...call });
  });

  test("never has a mark on thinking, nor more than four, whatever the conversation looks like", async () => {
    const odd: Message[][] = [
      [said(thought), user(text("a"))],
      [user(text("a")), said(thought), said(thought), user(text("b"))],
      [user(text("a")), user(text("b")), said(call), user(result), user(text("c"))],
      [user(text("a")), said(text("b"), thought)],
      Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? user(text(`${index}`)) : said(thought, text("x")))),
    ];
    const { bodies } = await bodiesOf(odd.map((messages) => ({ messages })));
    for (const body of bodies) {
      expect(marksOf(body).length).toBeLessThanOrEqual(4);
      expect(marksOf(body)).toContain("system");
      for (const block of body.messages.flatMap(({ content }) => content))
        if (block.type.includes("thinking")) expect(block).not.toHaveProperty("cache_control");
    }
    expect(marksOf(bodies[2] ?? { model: "", max_tokens: 0, messages: [] })).toEqual(["system", "1.0", "4.0"]);
  });

  test("marks the tools where there is no system text", async () => {
    const { bodies } = await bodiesOf([{ system: "" }, { system: "", tools: [] }]);
    expect(bodies.map(marksOf)).toEqual([["tools", "0.0"], ["0.0"]]);
  });

  test("is the same prompt with and without marks", async () => {
    const messages = [user(text("hello")), said(thought, call), user(result)];
    const { texts } = await bodiesOf([{ messages }]);
    const server = await startModelServer(script().says("ok"));
    await ask({ url: server.url, profile: { trust: "local" }, request: { messages } });
    await server.close();
    const plain = (texts[0] ?? "")
      .replaceAll(`,${JSON.stringify(MARK).slice(1, -1)}`, "")
      .replace(/"system":\[\{"type":"text","text":("[^"]*")\}\]/, '"system":$1');
    expect(plain).toBe(server.requests[0]?.text);
    expect(server.requests[0]?.text).not.toContain('"cache_control":{');
  });

  test("is sent again without marks where the service knows none, and from then on without", async () => {
    const refusal = { error: { type: "invalid_request_error", message: "system.0.cache_control: extra inputs" } };
    const steps = script().status(400, {}, refusal).says("plain").says("again");
    const { replies, bodies } = await bodiesOf([{ model: "unmarked" }, { model: "unmarked" }], steps);
    expect(replies).toMatchObject([{ content: [text("plain")] }, { content: [text("again")] }]);
    expect(bodies.map((body) => marksOf(body).length)).toEqual([2, 0, 0]);
  });

  test("that is refused for something else is not sent again", async () => {
    const { replies, bodies } = await bodiesOf([{ model: "other" }], script().status(400, {}, "no").says("late"));
    expect(replies).toMatchObject([{ code: "endpoint-rejected" }]);
    expect(bodies).toHaveLength(1);
  });
});
