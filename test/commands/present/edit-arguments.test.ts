import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  ALL,
  argumentFields,
  argumentsFrom,
  argumentsFromJson,
  MORE,
  problemPlaces,
} from "../../../src/commands/present/edit-arguments.ts";
import type { Json } from "../../../src/protocol/values.ts";

const hidden = "rm \u202egpj.";

test("each argument has a field of its kind; what a field would not show as it is stands there escaped", () => {
  const fields = argumentFields({ arguments: { text: "a\nb", list: [1], on: true, none: null, sneaky: hidden } });
  expect(fields).toEqual([
    { id: "argument-1", name: "text", title: "text", kind: "text", initial: "a\nb" },
    { id: "argument-2", name: "list", title: "list", kind: "json", initial: "[\n  1\n]" },
    { id: "argument-3", name: "on", title: "on", kind: "switch", initial: true },
    { id: "argument-4", name: "none", title: "none", kind: "json", initial: "null" },
    { id: "argument-5", name: "sneaky", title: "sneaky", kind: "json", initial: '"rm \\u202egpj."' },
  ]);
  expect(argumentFields({ arguments: [1, 2] })).toBeUndefined();
});

test("a form that nobody changed gives back the very arguments, whatever they are", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
      const fields = argumentFields({ arguments: values as Json }) ?? [];
      const inputs = Object.fromEntries(fields.map(({ id, initial }) => [id, initial]));
      const edited = argumentsFrom(fields, { ...inputs, [MORE]: " " });
      expect(JSON.stringify(edited)).toBe(JSON.stringify({ arguments: values }));
    }),
  );
});

test("an argument is left out where its JSON is empty, and added as an object; what is no JSON is said at its field", () => {
  const fields = argumentFields({ arguments: { count: 3, text: "a" } }) ?? [];
  const inputs = { "argument-1": "", "argument-2": "" };
  expect(argumentsFrom(fields, { ...inputs, [MORE]: '{"more": [true]}' })).toEqual({
    arguments: { text: "", more: [true] },
  });
  expect(argumentsFrom(fields, { "argument-1": "three", "argument-2": "a", [MORE]: "[]" })).toEqual({
    problems: { "argument-1": expect.stringContaining("no JSON") as string, [MORE]: expect.any(String) as string },
  });
  expect(argumentsFromJson("[1")).toEqual({ problems: { [ALL]: "This is no JSON" } });
  expect(argumentsFromJson('"one"')).toEqual({ arguments: "one" });
});

test("a refusal stands at the argument that it names, else at the first", () => {
  const fields = argumentFields({ arguments: { path: "a", text: "b" } });
  const message = "t1.1.0#1 still waits: files_write was called wrongly. text: expected string, not 5.";
  expect(problemPlaces(fields, message)).toEqual({
    "argument-2": "files_write was called wrongly. text: expected string, not 5.",
  });
  expect(Object.keys(problemPlaces(fields, "Something else."))).toEqual(["argument-1"]);
  expect(Object.keys(problemPlaces([], "Something else."))).toEqual([MORE]);
  expect(Object.keys(problemPlaces(undefined, message))).toEqual([ALL]);
});
