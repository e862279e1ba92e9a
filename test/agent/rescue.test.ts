import fc from "fast-check";
import { expect, test } from "vitest";
import { correctable, rescued } from "../../src/agent/rescue.ts";
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
  ["several in one tag", `<tool_call>[${LIST}, ${READ}]</tool_call>`, [list, read]],
  [
    "keys with values",
    "<tool_call>files_list\n<arg_key>path</arg_key>\n<arg_value>src</arg_value>\n</tool_call>",
    [list],
  ],
  ["a list between marks", `<|tool_call|>[${LIST}]<|/tool_call|>`, [list]],
  ["functools", `functools[${LIST}, ${READ}]`, [list, read]],
  [
    "an action",
    `<|START_ACTION|>[{"tool_call_id":"0","tool_name":"files_list","parameters":{"path":"src"}}]<|END_ACTION|>`,
    [list],
  ],
  ["ids behind the mark", '[TOOL_CALLS]files_list[CALL_ID]a1B2c3D4e[ARGS]{"path":"src"}', [list]],
  [
    "full-width marks around a code block",
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>files_list\n```json\n{"path":"src"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>files_read\n```json\n{"path":"a.txt"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>',
    [list, read],
  ],
  [
    "full-width marks around JSON",
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>files_list<｜tool▁sep｜>{"path":"src"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [list],
  ],
  [
    "a section of calls",
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.files_list:0<|tool_call_argument_begin|>{"path":"src"}<|tool_call_end|><|tool_calls_section_end|>',
    [{ ...list, name: "functions.files_list" }],
  ],
  [
    "a channel",
    '<|channel|>commentary to=functions.files_list <|constrain|>json<|message|>{"path":"src"}<|call|>',
    [{ ...list, name: "functions.files_list" }],
  ],
  [
    "invocations",
    '<function_calls>\n<invoke name="files_list">\n<parameter name="path">src</parameter>\n</invoke>\n<invoke name="files_read"><parameter name="path">a.txt</parameter></invoke>\n</function_calls>',
    [list, read],
  ],
  ["bare JSON", LIST, [list]],
  [
    "bare JSON with parameters",
    '{"type":"function","name":"files_list","parameters":{"path":"src"}}<|eot_id|>',
    [list],
  ],
  ["lines of bare JSON", `${LIST};\n${READ}`, [list, read]],
  ["bare JSON with semicolons", `${LIST}; ${READ}`, [list, read]],
  ["a code block and nothing else", `\`\`\`json\n${LIST}\n\`\`\``, [list]],
  ["another spelling of the name", '{"name":"filesList","arguments":{"path":"src"}}', [{ ...list, name: "filesList" }]],
  ["python behind its tag", '<|python_tag|>files_list.call(path="src")', [list]],
  ["a list in python", "[files_list(path='src'), files_read(path=\"a.txt\")]", [list, read]],
  ["python in a code block", '```tool_code\nprint(files_list(path="src"))\n```', [list]],
  [
    "python with every kind of value",
    `[files_search(pattern='a\\'b\\n', caseSensitive=True, limit=5, glob=None)]`,
    [{ ...list, name: "files_search", input: { pattern: "a'b\n", caseSensitive: true, limit: 5, glob: null } }],
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
  ["bare JSON behind words", `I would call ${LIST}`],
  ["bare JSON before words", `${LIST}\nThis is how a call looks.`],
  ["bare JSON without arguments", '{"name": "files_list"}'],
  ["JSON that the person asked for", '{"name": "Ada", "arguments": {"path": "src"}}'],
  ["a list of other things", '[{"name": "files_list", "size": 4}]'],
  ["an example in a README", `# Tools\n\nA call looks like this:\n\n\`\`\`json\n${LIST}\n\`\`\`\n\nIt lists src.`],
  ["an example behind words", `A call looks like this:\n\n\`\`\`json\n${LIST}\n\`\`\``],
  ["two code blocks", `\`\`\`json\n${LIST}\n\`\`\`\n\`\`\`json\n${READ}\n\`\`\``],
  ["a script in a code block", '```bash\nfiles_list(path="src")\n```'],
  ["a tag in a code block", `\`\`\`\n<tool_call>${LIST}</tool_call>\n\`\`\``],
  ["JSON cut off", '{"name":"files_list","arguments":{"path":"sr'],
  ["one of two lines cut off", `${LIST}\n{"name":"files_read","arg`],
  ["python with a value by its place", '<|python_tag|>files_list("src")'],
  ["python with an expression", '<|python_tag|>files_list(path="a" + "b")'],
  ["python with a variable", "[files_list(path=folder)]"],
  ["python cut off", '<|python_tag|>files_list(path="sr'],
  ["python with more behind it", '<|python_tag|>files_list(path="src"); import os'],
  ["a Markdown link", "[files_list](src)"],
  ["a channel without its message", "<|channel|>commentary to=functions.files_list code"],
  ["a list as arguments", '<tool_call>{"name":"files_list","arguments":["src"]}</tool_call>'],
  ["a name that is none", '<tool_call>{"name":7,"arguments":{}}</tool_call>'],
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

const cut = (name: string, unparsed: string) => ({ type: "tool_use", id: "", name, input: {}, unparsed });

test.each<[string, string, string]>([
  ["arguments cut off", '<tool_call>{"name":"files_list","arguments":{"path":"sr', "files_list"],
  ["a brace that is missing", '<tool_call>{"name":"files_list","arguments":{"path":"src"}</tool_call>', "files_list"],
  ["a comma too many", '<tool_call>{"name":"files_list","arguments":{"path":"src",}}</tool_call>', "files_list"],
  ["a parameter cut off", "<tool_call><function=files_list>\n<parameter=path>\nsr", "files_list"],
  ["a function that is not closed", "<function=files_list>\n<parameter=path>\nsrc\n</parameter>", "files_list"],
  ["a value cut off", "<tool_call>files_list\n<arg_key>path</arg_key>\n<arg_value>sr", "files_list"],
  ["a list cut off", `[TOOL_CALLS] [${LIST}, `, "files_list"],
  ["arguments behind a mark cut off", '[TOOL_CALLS]files_list[ARGS]{"path":"sr', "files_list"],
  ["python cut off", '<|python_tag|>files_list.call(path="sr', "files_list"],
  ["a list between marks cut off", '<|tool_call|>[{"name":"files_list","arguments":{', "files_list"],
  [
    "full-width marks cut off",
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>files_list\n```json\n{"path":"s',
    "files_list",
  ],
  [
    "a section cut off",
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.files_list:0<|tool_call_argument_begin|>{"p',
    "functions.files_list",
  ],
  ["an invocation cut off", '<function_calls>\n<invoke name="files_list">\n<parameter name="path">sr', "files_list"],
  [
    "a channel cut off",
    '<|channel|>commentary to=functions.files_list <|constrain|>json<|message|>{"pa',
    "functions.files_list",
  ],
])("%s in a text comes back to the model, and never runs", (_name, text, name) => {
  expect(rescued(said(text), book)).toBeUndefined();
  expect(correctable(said(text), book)).toEqual([cut(name, text.trimEnd())]);
  expect(correctable(said(`I look.\n${text}`), book)).toEqual([
    { type: "text", text: "I look." },
    cut(name, text.trimEnd()),
  ]);
});

test("arguments that do not fit come back as they are; of several calls none runs", () => {
  const wrong = '{"name":"files_read","arguments":{"file":1}}';
  const expected = [{ type: "tool_use", id: "", name: "files_read", input: { file: 1 } }];
  expect(correctable(said(`<tool_call>${wrong}</tool_call>`), book)).toEqual(expected);
  expect(correctable(said(`<tool_call>${LIST}</tool_call><tool_call>${wrong}</tool_call>`), book)).toEqual(expected);
});

test.each<[string, string]>([
  ["words about the mark", "The word <tool_call> begins a call of files_list."],
  ["the mark at the end", "Models write <tool_call>"],
  ["an unknown tool", '<tool_call>{"name":"rm_all","arguments":{"path":"sr'],
  ["a whole one with words behind", `<tool_call>${LIST}</tool_call>\nThis is how a call looks.`],
  ["a broken one with words behind", '<tool_call>{"name":"files_list",}</tool_call>\nThis is how it looks broken.'],
  ["a whole list with words behind", `[TOOL_CALLS] [${LIST}] is how it looks.`],
  ["a code block", `So:\n\`\`\`\n<tool_call>{"name":"files_list","arguments":{"path":"sr`],
  ["backticks", '`<tool_call>{"name":"files_list","arguments":{'],
  ["bare JSON cut off", '{"name":"files_list","arguments":{"path":"sr'],
  ["bare JSON that does not fit", '{"name":"files_read","arguments":{"file":1}}'],
  ["what is rescued", `<tool_call>${LIST}</tool_call>`],
])("%s is an answer like any other", (_name, text) => {
  expect(correctable(said(text), book)).toBeUndefined();
});

const WHOLE = [
  `<tool_call>${LIST}</tool_call>`,
  "<tool_call>\n<function=files_list>\n<parameter=path>\nsrc\n</parameter>\n</function>\n</tool_call>",
  "<tool_call>files_list\n<arg_key>path</arg_key>\n<arg_value>src</arg_value>\n</tool_call>",
  `[TOOL_CALLS] [${LIST}]`,
  '[TOOL_CALLS]files_list[ARGS]{"path":"src"}',
  '<|python_tag|>files_list(path="src")',
  `<|tool_call|>[${LIST}]<|/tool_call|>`,
  '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>files_list<｜tool▁sep｜>{"path":"src"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  '<function_calls><invoke name="files_list"><parameter name="path">src</parameter></invoke></function_calls>',
  LIST,
  `\`\`\`json\n${LIST}\n\`\`\``,
  "[files_list(path='src')]",
];

test.each(WHOLE)("cut off anywhere, %j is no call or the whole one", (text) => {
  for (let end = 0; end <= text.length; end += 1) {
    const found = rescued(said(text.slice(0, end)), book);
    if (found !== undefined) expect(found).toEqual([list]);
    for (const block of correctable(said(text.slice(0, end)), book) ?? []) expect(block).toHaveProperty("unparsed");
  }
});

test("whatever is put together of the pieces of calls: no failure, and only calls that fit known tools", () => {
  const pieces = WHOLE.flatMap((text) => text.split(/(?<=[<>|=\](){}\n,"])/));
  const garbage = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 30 });
  fc.assert(
    fc.property(garbage, (parts) => {
      for (const block of rescued(said(parts.join("")), book) ?? []) {
        if (block.type !== "tool_use") continue;
        expect(book.find(book.meant?.(block.name) ?? block.name)).toBeDefined();
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["blank space in JSON", (n: number) => `{${" ".repeat(n)}`],
  ["semicolons", (n: number) => `{${"; ".repeat(n / 2)}`],
  ["lines", (n: number) => `{${"\n".repeat(n)}`],
  ["open lists", (n: number) => "[".repeat(n)],
  ["open python lists", (n: number) => `[a(b=${"[".repeat(n)}`],
  ["python text", (n: number) => `[a(b="${"x".repeat(n)}`],
  ["fences", (n: number) => "```json\n".repeat(n / 8)],
  ["parameters", (n: number) => `<function=a>${"<parameter=b>\n".repeat(n / 14)}`],
  ["keys", (n: number) => `<tool_call>a<arg_key>${"</arg_value> ".repeat(n / 13)}`],
  ["closing tags", (n: number) => `<invoke name="a">${"</parameter> ".repeat(n / 13)}`],
  ["blank space", (n: number) => `<tool_call>${" ".repeat(n)}x`],
  ["blank space behind a name", (n: number) => `[TOOL_CALLS]files_list${" ".repeat(n)}x`],
  ["templates' ends", (n: number) => `<tool_call>${"</s> ".repeat(n / 5)}`],
  ["opening tags", (n: number) => "<tool_call>".repeat(n / 11)],
  ["open text", (n: number) => `<tool_call>{${'"\\\\'.repeat(n / 3)}`],
  ["marks", (n: number) => `<tool_call>${"<|a|>".repeat(n / 5)}`],
  ["full-width marks", (n: number) => `<tool_call>${"<｜".repeat(n / 2)}`],
])("a text full of %s is no call", (_name, text) => {
  expect(rescued(said(text(199_000)), book)).toBeUndefined();
  expect(correctable(said(text(199_000)), book)).toBeUndefined();
});

test("a response with a real call keeps its text, and thinking is never searched", () => {
  const text = { type: "text" as const, text: `<tool_call>${LIST}</tool_call>` };
  expect(rescued([{ type: "tool_use", id: "1", name: "files_read", input: {} }, text], book)).toBeUndefined();
  expect(rescued([{ type: "thinking", thinking: text.text }], book)).toBeUndefined();
  expect(rescued([], book)).toBeUndefined();
  const thought = { type: "thinking" as const, thinking: "Hm" };
  expect(rescued([thought, text], book)).toEqual([thought, list]);
});
