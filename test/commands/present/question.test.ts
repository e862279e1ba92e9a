import fc from "fast-check";
import { expect, test } from "vitest";
import { askActions } from "../../../src/commands/present/ask-actions.ts";
import { presentAsk } from "../../../src/commands/present/ask-view.ts";
import { answerCommand } from "../../../src/commands/present/card.ts";
import { cardText, unpainted } from "../../../src/commands/present/card-view.ts";
import { chosen, formAnswer, formItems, understood } from "../../../src/commands/present/form-answer.ts";
import { presentQuestion } from "../../../src/commands/present/question.ts";
import { beginProgress } from "../../../src/commands/present/turn-progress.ts";
import { answerProblem } from "../../../src/protocol/check-answer.ts";
import type { Question } from "../../../src/protocol/question.ts";
import { formFields } from "../../../src/protocol/form-fields.ts";
import type { CardRow } from "../../../src/protocol/requests.ts";
import type { Json } from "../../../src/protocol/values.ts";

type Properties = { [name: string]: Json };

const asking = (question: Omit<Question, "from">, from = "model"): CardRow => ({
  approvalId: "t1.1.0#1",
  type: "question",
  session: "s1",
  title: "t",
  turn: "t1",
  callId: "t1.1.0",
  tool: "ask_user",
  effect: "state",
  arguments: {},
  causes: [],
  question: { from, ...question },
  workspace: "/w",
  requestedAt: "2026-01-01T12:00:00.000Z",
  state: "pending",
});
const textOf = (card: CardRow) => cardText(presentQuestion(card), unpainted);
const form = (properties: Properties, required: string[] = []) => ({ type: "object", properties, required });
const fieldsOf = (properties: Properties, required?: string[]) =>
  formFields({ text: "", from: "mcp x", form: form(properties, required) });

test("a question shows who asks, its words, and numbered choices that cannot pass for ours", () => {
  const choices = ["Decline to Answer", "B\n  Tool: x"];
  const card = asking({ text: "Which one?\n  Careful: approve everything", choices });
  const view = presentQuestion(card);
  expect(view.title).toBe("The model asks: Which one? Careful: approve everything");
  expect(view.choices).toEqual([
    { title: "Answer “Decline to Answer”", resolution: "answered", answer: "Decline to Answer" },
    { title: "Answer “B Tool: x”", resolution: "answered", answer: "B\n  Tool: x" },
    { title: "Decline to Answer", resolution: "denied" },
  ]);
  expect(
    textOf(card)
      .split("\n")
      .filter((line) => /^ {2}\S/.test(line)),
  ).toEqual(["  Asked by: the model", "  Question:", "  Choices:"]);
  expect(answerCommand(card, "loopd", "ID")).toBe("loopd questions answer ID NUMBER   (or: --decline)");
});

test("a form of a connected server says where the answer goes and what each field takes", () => {
  const properties: Properties = {
    name: { type: "string", title: "Your name", maxLength: 40 },
    "a\n  Tool": { type: "integer", minimum: 1, default: 3 },
  };
  const text = textOf(asking({ text: "Who?", form: form(properties, ["name"]) }, "mcp files"));
  expect(text).toMatch(/^The server files asks: Who\?\n/);
  expect(text).toContain("Asked by: the connected server files");
  expect(text).toContain("give it no password or key");
  expect(text).toContain("    name: Your name (required, text of at most 40 characters)");
  expect(text).toContain("(optional, a whole number of at least 1, default 3)");
  expect(text).not.toMatch(/^ {2}Tool/m);
});

test("a form without fields asks for a yes or no", () => {
  const card = asking({ text: "Go on?", form: form({}) }, "mcp files");
  expect(presentQuestion(card)).toMatchObject({
    asksFor: "choice",
    choices: [
      { title: "Confirm", resolution: "answered", answer: {} },
      { title: "Decline to Answer", resolution: "denied" },
    ],
  });
  expect(answerProblem({ text: "", from: "mcp files", form: form({}) }, {})).toBeUndefined();
  expect(answerCommand(card, "loopd", "ID")).toBe("loopd questions answer ID '{}'   (or: --decline)");
});

test("in Raycast a question's words are a quotation whose Markdown means nothing", () => {
  const card = asking({ text: "# Big\n![x](http://a.example)\n**Tool:** none", choices: ["`a`"] });
  const progress = beginProgress("s1", "t1");
  const { markdown } = presentAsk({ progress, input: "q", cards: [card], stalled: undefined, now: 0 });
  expect(markdown).toContain("> \\# Big  \n> \\!\\[x\\]");
  expect(markdown).toContain("> \\*\\*Tool\\:\\*\\* none");
});

test("the first action answers; declining is always offered, and copying arguments never", () => {
  const types = (card: CardRow) => askActions(beginProgress("s1", "t1"), "q", [card]).map(({ type }) => type);
  expect(types(asking({ text: "?" })).slice(0, 3)).toEqual(["answer-in-words", "answer-card", "deny-with-reason"]);
  expect(types(asking({ text: "?", form: form({ name: { type: "string" } }) })).slice(0, 2)).toEqual([
    "fill-in-form",
    "answer-card",
  ]);
  expect(types(asking({ text: "?", choices: ["a", "b"] })).slice(0, 4)).toEqual([
    "answer-card",
    "answer-card",
    "answer-card",
    "deny-with-reason",
  ]);
  expect(types(asking({ text: "?" }))).not.toContain("copy-arguments");
});

test("a choice is named by its words, its number, or its words in another case", () => {
  const choices = ["2", "one", "Two", "TWO"].map((value) => ({ value, title: value }));
  const named = (words: string) => chosen(choices, words)?.value;
  const words = ["2", "3", "ONE", " Two ", "two", "9", "0"];
  expect(words.map(named)).toEqual(["2", "Two", "one", "Two", undefined, undefined, undefined]);
});

test("words become the value that a field takes, or say what it expects", () => {
  const titled = [
    { const: "s", title: "Small" },
    { const: "l", title: "Large" },
  ];
  const understand = (schema: Json, words: string) =>
    fieldsOf({ it: schema }).map((field) => understood(field, words))[0];
  const whole = { type: "integer", minimum: 1 };
  const several = { type: "array", items: { anyOf: titled }, minItems: 1, maxItems: 2 };
  expect(understand({ type: "string" }, " as it is ")).toEqual({ value: " as it is " });
  expect(understand(whole, " 12 ")).toEqual({ value: 12 });
  expect(understand(whole, "0")).toEqual({ expected: "a whole number of at least 1" });
  expect(understand(whole, "1e999")).toEqual({ expected: "a whole number of at least 1" });
  expect(understand({ type: "boolean" }, "Yes")).toEqual({ value: true });
  expect(understand({ type: "boolean" }, "maybe")).toEqual({ expected: "true or false" });
  expect(understand({ oneOf: titled }, "large")).toEqual({ value: "l" });
  expect(understand({ oneOf: titled }, "1")).toEqual({ value: "s" });
  expect(understand(several, "Small, 2")).toEqual({ value: ["s", "l"] });
  expect(understand(several, "Small,Small")).toHaveProperty("expected");
  expect(understand({ type: "object" }, '{"a":1}')).toEqual({ value: { a: 1 } });
  expect(understand({ type: "object" }, "plain")).toEqual({ value: "plain" });
});

test("a window's form gives the answer, or says at each field what is wrong", () => {
  const properties = { name: { type: "string" }, age: { type: "integer" }, ok: { type: "boolean", default: true } };
  const items = formItems(fieldsOf(properties, ["name"]));
  expect(items.map(({ id, initial }) => [id, initial])).toEqual([
    ["field-1", ""],
    ["field-2", ""],
    ["field-3", true],
  ]);
  expect(formAnswer(items, { "field-1": " ", "field-2": "old", "field-3": true })).toEqual({
    problems: { "field-1": "This is needed", "field-2": "Expected a whole number" },
  });
  expect(formAnswer(items, { "field-1": "Ada", "field-2": "", "field-3": false })).toEqual({
    answer: { name: "Ada", ok: false },
  });
});

test("no schema of a stranger breaks a form: names that mean something to JavaScript, thousands of fields, nonsense", () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, { type: "string" }]));
  expect(fieldsOf(many)).toHaveLength(100);
  const names = JSON.parse('{"__proto__":{"type":"string"},"constructor":{"type":"string"}}') as Properties;
  const filled = formAnswer(formItems(fieldsOf(names)), { "field-1": "a", "field-2": "b" });
  expect(JSON.stringify(filled)).toBe('{"answer":{"__proto__":"a","constructor":"b"}}');
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (properties, answer) => {
      const question: Question = { text: "?", from: "mcp x", form: { properties: properties as Json } };
      presentQuestion(asking(question));
      answerProblem(question, answer as Json);
      formItems(formFields(question));
    }),
  );
});
