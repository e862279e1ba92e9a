import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Json } from "../../src/protocol/values.ts";
import { coerce } from "../../src/tools/coerce.ts";
import { projectSchema } from "../../src/tools/project-schema.ts";

const TOLD = new Set("type enum const required description properties items anyOf additionalProperties".split(" "));
const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const property = (schema: unknown, more: object = {}) => {
  const { properties } = projectSchema(object({ a: schema }, more)) as { properties: { a: unknown } };
  return properties.a;
};

/** Fails on any keyword that is not told, any part without a type, and any depth that a server would not compile. */
function check(part: Json, depth = 0): void {
  expect(depth).toBeLessThan(24);
  expect(part).toBeTypeOf("object");
  const schema = part as { [key: string]: Json };
  expect(Object.keys(schema).filter((key) => !TOLD.has(key))).toEqual([]);
  if (schema["anyOf"] === undefined) expect(schema["type"]).toBeTypeOf("string");
  for (const one of (schema["anyOf"] as Json[] | undefined) ?? []) check(one, depth + 1);
  for (const one of Object.values((schema["properties"] as object | undefined) ?? {})) check(one as Json, depth + 1);
  if (schema["items"] !== undefined) check(schema["items"], depth + 1);
  const others = schema["additionalProperties"];
  if (others !== undefined && others !== true) check(others, depth + 1);
}

describe("what a model is told", () => {
  test("a schema of ours keeps names, types, choices, words and what is required, and nothing else", () => {
    const input = z.object({
      path: z.string().min(1).max(100).regex(/^a/).describe("Where"),
      mode: z.enum(["append", "replace"]).default("append"),
      count: z.number().int().min(0).optional(),
      list: z
        .array(z.strictObject({ on: z.boolean() }))
        .max(3)
        .optional(),
      one: z.union([z.literal("x"), z.literal("y")]).optional(),
      tags: z.record(z.string(), z.number()).optional(),
    });
    expect(projectSchema(z.toJSONSchema(input, { io: "input" }))).toEqual({
      type: "object",
      required: ["path"],
      properties: {
        path: { type: "string", description: "Where" },
        mode: { type: "string", enum: ["append", "replace"] },
        count: { type: "integer" },
        list: { type: "array", items: object({ on: { type: "boolean" } }, { required: ["on"] }) },
        one: { type: "string", enum: ["x", "y"] },
        tags: { type: "object", additionalProperties: { type: "number" } },
      },
    });
  });

  test("references are inlined, also through pointers with escapes and in a row; the words beside one win", () => {
    const $defs = { "a/b~c d": { $ref: "#/$defs/second" }, second: { type: "integer", description: "far" } };
    expect(property({ $ref: "#/$defs/a~1b~0c%20d", description: "near" }, { $defs })).toEqual({
      type: "integer",
      description: "near",
    });
  });

  test("allOf is merged; alternatives of one kind become one list; null that is the default is left out", () => {
    const named = { properties: { a: { type: "string" } }, required: ["a"] };
    const counted = { properties: { n: { type: "number" } } };
    expect(property({ allOf: [named, counted] })).toEqual(
      object({ a: { type: "string" }, n: { type: "number" } }, { required: ["a"] }),
    );
    expect(property({ oneOf: [{ const: "a", title: "A" }, { const: "b" }] })).toEqual({
      type: "string",
      enum: ["a", "b"],
    });
    expect(property({ anyOf: [{ type: "string", format: "uri" }, { type: "null" }], default: null })).toEqual({
      type: "string",
    });
    expect(property({ type: ["string", "null"] })).toEqual({ anyOf: [{ type: "string" }, { type: "null" }] });
    expect(property({ enum: ["a", 1, "b"] })).toEqual({
      anyOf: [
        { type: "string", enum: ["a", "b"] },
        { type: "number", enum: [1] },
      ],
    });
  });

  test("alternatives at the top stand side by side, and only what all of them require is required", () => {
    const branch = (action: string, more: string) =>
      object({ action: { const: action }, [more]: { type: "string" } }, { required: ["action", more] });
    expect(projectSchema({ oneOf: [branch("open", "path"), branch("visit", "url")] })).toEqual({
      type: "object",
      required: ["action"],
      properties: {
        action: { type: "string", enum: ["open", "visit"] },
        path: { type: "string" },
        url: { type: "string" },
      },
    });
  });

  test("no arguments stay none; an object of anything stays open; a value of any type is said with types", () => {
    expect(projectSchema({ type: "object" })).toEqual({ type: "object", properties: {} });
    expect(property({ type: "object" })).toEqual({ type: "object", additionalProperties: true });
    expect(property({ description: "any value" })).toMatchObject({
      description: "any value",
      anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }, { type: "object" }, { type: "array" }],
    });
  });
});

describe("hostile schemas", () => {
  const circle = { $defs: { node: object({ next: { $ref: "#/$defs/node" }, name: { type: "string" } }) } };
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => {
      const next = { $ref: `#/$defs/d${index + 1}` };
      return [`d${index}`, index % 2 === 0 ? object({ l: next, r: next }) : { allOf: [next, next] }];
    }),
  );
  let deep: object = { type: "string" };
  for (let index = 0; index < 1_000; index += 1) deep = index % 2 === 0 ? object({ a: deep }) : { anyOf: [deep, deep] };
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, { type: "string" }]));

  test.each<[string, unknown]>([
    ["a circle", object({ a: { $ref: "#/$defs/node" } }, circle)],
    ["itself", object({ a: { $ref: "#" } })],
    ["a reference to itself", object({ a: { $ref: "#/properties/a" } })],
    ["a reference to nowhere", object({ a: { $ref: "#/$defs/none" }, b: { $ref: "https://example.com/x" } })],
    ["a reference with a broken escape", object({ a: { $ref: "#/%E0%A4%A" } })],
    ["references that double forty times", object({ a: { $ref: "#/$defs/d0" } }, { $defs: doubling })],
    ["allOf in a circle", { type: "object", allOf: [{ $ref: "#" }, { $ref: "#" }] }],
    ["a depth of 1,000", deep],
    ["10,000 properties", object(wide)],
    [
      "large parts in large numbers",
      {
        type: "object",
        allOf: Array.from({ length: 10_000 }, () => ({ $ref: "#/$defs/wide" })),
        properties: { a: { anyOf: Array.from({ length: 100 }, () => ({ $ref: "#/$defs/wide" })) } },
        $defs: { wide: object(wide) },
      },
    ],
    ["100,000 values", object({ a: { enum: Array.from({ length: 100_000 }, (_, index) => `v${index}`) } })],
    ["10,000 alternatives", object({ a: { anyOf: Array.from({ length: 10_000 }, (_, i) => ({ const: i })) } })],
    ["a long description", object({ a: { type: "string", description: "x\u202e".repeat(1_000_000) } })],
    ["names that no server takes", object({ "a b": {}, ["__proto__"]: {}, ["x".repeat(100)]: {}, "": {} })],
    ["wrong types everywhere", { type: "object", properties: [1], required: { a: 1 }, anyOf: "x", allOf: 7 }],
    ["wrong types in a property", object({ a: { type: 5, enum: {}, items: [], anyOf: [null], required: 1 } })],
    ["patterns with lookahead", object({ a: { type: "string", pattern: "^(?=.*x)(?<!y).*$", format: "regex" } })],
    ...[null, true, "object", 5, [], { type: "string" }, { type: "array" }, undefined].map(
      (value): [string, unknown] => [`no object: ${JSON.stringify(value)}`, value],
    ),
  ])("%s", (_, schema) => {
    const projected = projectSchema(schema);
    check(projected);
    expect(projected).toMatchObject({ type: "object", properties: expect.anything() });
    expect(JSON.stringify(projected).length).toBeLessThan(100_000);
    expect(Object.getPrototypeOf(projected["properties"])).toBe(Object.prototype);
  });

  test("what was left out is still let through", () => {
    const some = projectSchema(object({ ...wide, "the one": {} }, { required: ["p9999"] }));
    expect(some).toMatchObject({ additionalProperties: true, required: ["p9999"] });
    expect(coerce({ p5000: "kept", p9999: 5 }, some)).toEqual({ p5000: "kept", p9999: "5" });
  });

  test("any JSON at all gives a schema of bounded size that a validator compiles", () => {
    const keyword = fc.constantFrom(
      "type",
      "properties",
      "items",
      "anyOf",
      "allOf",
      "$ref",
      "required",
      "enum",
      "const",
    );
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom("object", "string", "array", "#", "#/properties/a", "null", true, false, null, 1),
        fc.jsonValue({ maxDepth: 1 }),
      ),
      tree: fc.oneof(
        { maxDepth: 5 },
        tie("leaf"),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.oneof(keyword, fc.constantFrom("a", "b")), tie("tree"), { maxKeys: 5 }),
      ),
    }));
    const ajv = new Ajv({ strict: false });
    fc.assert(
      fc.property(tree, (schema) => {
        const projected = projectSchema(object({ a: schema as Json }));
        check(projected);
        ajv.compile(projected);
        ajv.removeSchema(projected);
      }),
      { numRuns: 500 },
    );
  });
});
