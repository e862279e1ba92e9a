import fc from "fast-check";
import { expect, test } from "vitest";
import { script } from "../../fakes/model-server.ts";
import { askWatched, type DialectName } from "./stream-contract.ts";

const words = fc.constantFrom("", "a", "<think>", "</think>", "\n", " b ", "🙂", "{", '{"x":1}', "}", "null");
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const given = fc.oneof(words, fc.constant({ x: 1 }), fc.constant(null), fc.constant(7));
const id = fc.constantFrom("", "1", "2", 3, null);
const name = fc.constantFrom("", "a", "b", null);

const call = fc.record({
  index: maybe(fc.constantFrom(0, 1, -1, 1.5, null)),
  id: maybe(id),
  function: maybe(fc.record({ name: maybe(name), arguments: maybe(given) })),
});
const delta = fc.record({
  content: maybe(fc.oneof(words, fc.constant(null), fc.constant([{ type: "text", text: "t" }, { type: "thinking" }]))),
  reasoning_content: maybe(fc.oneof(words, fc.constant(null))),
  refusal: maybe(fc.constantFrom(null, "", "no")),
  tool_calls: maybe(fc.array(call, { maxLength: 3 })),
  function_call: maybe(fc.record({ name: maybe(name), arguments: maybe(given) })),
});
const reason = fc.constantFrom(null, null, null, null, "", "stop", "length", "tool_calls", "error", "odd");
const usage = fc.constantFrom(null, undefined, {}, { prompt_tokens: 1, completion_tokens: 2 }, { prompt_tokens: -1 });
const chunk = fc.record({
  choices: fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.record({ delta, finish_reason: reason })) },
    { weight: 1, arbitrary: fc.constantFrom(null, []) },
  ),
  usage: maybe(usage),
});

const index = fc.constantFrom(0, 1, 2);
const block = fc.oneof(
  fc.record({ type: fc.constant("text"), text: maybe(words) }),
  fc.record({ type: fc.constant("thinking"), thinking: words }),
  fc.record({
    type: fc.constant("tool_use"),
    id: maybe(fc.constantFrom("", "1", null)),
    name: fc.constantFrom("a", "b"),
    input: maybe(given),
  }),
  fc.constant({ type: "new" }),
);
const blockDelta = fc.oneof(
  fc.record({ type: fc.constant("text_delta"), text: words }),
  fc.record({ type: fc.constant("thinking_delta"), thinking: words }),
  fc.record({ type: fc.constant("input_json_delta"), partial_json: words }),
);
const event = fc.oneof(
  fc.record({ type: fc.constant("content_block_start"), index, content_block: block }),
  fc.record({ type: fc.constant("content_block_delta"), index, delta: blockDelta }),
  fc.record({ type: fc.constant("message_delta"), delta: fc.record({ stop_reason: reason }), usage: maybe(usage) }),
  fc.constant({ type: "ping" }),
);

const STREAMS: Record<DialectName, { said: fc.Arbitrary<unknown>; end: string }> = {
  anthropic: { said: event, end: 'data: {"type":"message_stop"}\n\n' },
  openai: { said: chunk, end: "data: [DONE]\n\n" },
};

test.each(["anthropic", "openai"] as const)("whatever %s streams, the contract holds", async (dialect) => {
  const { said, end } = STREAMS[dialect];
  const some = fc.array(
    fc.oneof({ weight: 30, arbitrary: said }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) }),
    { maxLength: 12 },
  );
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(some, fc.boolean(), async (values, isEnded) => {
      const body = values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join("") + (isEnded ? end : "");
      const { reply } = await askWatched(dialect, script().sends(body).repeatLast());
      kinds.add(reply.type);
      if (reply.type !== "responded") return;
      for (const one of reply.content) {
        if (one.type === "tool_use") expect(one.input).toEqual(expect.any(Object));
        if (one.type === "text") expect(one.text).not.toBe("");
      }
    }),
    { numRuns: 150 },
  );
  expect([...kinds].sort()).toEqual(["failed", "responded"]);
});
