import { expect, test } from "vitest";
import { innerCall } from "../../src/agent/inner-call.ts";
import type { Json, ToolUseBlock } from "../../src/protocol/values.ts";

const block = (input: Json, more: Partial<ToolUseBlock> = {}): ToolUseBlock => {
  return { type: "tool_use", id: "1", name: "call_tool", input, ...more };
};
const nested = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;

test.each<[string, Json, object]>([
  ["as it should be", { name: "memory_read", arguments: { topic: "x" } }, { topic: "x" }],
  ["without arguments", { name: "memory_list" }, {}],
  ["with null", { name: "memory_list", arguments: null }, {}],
  ["with empty text", { name: "memory_list", arguments: " " }, {}],
  ["with arguments as JSON text", { name: "memory_read", arguments: '{"topic":"x"}' }, { topic: "x" }],
  ["with arguments beside the name", { name: "memory_read", topic: "x" }, { topic: "x" }],
  ["with spaces around the name", { name: " memory_read\n", arguments: { topic: "x" } }, { topic: "x" }],
  [
    "with its reason beside",
    { name: "shell_run", arguments: { command: "ls" }, _rationale: "r" },
    { command: "ls", _rationale: "r" },
  ],
  [
    "with its reason inside",
    { name: "shell_run", arguments: '{"_rationale":"in"}', _rationale: "out" },
    { _rationale: "in" },
  ],
])("a call %s is one of the inner tool", (_, input, values) => {
  const call = innerCall(block(input));
  expect(call).toMatchObject({ arguments: values });
  expect(call.name).toBe((input as { name: string }).name.trim());
  expect(call.unparsed).toBeUndefined();
});

test.each<[string, Json]>([
  ["a text", "memory_list"],
  ["a list", ["memory_list"]],
  ["null", null],
  ["nothing", {}],
  ["a name that is none", { name: 5, arguments: {} }],
  ["an empty name", { name: "  " }],
  ["itself", { name: "call_tool", arguments: { name: "memory_list" } }],
])("%s stays a call of call_tool, for its own schema to refuse", (_, input) => {
  expect(innerCall(block(input))).toEqual({ name: "call_tool", arguments: input });
});

test.each([
  ["cut off", '{"topic":"x'],
  ["no object", "[1]"],
  ["nested too deep", nested(100_000)],
])("arguments as text that is %s never run", (_, text) => {
  expect(innerCall(block({ name: "shell_run", arguments: text }))).toEqual({
    name: "shell_run",
    arguments: {},
    unparsed: text,
  });
});

test("arguments that are no object reach the inner tool's own words", () => {
  expect(innerCall(block({ name: "shell_run", arguments: [1] }))).toEqual({ name: "shell_run", arguments: [1] });
});

test("calls of other tools, and calls that were cut off, pass as they are", () => {
  const input = { name: "memory_list" };
  expect(innerCall(block(input, { name: "shell_run" }))).toEqual({ name: "shell_run", arguments: input });
  expect(innerCall(block({}, { unparsed: '{"name":' }))).toEqual({
    name: "call_tool",
    arguments: {},
    unparsed: '{"name":',
  });
});
