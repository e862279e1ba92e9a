import fc from "fast-check";
import { expect, test } from "vitest";
import { limitsSchema } from "../../src/protocol/config.ts";
import type { Json } from "../../src/protocol/values.ts";
import { createCatalogue } from "../../src/tools/catalogue.ts";

const { book } = createCatalogue({ limits: () => limitsSchema.parse({}) });

const argumentsOf = (name: string, input: Json): Json => {
  const result = book.parse(name, input);
  if (result.type === "invalid") throw new Error(result.message);
  return result.arguments;
};
const problemOf = (name: string, input: Json): string => {
  const result = book.parse(name, input);
  return result.type === "invalid" ? result.message : "it was valid";
};

test.each<[string, Json, Record<string, Json>]>([
  ["files_list", { limit: "5" }, { limit: 5 }],
  ["files_list", { limit: " 5.0 " }, { limit: 5 }],
  ["files_list", { recursive: "true" }, { recursive: true }],
  ["files_list", { recursive: "False" }, { recursive: false }],
  ["files_list", { exclude: "node_modules" }, { exclude: ["node_modules"] }],
  ["files_list", { exclude: '["a","b"]' }, { exclude: ["a", "b"] }],
  ["files_list", '{"path":"src"}', { path: "src" }],
  ["files_list", null, { path: "." }],
  ["files_search", { pattern: 404 }, { pattern: "404" }],
  ["files_list", [{ path: "src" }], { path: "src" }],
  ["files_list", { arguments: { path: "src" } }, { path: "src" }],
  ["files_list", { name: "files_list", parameters: '{"path":"src"}' }, { path: "src" }],
  ["files_list", { Path: "src", LIMIT: "7" }, { path: "src", limit: 7 }],
  [
    "files_search",
    { pattern: "x", case_sensitive: "true", "is-literal": true },
    { caseSensitive: true, isLiteral: true },
  ],
  ["shell_run", { Command: "ls", time_limit_seconds: "5" }, { command: "ls", timeLimitSeconds: 5 }],
  ["files_search", { pattern: "\ud800x" }, { pattern: "\uFFFDx" }],
])("%s %j is taken as %j", (name, input, expected) => {
  expect(argumentsOf(name, input)).toMatchObject(expected);
});

test("of two spellings the right one counts, and arguments are never taken from beside the tool's own", () => {
  expect(argumentsOf("files_list", { path: "a", Path: "b", PATH: "c" })).toMatchObject({ path: "a" });
  expect(argumentsOf("files_list", { limit: 5, arguments: { path: "b" } })).toMatchObject({ path: ".", limit: 5 });
  expect(argumentsOf("state_set", { key: "k", value: { arguments: { value: 1 } } })).toMatchObject({
    value: { arguments: { value: 1 } },
  });
  expect(argumentsOf("files_list", [{ path: "a" }, { path: "b" }].slice(0, 1))).toMatchObject({ path: "a" });
  expect(problemOf("files_list", [{ path: "a" }, { path: "b" }])).toMatch(/the input: expected object/);
});

test("null for an optional argument and unknown keys are dropped", () => {
  const taken = argumentsOf("files_read", { path: "a", lines: null, encoding: null, colour: "red" });
  expect(taken).toEqual({ path: "a", from: 1, encoding: "utf-8" });
});

test.each<[string, Json, RegExp]>([
  ["files_read", {}, /^files_read was called wrongly\. path: expected string, but it is missing\./],
  ["files_read", { path: null }, /path: expected string, not null/],
  ["files_read", { path: "" }, /path: .*1 characters/],
  ["files_read", { path: "a\0b" }, /path: text without NUL characters/],
  ["files_list", { limit: 5000 }, /limit: .*<=1000, not 5000/],
  ["files_list", { limit: "many" }, /limit: expected number, not "many"/],
  ["files_list", { limit: 1.5 }, /limit: expected int/],
  ["files_list", { sort: "colour" }, /sort: .*"name"\|"size"\|"modified".*not "colour"/],
  ["files_list", { exclude: ["a", 5, { b: 1 }] }, /exclude\.2: expected string, not an object/],
  ["files_list", { pattern: "*a*a*a*a*a*a*a*b" }, /pattern: a glob with at most 4 stars/],
  ["files_list", [1], /the input: expected object/],
  ["files_list", "not json", /the input: expected object, not "not json"/],
])("%s %j is refused with words", (name, input, expected) => {
  const problem = problemOf(name, input);
  expect(problem).toMatch(expected);
  expect(problem).toMatch(/It takes path \(string/);
  expect(problem).toMatch(/For example: \{/);
});

test("the rationale is taken out, cleaned and capped, also from a call that is wrong", () => {
  const rationale = `Be\ncause\u001b[2J \u202e${"x".repeat(10_000)}`;
  const right = book.parse("shell_run", { command: "date", _rationale: rationale });
  expect(right).toMatchObject({ type: "parsed", arguments: { command: "date", folder: "." } });
  expect(JSON.stringify(right)).not.toContain("_rationale");
  expect(right.rationale).toMatch(/^Be cause \[2J x+$/);
  expect(right.rationale).toHaveLength(500);
  expect(book.parse("shell_run", { _rationale: "why" })).toMatchObject({ type: "invalid", rationale: "why" });
  expect(book.parse("shell_run", { command: "date", _rationale: { a: 1 } }).rationale).toBeUndefined();
  expect(book.parse("files_read", { path: "a", _rationale: "why" })).not.toHaveProperty("rationale");
});

test("keys that would reach a prototype do nothing", () => {
  const hostile = JSON.parse(
    '{"path":"a","__proto__":{"encoding":"latin1","polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  ) as Json;
  expect(argumentsOf("files_read", hostile)).toEqual({ path: "a", from: 1, encoding: "utf-8" });
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(problemOf("files_read", JSON.parse('{"__proto__":{"path":"a"}}') as Json)).toContain("path: expected string");
});

test("whatever a model sends, parsing answers, and what it accepts it accepts again unchanged", () => {
  const keys = fc.constantFrom(
    "path",
    "from",
    "lines",
    "encoding",
    "limit",
    "exclude",
    "command",
    "_rationale",
    "__proto__",
  );
  const input = fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 }))) as fc.Arbitrary<Json>;
  const name = fc.constantFrom(...book.schemas().map((schema) => schema.name));
  fc.assert(
    fc.property(name, input, (tool, sent) => {
      const result = book.parse(tool, sent);
      if (result.type === "invalid") {
        expect(result.message.length).toBeLessThan(2000);
        return;
      }
      expect(book.parse(tool, result.arguments)).toEqual({ type: "parsed", arguments: result.arguments });
    }),
    { numRuns: 500 },
  );
});

test("deeply nested arguments are refused, not overflowed", () => {
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as Json;
  expect(problemOf("files_read", { path: deep })).toContain("path: expected string, not a list");
  expect(problemOf("files_list", { exclude: deep })).toContain("exclude.0");
});
