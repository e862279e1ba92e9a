import { describe, expect, test } from "vitest";
import { script } from "../../fakes/model-server.ts";
import { askWatched } from "./stream-contract.ts";

const chunk = (delta: object, finish: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const calls = (...tool_calls: object[]) => chunk({ tool_calls });
const stop = (finish: string) => chunk({}, finish);
const sse = (...chunks: object[]) => chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");

async function reply(body: string, contentType?: string) {
  const asked = await askWatched("openai", script().sends(body, contentType), { limits: { requestAttempts: 1 } });
  return asked.reply;
}

/** The content of a stream of these chunks that ends properly. */
async function contentOf(...chunks: object[]): Promise<object[]> {
  const answered = await reply(`${sse(...chunks, stop("tool_calls"))}data: [DONE]\n\n`);
  return answered.type === "responded" ? answered.content : [answered];
}

const used = (id: string, name: string, input: object) => ({ type: "tool_use", id, name, input });

describe("calls in pieces", () => {
  const half = (index: number | undefined, id: string | undefined, name: string | undefined, text: unknown) => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: { ...(name === undefined ? {} : { name }), arguments: text },
  });
  const both = [used("1", "a", { x: 1 }), used("2", "b", { y: 2 })];

  test.each<[string, object[], object[]]>([
    ["all in one chunk", [calls(half(0, "1", "a", '{"x":1}'), half(1, "2", "b", '{"y":2}'))], both],
    [
      "pieces of both in turn",
      [
        calls(half(0, "1", "a", "")),
        calls(half(1, "2", "b", '{"y"')),
        calls(half(0, undefined, undefined, '{"x":1}')),
        calls(half(1, undefined, undefined, ":2}")),
      ],
      both,
    ],
    [
      "without any number",
      [
        calls(half(undefined, "1", "a", '{"x"')),
        calls(half(undefined, undefined, undefined, ":1}")),
        calls(half(undefined, "2", "b", '{"y":2}')),
      ],
      both,
    ],
    [
      "all with the number 0",
      [
        calls(half(0, "1", "a", '{"x":1}')),
        calls(half(0, "2", "b", '{"y"')),
        calls(half(0, undefined, undefined, ":2}")),
      ],
      both,
    ],
    [
      "a new id with every piece",
      [calls(half(0, "1", "a", '{"x"')), calls(half(0, "z", undefined, ":1}"))],
      [used("1", "a", { x: 1 })],
    ],
    [
      "the name and id again with every piece",
      [calls(half(0, "1", "a", '{"x"')), calls(half(0, "1", "a", ":1}")), calls(half(0, "1", "a", ""))],
      [used("1", "a", { x: 1 })],
    ],
    [
      "the name again and no ids",
      [calls(half(0, "", "a", '{"x"')), calls(half(0, "", "a", ":1}")), calls(half(0, "", "a", ""))],
      [used("", "a", { x: 1 })],
    ],
    [
      "the same function twice, number 0, no ids",
      [calls(half(0, "", "a", '{"x":1}')), calls(half(0, "", "a", '{"y":2}'))],
      [used("", "a", { x: 1 }), used("", "a", { y: 2 })],
    ],
    [
      "the same function twice, nothing else",
      [calls(half(undefined, undefined, "a", { x: 1 }), half(undefined, undefined, "a", { y: 2 }))],
      [used("", "a", { x: 1 }), used("", "a", { y: 2 })],
    ],
    ["arguments as objects", [calls(half(0, "1", "a", { x: 1 }), half(1, "2", "b", { y: 2 }))], both],
    [
      "no arguments at all",
      [calls(half(0, "1", "a", null)), calls({ index: 1, id: "2", function: { name: "b" } })],
      [used("1", "a", {}), used("2", "b", {})],
    ],
    ["ids that are numbers", [calls(half(0, 7 as unknown as string, "a", '{"x":1}'))], [used("7", "a", { x: 1 })]],
    [
      "the old form of a single call",
      [chunk({ function_call: { name: "a", arguments: '{"x"' } }), chunk({ function_call: { arguments: ":1}" } })],
      [used("", "a", { x: 1 })],
    ],
    ["no name", [calls(half(0, "1", undefined, "{}"))], [used("1", "", {})]],
    [
      "a second choice",
      [
        {
          choices: [
            { index: 1, delta: { content: "other" } },
            { index: 0, delta: { content: "first" } },
          ],
        },
      ],
      [{ type: "text", text: "first" }],
    ],
  ])("%s", async (_name, chunks, expected) => {
    expect(await contentOf(...chunks)).toEqual(expected);
  });

  test.each<[string, string, object]>([
    ["an object, under the reason of a cut", "length", { input: {}, unparsed: '{"x":1}' }],
    ["an object, behind which others follow", "length", { input: { x: 1 } }],
    ["whole text, under the reason of a cut", "length", { input: { x: 1 } }],
  ])("arguments that came as %s", async (name, reason, expected) => {
    const given = name.startsWith("whole") ? '{"x":1}' : { x: 1 };
    const more = name.includes("follow") ? [calls(half(1, "2", "b", "{}"))] : [];
    const answered = await reply(sse(calls(half(0, "1", "a", given)), ...more, stop(reason)));
    expect(answered).toMatchObject({ stopReason: "max_tokens" });
    const [first] = (answered as { content: object[] }).content;
    expect(first).toEqual({ type: "tool_use", id: "1", name: "a", ...expected });
  });

  test("more of them than anybody makes are no answer", async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => half(index, `${index}`, "a", "{}"));
    expect(await contentOf(calls(...many))).toMatchObject([{ code: "endpoint-bad-response" }]);
    expect(await contentOf(calls(...many.slice(1)))).toHaveLength(1_000);
  });

  test("nested absurdly deep never run", async () => {
    const text = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    expect(await contentOf(calls(half(0, "1", "a", text)))).toMatchObject([{ input: {}, unparsed: text }]);
  });
});

test("the end of a stream: a reason, the sentinel, or nothing", async () => {
  const hello = sse(chunk({ role: "assistant", content: "hi" }));
  const call = calls({ index: 0, id: "1", function: { name: "a", arguments: "" } });
  expect(await reply(hello + sse(stop("stop")))).toMatchObject({ content: [{ text: "hi" }], stopReason: "end_turn" });
  expect(await reply(`${hello}data: [DONE]\n\n`)).toMatchObject({ content: [{ text: "hi" }], stopReason: "end_turn" });
  expect(await reply(`${hello}data: [DONE]`)).toMatchObject({ content: [{ text: "hi" }] });
  expect(await reply(hello)).toMatchObject({ code: "endpoint-bad-response" });
  // A sentinel alone does not say that arguments which never came are whole.
  expect(await reply(`${sse(call)}data: [DONE]\n\n`)).toMatchObject({ content: [{ input: {}, unparsed: "" }] });
  expect(await reply(sse(call, stop("tool_calls")))).toMatchObject({
    content: [{ type: "tool_use", id: "1", name: "a", input: {} }],
  });
  expect(await reply(`data: [DONE]\n\n${hello}`)).toMatchObject({ type: "responded", content: [] });
});

test("comments, carriage returns, named events, empty data, chunks that say nothing, and what is new", async () => {
  const body = [
    ": PROCESSING",
    "",
    "event: message",
    `data: ${JSON.stringify(chunk({ role: "assistant", content: null }))}`,
    "",
    "data:",
    "",
    `data: ${JSON.stringify({ object: "ping" })}`,
    "",
    `data: ${JSON.stringify({ ...chunk({ content: "Hi", audio: { x: 1 } }), error: null, extra: [] })}`,
    "",
    `data: ${JSON.stringify({ choices: null, usage: { prompt_tokens: 3, completion_tokens: 1, prompt_tokens_details: null } })}`,
    "",
    `data: ${JSON.stringify(chunk({ content: "!" }, "stop"))}`,
    "",
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 4, completion_tokens: 2, prompt_cache_hit_tokens: 3 } })}`,
    "",
  ].join("\r\n");
  expect(await reply(`${body}\r\n`)).toEqual({
    type: "responded",
    content: [{ type: "text", text: "Hi!" }],
    stopReason: "end_turn",
    usage: { inputTokens: 4, cachedTokens: 3, outputTokens: 2 },
  });
});

test.each([
  [{ prompt_tokens: -1, completion_tokens: 2 }],
  [{ prompt_tokens: "many", completion_tokens: 2 }],
  [{ completion_tokens: 2 }],
  ["none"],
])("counts that make no sense are unknown: %j", async (usage) => {
  const answered = await reply(sse(chunk({ content: "hi" }, "stop"), { choices: [], usage }));
  expect(answered).toEqual({ type: "responded", content: [{ type: "text", text: "hi" }], stopReason: "end_turn" });
});

describe("thinking", () => {
  const thought = { type: "thinking", thinking: "Hm, so" };
  const answer = { type: "text", text: "Yes" };

  test.each<[string, object[], object[]]>([
    [
      "reasoning_content",
      [{ reasoning_content: "Hm, " }, { reasoning_content: "so" }, { content: "Yes" }],
      [thought, answer],
    ],
    ["reasoning", [{ reasoning: "Hm, " }, { reasoning: "so", content: "" }, { content: "Yes" }], [thought, answer]],
    [
      "both for the same",
      [{ reasoning_content: "Hm, so", reasoning: "Hm, so" }, { content: "Yes" }],
      [thought, answer],
    ],
    [
      "a list of parts",
      [
        {
          content: [
            { type: "thinking", thinking: [{ type: "text", text: "Hm, so" }] },
            { type: "text", text: "Yes" },
          ],
        },
      ],
      [thought, answer],
    ],
    ["tags", [{ content: "<think>Hm, so</think>\n\nYes" }], [thought, answer]],
    [
      "tags in the smallest pieces",
      [..."\n<think>Hm, so</think>\n\nYes"].map((content) => ({ content })),
      [thought, answer],
    ],
    ["a tag that never closes", [{ content: "<think>Hm, so</thi" }], [{ type: "thinking", thinking: "Hm, so</thi" }]],
    ["a tag that is none", [{ content: "<thi" }, { content: "s>" }], [{ type: "text", text: "<this>" }]],
    [
      "a tag in the middle",
      [{ content: "Yes, <think>no</think>" }],
      [{ type: "text", text: "Yes, <think>no</think>" }],
    ],
    ["only the beginning of a tag", [{ content: " <th" }], [{ type: "text", text: " <th" }]],
    ["a word of the dialect that is no text", [{ reasoning: { effort: "low" }, content: "Yes" }], [answer]],
  ])("in %s is told apart", async (_name, deltas, expected) => {
    const answered = await reply(sse(...deltas.map((delta) => chunk(delta)), stop("stop")));
    expect(answered).toMatchObject({ type: "responded", content: expected });
  });
});

test("a refusal is one, whatever the reason says", async () => {
  const answered = await reply(sse(chunk({ refusal: "I cannot." }), stop("stop")));
  expect(answered).toMatchObject({ stopReason: "refusal", content: [{ type: "text", text: "I cannot." }] });
});

test.each<[string, object, string]>([
  ["an error object", { error: { message: "no slot", type: "server_error", code: 503 } }, "endpoint-server-error"],
  ["an error by its code", { error: { message: "slow down", code: "rate_limit_exceeded" } }, "endpoint-rate-limited"],
  ["an error as a word", { error: "out of memory" }, "endpoint-server-error"],
  [
    "another framework's error",
    { object: "error", message: "too long", type: "BadRequestError", code: 400 },
    "endpoint-rejected",
  ],
  [
    "a window that is full",
    { error: { message: "stop", code: "context_length_exceeded" } },
    "endpoint-context-overflow",
  ],
  ["a reason that is an error", chunk({}, "error"), "endpoint-server-error"],
  ["a reason that is overload", chunk({}, "insufficient_system_resource"), "endpoint-overloaded"],
])("%s inside a stream ends it", async (_name, value, code) => {
  const answered = await reply(sse(chunk({ content: "Let me" }), value, chunk({ content: " see" }, "stop")));
  expect(answered).toMatchObject({ type: "failed", code });
});

test("JSON instead of a stream: a whole completion counts, a chunk alone or none does not", async () => {
  const json = (value: object) => reply(JSON.stringify(value), "application/json; charset=utf-8");
  const completion = (message: object, finish_reason: string | null = "stop") =>
    json({ object: "chat.completion", choices: [{ index: 0, message, finish_reason }] });
  expect(await completion({ role: "assistant", content: "hi" })).toMatchObject({ content: [{ text: "hi" }] });
  expect(await completion({ content: "hi" }, null)).toMatchObject({
    content: [{ text: "hi" }],
    stopReason: "end_turn",
  });
  expect(await completion({ content: null })).toMatchObject({ code: "endpoint-bad-response" });
  expect(await completion({ content: null }, "length")).toMatchObject({ content: [], stopReason: "max_tokens" });
  const call = { function: { name: "a", arguments: { x: 1 } } };
  expect(await completion({ content: null, tool_calls: [call] }, "tool_calls")).toMatchObject({
    content: [{ input: { x: 1 } }],
  });
  expect(await completion({ tool_calls: [call] }, "length")).toMatchObject({
    content: [{ input: {}, unparsed: '{"x":1}' }],
  });
  expect(await json({ choices: [] })).toMatchObject({ code: "endpoint-bad-response" });
  expect(await json({ choices: [{ finish_reason: "stop" }] })).toMatchObject({ code: "endpoint-bad-response" });
  expect(await json({ choices: [{ message: 7 }] })).toMatchObject({ code: "endpoint-bad-response" });
});

test("a mended object under the Messages dialect's reason of a cut never runs either", async () => {
  const message = (stop_reason: string) => ({
    type: "message",
    role: "assistant",
    content: [{ type: "tool_use", id: "1", name: "a", input: { path: "/tm" } }],
    stop_reason,
  });
  const ask = async (stop_reason: string) => {
    const whole = script().sends(JSON.stringify(message(stop_reason)), "application/json");
    return (await askWatched("anthropic", whole)).reply;
  };
  expect(await ask("max_tokens")).toMatchObject({ content: [{ input: {}, unparsed: '{"path":"/tm"}' }] });
  expect(await ask("tool_use")).toMatchObject({ content: [{ input: { path: "/tm" } }] });
});
