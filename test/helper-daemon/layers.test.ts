import { expect, test } from "vitest";
import { priceOf, withCost } from "../../helper-daemon/endpoints/price.ts";
import { turnEnvironment } from "../../helper-daemon/turn-environment.ts";
import { configSchema } from "../../src/protocol/config.ts";

const declared = { trust: { enum: ["guest", "owner"], default: "guest" }, style: { enum: ["plain", "formal"] } };

test.each([
  [{}, { trust: "guest" }, { "env.trust": "default" }],
  [{ session: { trust: "owner" } }, { trust: "owner" }, { "env.trust": "session" }],
  [{ turn: { trust: "guest" }, session: { trust: "owner" } }, { trust: "guest" }, { "env.trust": "turn" }],
  [{ turn: { trust: null }, session: { trust: "owner" } }, { trust: "guest" }, { "env.trust": "default" }],
  [{ turn: null, session: { trust: "owner", style: "plain" } }, { trust: "guest" }, { "env.trust": "default" }],
  [
    { turn: { style: "formal" }, session: { trust: "owner", style: "plain" } },
    { trust: "owner", style: "formal" },
    { "env.trust": "session", "env.style": "turn" },
  ],
])("an environment of %j", (layers, env, provenance) => {
  expect(turnEnvironment(declared, layers)).toEqual({ env, provenance });
});

test("names of every object are no keys", () => {
  for (const key of ["constructor", "toString", "__proto__"]) {
    const turn = JSON.parse(`{${JSON.stringify(key)}: "x"}`) as Record<string, string>;
    expect(() => turnEnvironment(declared, { turn })).toThrow(`no environment key ${key}`);
  }
});

test("no environment is none", () => {
  expect(turnEnvironment({}, {})).toBeUndefined();
  expect(turnEnvironment({ style: { enum: ["plain"] } }, {})).toBeUndefined();
});

test("two keys that a command could not tell apart are a mistake in the configuration", () => {
  const one = { enum: ["x"] };
  for (const keys of [
    { "a-b": one, a_b: one },
    { Trust: one, trust: one },
  ]) {
    expect(configSchema.safeParse({ environment: keys }).error?.issues[0]?.message).toContain("the same variable");
  }
  expect(configSchema.safeParse({ environment: { "a-b": one, ab: one } }).success).toBe(true);
});

test("costs: cached tokens at their own price, what the server says itself stays, an unknown price stays unknown", () => {
  const usage = { inputTokens: 1_000, cachedTokens: 400, outputTokens: 10 };
  expect(withCost(usage, { input: 10, cached: 1, output: 100 }).costUsd).toBeCloseTo(0.0074, 12);
  expect(withCost(usage, { input: 10, output: 100 }).costUsd).toBeCloseTo(0.011, 12);
  expect(withCost({ ...usage, cachedTokens: 9_999 }, { input: 10, cached: 0, output: 0 }).costUsd).toBe(0);
  expect(withCost({ ...usage, costUsd: 7 }, { input: 10, output: 100 }).costUsd).toBe(7);
  expect(withCost(usage, undefined)).toEqual(usage);
  expect(priceOf({ prices: {} }, "e", "constructor")).toBeUndefined();
  expect(priceOf({ prices: {} }, "rehearsal", "m")).toEqual({ input: 0, output: 0 });
});
