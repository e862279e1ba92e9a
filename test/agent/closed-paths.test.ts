import { expect, test } from "vitest";
import { closingRule } from "../../src/agent/policy/closed-paths.ts";
import { passedOn, sourcesOf } from "../../src/agent/policy/sources.ts";
import type { Rule, RuleCondition } from "../../src/protocol/values.ts";

const call = { callId: "c", name: "files_list", arguments: {}, effect: "read" as const };
const around = {
  ...{ session: "s", origin: "user" as const, overrides: { env: { trust: "guest" } }, taints: ["web a"] },
  ...{ endpointTrust: "local" as const, now: 0 },
};
const facts = { paths: ["/w"], inWorkspace: true, hash: "h" };
const rule = (decision: Rule["decision"], when: RuleCondition, layer: Rule["layer"] = "config"): Rule => ({
  ...{ id: JSON.stringify([decision, when, layer]), layer, when, decision },
});
const closed = (...rules: Rule[]) => {
  const closing = closingRule(call, facts, around, rules);
  return closing && ((path: string) => closing(path) !== undefined);
};

test("a path is closed where the same call about it would be denied", () => {
  expect(closed()).toBeUndefined();
  expect(closed(rule("requiresApproval", { path: "/w/**" }))).toBeUndefined();
  expect(closed(rule("deny", { path: "/w/**", tool: "files_read" }))).toBeUndefined();
  expect(closed(rule("deny", { path: "/w/**", origin: "delegate" }))).toBeUndefined();
  expect(closed(rule("deny", { path: "/w/**", env: { trust: "owner" } }))).toBeUndefined();
  expect(closed(rule("deny", { path: "/w/**", inWorkspace: false }))).toBeUndefined();
  for (const when of [
    { effect: "read" },
    { tool: "files_*" },
    { taint: "web *" },
    { env: { trust: "guest" } },
  ] as const) {
    const isClosed = closed(rule("deny", { path: ["/w/a/**", "**/*.key"], ...when }));
    expect(["/w/a", "/w/a/b", "/w/x.key", "/w/b"].map((path) => isClosed?.(path))).toEqual([true, true, true, false]);
  }
});

test("the first rule of a layer answers for its layer, and any layer that denies wins", () => {
  const deny = rule("deny", { path: "/w/**" });
  const allow = rule("execute", { path: "/w/ok/**" });
  expect(closed(allow, deny)?.("/w/ok/x")).toBe(false);
  expect(closed(allow, deny)?.("/w/x")).toBe(true);
  expect(closed(deny, allow)?.("/w/ok/x")).toBe(true);
  expect(closed(rule("execute", {}), deny)?.("/w/x")).toBe(false);
  expect(closed(rule("deny", { path: "/w/**" }, "floor"), allow)?.("/w/ok/x")).toBe(true);
});

test("what is written carries what was read; only a call that reads passes on nothing", () => {
  expect(sourcesOf({ source: "a", sources: ["b", "a"] })).toEqual(["a", "b"]);
  expect(sourcesOf(undefined)).toEqual([]);
  expect(passedOn({ effect: "write" }, { hash: "h" }, [])).toBeUndefined();
  expect(passedOn({ effect: "read" }, { hash: "h" }, ["web a"])).toBeUndefined();
  expect(passedOn({ effect: "state" }, { hash: "h" }, ["web a"])).toEqual({ taints: ["web a"] });
  expect(passedOn({ effect: "exec" }, { source: "web b" }, ["web a"])).toEqual({
    ...{ taints: ["web a", "web b"], isUnwatched: true },
  });
});
