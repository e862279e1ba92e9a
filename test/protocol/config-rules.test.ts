import { expect, test } from "vitest";
import { parseConfig } from "../../src/protocol/config.ts";

const problem = (...rules: object[]): string => {
  try {
    parseConfig(JSON.stringify({ rules }), "config.json");
    return "";
  } catch (thrown) {
    return (thrown as Error).message;
  }
};
const deny = (when: object, id = "mine") => ({ id, when, decision: "deny" });

test.each([
  [deny({ effect: "wirte" }), 'rules.1.when.effect (rule "mine")', '"write"'],
  [deny({ effect: ["read", "wirte"] }), 'rules.1.when.effect (rule "mine")', '"write"'],
  [deny({ pth: "/x" }), 'rules.1.when (rule "mine")', '"pth"'],
  [{ ...deny({}), decision: "forbid" }, 'rules.1.decision (rule "mine")', '"requiresApproval"'],
  [{ ...deny({}), expiresIn: "soon" }, 'rules.1.expiresIn (rule "mine")', "24h"],
  [deny({ env: { trust: 3 } }), 'rules.1.when.env.trust (rule "mine")', "string"],
  [deny({}, "first"), 'rules.1.id (rule "first")', "already"],
])("a mistake is told with the rule that it is in: %j", (rule, where, what) => {
  const words = problem(deny({ tool: "x" }, "first"), rule);
  expect(words).toContain(`1 mistake(s): ${where}`);
  expect(words).toContain(what);
});

test.each([
  ...["secret/**", "*.env", ".env", "./a", "~user/a", "$HOME/a", "!/w/a", "/w/../a", "~/./a", "/w//a", ""].map(
    (path) => ({ path }),
  ),
  ...["https://a.example", "a.example/x", "a.example.", "me@a.example", "m\u00fcnchen.example", "a b", ""].map(
    (domain) => ({ domain }),
  ),
])("a condition that nothing could meet is refused, since a rule that forbids would permit: %j", (when) => {
  expect(problem(deny(when))).toContain(`rules.0.when.${Object.keys(when)[0]} (rule "mine")`);
});

test("what people usually write is taken", () => {
  const path = ["/w/**", "~", "~/private", "~/a/", "**/.env", "**", "/w/a[1]/x (2).txt", "/w/...", "/w/a..b"];
  const domain = ["example.com", "*.example.com", "*", "localhost:8080", "10.0.0.*", "[::1]", "xn--mnchen-3ya.de"];
  expect(problem(deny({ path, domain }))).toBe("");
});
