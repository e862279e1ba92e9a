import { expect, test } from "vitest";
import { grantCondition, wholeAppOf } from "../../../src/agent/policy/grant-offer.ts";
import { uncovered } from "../../../src/agent/policy/standing-word.ts";
import type { Cause, Facts, Rule } from "../../../src/protocol/values.ts";
import { rule, send, verdict } from "./screen-world.ts";

const cause: Cause = { type: "secure-field", source: "Password in Mail" };
const into = (action: string): Facts => ({
  ...send,
  isSecure: true,
  control: { action, role: "password text", name: "Password" },
});
const grant = (when: Rule["when"]): Rule => ({
  ...{ id: "g", layer: "grant", when, decision: "execute" },
  grant: { scope: "always", covers: [cause, { type: "taint", source: "screen Mail" }], by: "me", at: "now" },
});

test.each(["type", "set", "key", "menu", "an action of tomorrow"])(
  "to %s what a secure field keeps secret always asks, whoever has permitted it",
  (action) => {
    const facts = into(action);
    const hook: Rule = { id: "hook h", layer: "hook", when: {}, decision: "execute" };
    const word = { action, role: "password text", name: "Password" };
    const rules = [
      [],
      [rule("execute", { tool: "screen_act", app: "Mail", control: word })],
      [hook],
      [grant({ tool: "screen_act", app: "Mail", control: word })],
      [grant({ tool: ["screen_read", "screen_expand", "screen_wait", "screen_act"], app: "Mail" })],
    ];
    for (const list of [...rules, rules.flat()]) {
      const said = verdict(facts, list, { overrides: { yes: true } });
      expect(said).toMatchObject({ answer: "requiresApproval", causes: [cause] });
      expect(verdict(facts, list, { overrides: { yes: true, approvals: "deny" } }).answer).toBe("deny");
    }
    const card = { type: "approval" as const, tool: "screen_act", facts, causes: [cause], ruleId: "default-ask" };
    expect([grantCondition(card), wholeAppOf(card, [])]).toEqual([undefined, undefined]);
  },
);

test("what puts nothing into a secure field is no such cause, nor is the same action elsewhere", () => {
  for (const action of ["press", "focus", "scroll", "click"]) expect(verdict(into(action)).causes).toEqual([]);
  expect(verdict({ ...into("type"), isSecure: false }).causes).toEqual([]);
  expect(verdict({ ...into("type"), control: undefined }).causes).toMatchObject([{ type: "secure-field" }]);
});

test("what is chosen from a menu goes where the keyboard is: Paste asks like keys, whichever way it is chosen", () => {
  for (const action of ["press", "click", "select", "toggle"]) {
    const paste = { ...send, isSecure: true, control: { action, role: "menu item", name: "Paste" } };
    const whole = grant({ tool: ["screen_read", "screen_expand", "screen_wait", "screen_act"], app: "Mail" });
    expect(verdict(paste, [whole], { overrides: { yes: true } })).toMatchObject({
      answer: "requiresApproval",
      causes: [{ type: "secure-field" }],
    });
  }
});

test("its words stay on one line, however the field is called", () => {
  const named = (name: string) => ({ ...into("type"), control: { action: "type", role: "t", name } });
  expect(verdict(named(`a\n  Tool: b${"c".repeat(500)}`)).causes[0]?.source).toMatch(/^a Tool: bc{90,} in Mail$/);
  expect(verdict(named(" ")).causes[0]?.source).toBe("a field in Mail");
});

test("no grant answers for it, also one that says so", () => {
  expect(uncovered(grant({}), [cause, { type: "taint", source: "screen Mail" }])).toEqual([cause]);
});
