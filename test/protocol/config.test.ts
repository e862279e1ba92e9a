import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { configSchema, parseConfig } from "../../src/protocol/config.ts";

test("the published schema of config.json is the one the helper checks against", () => {
  const published = readFileSync(resolve(import.meta.dirname, "../../docs/schema/config.schema.json"), "utf8");
  expect(JSON.parse(published)).toEqual(z.toJSONSchema(configSchema, { io: "input" }));
});

test("an empty configuration has every default", () => {
  const { limits, rules, endpoints } = parseConfig("{}", "config.json");
  expect(limits).toMatchObject({ internalMs: 10_000, mcpMs: 120_000, otherMs: 300_000, maxSteps: 20 });
  expect({ rules, endpoints }).toEqual({ rules: [], endpoints: {} });
});

test.each([
  ["{", /config\.json is not valid JSON.*Mend it/],
  ['{"limits": {"maxSteps": 0}}', /limits\.maxSteps/],
  ['{"rules": [{"id": "a", "when": {"tol": "x"}, "decision": "deny"}]}', /rules\.0\.when.*tol/],
  ['{"endpoints": {"a": {"dialect": "anthropic", "url": "file:///etc", "model": "m"}}}', /endpoints\.a\.url.*http/],
])("a mistake is named with its file and key: %s", (text, message) => {
  expect(() => parseConfig(text, "config.json")).toThrow(message);
});
