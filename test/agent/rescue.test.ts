import { expect, test } from "vitest";
import { rescued } from "../../src/agent/rescue.ts";
import { createCatalogue } from "../../src/tools/catalogue.ts";
import { limitsSchema } from "../../src/protocol/config.ts";
import type { Block } from "../../src/protocol/values.ts";

const { book } = createCatalogue({ limits: () => limitsSchema.parse({}) });
const list = { type: "tool_use", id: "", name: "files_list", input: { path: "src" } };
const read = { type: "tool_use", id: "", name: "files_read", input: { path: "a.txt" } };
const LIST = '{"name": "files_list", "arguments": {"path": "src"}}';
const READ = '{"name": "files_read", "arguments": {"path": "a.txt"}}';
const said = (text: string): Block[] => [{ type: "text", text }];

test.each<[string, string, object[]]>([
  ["a tag", `<tool_call>\n${LIST}\n</tool_call>`, [list]],
  ["a tag that is not closed", `<tool_call>${LIST}`, [list]],
  ["a tag and a template's end", `<tool_call>${LIST}</tool_call><|im_end|>\n`, [list]],
  [
    "two tags behind words",
    `I look.\n\n<tool_call>${LIST}</tool_call>\n<tool_call>${READ}</tool_call>`,
    [{ type: "text", text: "I look." }, list, read],
  ],
  ["arguments as text", `<tool_call>{"name":"files_list","arguments":"{\\"path\\":\\"src\\"}"}</tool_call>`, [list]],
  ["a list behind the mark", `[TOOL_CALLS] [${LIST}, ${READ}]`, [list, read]],
  ["one behind the mark", `[TOOL_CALLS]${LIST}</s>`, [list]],
  [
    "names behind marks",
    '[TOOL_CALLS]files_list[ARGS]{"path":"src"}[TOOL_CALLS]files_read{"path":"a.txt"}',
    [list, read],
  ],
  ["the python tag", '<|python_tag|>{"name":"files_list","parameters":{"path":"src"}}<|eom_id|>', [list]],
  [
    "the python tag with a type",
    '<|python_tag|>{"type":"function","function":{"name":"files_list","parameters":{"path":"src"}}}',
    [list],
  ],
  ["a function around JSON", '<function=files_list>{"path":"src"}</function>', [list]],
  [
    "a function around parameters",
    "<tool_call>\n<function=files_list>\n<parameter=path>\nsrc\n</parameter>\n</function>\n</tool_call>",
    [list],
  ],
])("%s is rescued", (_name, text, expected) => {
  expect(rescued(said(text), book)).toEqual(expected);
});

test("a call through call_tool is rescued by what it calls; values that fit once coerced count", () => {
  const through = '{"name":"call_tool","arguments":{"name":"files_list","arguments":{"path":"src"}}}';
  expect(rescued(said(`<tool_call>${through}</tool_call>`), book)).toMatchObject([{ name: "call_tool" }]);
  const number =
    "<function=files_read>\n<parameter=path>\na.txt\n</parameter>\n<parameter=unknown>\n5\n</parameter>\n</function>";
  expect(rescued(said(number), book)).toMatchObject([{ name: "files_read", input: { path: "a.txt" } }]);
});

test.each<[string, string]>([
  ["words", "Nothing to call."],
  ["an unknown tool", '<tool_call>{"name":"rm_all","arguments":{}}</tool_call>'],
  ["an unknown tool through call_tool", '<tool_call>{"name":"call_tool","arguments":{"name":"rm_all"}}</tool_call>'],
  ["arguments that do not fit", '<tool_call>{"name":"files_read","arguments":{"file":1}}</tool_call>'],
  ["one of two that does not", `<tool_call>${LIST}</tool_call><tool_call>{"name":"rm_all"}</tool_call>`],
  ["arguments cut off", '<tool_call>{"name":"files_list","arguments":{"path":"sr'],
  ["a parameter cut off", "<tool_call><function=files_list>\n<parameter=path>\nsr"],
  ["a function that is not closed", "<function=files_list>\n<parameter=path>\nsrc\n</parameter>"],
  ["a list cut off", `[TOOL_CALLS] [${LIST}, `],
  ["an empty list", "[TOOL_CALLS] []"],
  ["an empty tag", "<tool_call></tool_call>"],
  ["words behind it", `<tool_call>${LIST}</tool_call>\nThis is how a call looks.`],
  ["a code block", `So:\n\`\`\`\n<tool_call>${LIST}</tool_call>`],
  ["backticks", `The form is \`<tool_call>${LIST}</tool_call>`],
  ["bare JSON", LIST],
  ["a list as arguments", '<tool_call>{"name":"files_list","arguments":["src"]}</tool_call>'],
  ["a name that is none", '<tool_call>{"name":7,"arguments":{}}</tool_call>'],
  ["python", '<|python_tag|>files_list.call(path="src")'],
  ["the tag within a value", `<tool_call>{"name":"files_list","arguments":{"path":"<tool_call>"}}</tool_call>`],
  ["more than anybody calls at once", `<tool_call>${LIST}</tool_call>`.repeat(17)],
  ["far too much", `<tool_call>${LIST}</tool_call>`.padStart(200_100, "x")],
  [
    "absurd depth",
    `<tool_call>{"name":"files_list","arguments":{"path":"a","x":${"[".repeat(5_000)}${"]".repeat(5_000)}}}</tool_call>`,
  ],
])("%s is not rescued", (_name, text) => {
  expect(rescued(said(text), book)).toBeUndefined();
});

test.each([
  ["blank space", (n: number) => `<tool_call>${" ".repeat(n)}x`],
  ["blank space behind a name", (n: number) => `[TOOL_CALLS]files_list${" ".repeat(n)}x`],
  ["templates' ends", (n: number) => `<tool_call>${"</s> ".repeat(n / 5)}`],
  ["opening tags", (n: number) => "<tool_call>".repeat(n / 11)],
])("a text full of %s is no call", (_name, text) => {
  expect(rescued(said(text(199_000)), book)).toBeUndefined();
});

test("a response with a real call keeps its text, and thinking is never searched", () => {
  const text = { type: "text" as const, text: `<tool_call>${LIST}</tool_call>` };
  expect(rescued([{ type: "tool_use", id: "1", name: "files_read", input: {} }, text], book)).toBeUndefined();
  expect(rescued([{ type: "thinking", thinking: text.text }], book)).toBeUndefined();
  expect(rescued([], book)).toBeUndefined();
  const thought = { type: "thinking" as const, thinking: "Hm" };
  expect(rescued([thought, text], book)).toEqual([thought, list]);
});
