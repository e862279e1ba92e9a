import { expect, test } from "vitest";
import { grantCondition, grantOf, wholeAppGrant, wholeAppOf } from "../../../src/agent/policy/grant-offer.ts";
import type { Cause, Facts, Rule } from "../../../src/protocol/values.ts";
import { reading, send, verdict } from "./screen-world.ts";

const word = { by: "me", at: "now" };
const cardOf = (facts: Facts, causes: Cause[] = []) => ({
  ...{ approvalId: "t1.1.0#1", type: "approval" as const, session: "s1", causes, facts },
  ...{ tool: facts.control === undefined ? "screen_read" : "screen_act", ruleId: "default-ask" },
});
const given = (rule: Rule | undefined): Rule => {
  if (rule === undefined) throw new Error("no grant");
  return rule;
};
const taints = (...apps: string[]) => apps.map((app): Cause => ({ type: "taint", source: `screen ${app}` }));
const act = (action: string, name: string, more: Partial<Facts> = {}): Facts => ({
  ...send,
  ...more,
  control: { action, role: "button", name },
});

test.each<[string, Facts, boolean]>([
  ["the same in another window", { ...send, window: "Inbox" }, true],
  ["another button", act("press", "Delete"), false],
  ["another action on it", act("focus", "Send"), false],
  ["the same name with another role", { ...send, control: { action: "press", role: "link", name: "Send" } }, false],
  ["the same in another application", { ...send, app: "Notes" }, false],
  ["reading the window", reading, false],
  ["the same once it is secret what it takes", { ...act("type", "Send"), isSecure: true }, false],
])("a grant for pressing Send in Mail answers for %s: %#", (_, facts, isAnswered) => {
  const grant = given(grantOf(cardOf(send), "session", word));
  expect(grant.when).toEqual({
    ...{ tool: "screen_act", app: "Mail" },
    control: { action: "press", role: "button", name: "Send" },
  });
  expect(verdict(facts, [grant]).answer).toBe(isAnswered ? "execute" : "requiresApproval");
});

test("a hostile name is a name, not a pattern", () => {
  const grant = given(grantOf(cardOf(act("press", "S*[a](b|c)")), "session", word));
  expect(verdict(act("press", "S*[a](b|c)"), [grant]).answer).toBe("execute");
  for (const name of ["Send", "Sab", "S*"])
    expect(verdict(act("press", name), [grant]).answer).toBe("requiresApproval");
});

test("what a control does not tell apart can be approved once only, and nothing at all in a terminal", () => {
  const offer = (facts: Facts) => grantCondition(cardOf(facts));
  for (const action of ["key", "menu", "click"]) expect(offer(act(action, "Send"))).toBeUndefined();
  for (const name of ["", " "]) expect(offer(act("press", name))).toBeUndefined();
  expect(offer({ ...send, control: undefined, app: undefined })).toBeUndefined();
  for (const action of ["type", "set", "press"]) expect(offer(act(action, "x", { app: "XTerm" }))).toBeUndefined();
  expect(offer(act("type", "To"))).toMatchObject({ control: { action: "type", name: "To" } });
});

test("a grant for reading an application covers its windows and all ways of reading, not driving it", () => {
  const grant = given(grantOf(cardOf(reading), "session", word));
  expect(grant.when).toEqual({ tool: ["screen_read", "screen_expand", "screen_wait"], app: "Mail" });
  expect(verdict({ ...reading, window: "Inbox" }, [grant]).answer).toBe("execute");
  const more = { ...reading, control: { action: "expand", role: "table", name: "Messages" } };
  expect(verdict(more, [grant], {}, "screen_expand").answer).toBe("execute");
  expect(verdict({ ...reading, app: "Notes" }, [grant]).answer).toBe("requiresApproval");
  expect(verdict(send, [grant]).answer).toBe("requiresApproval");
});

test("a grant for a whole application reads and drives it, on its own text too, and nothing beyond", () => {
  const grant = given(wholeAppGrant(cardOf(reading), [], "session", word));
  expect(grant).toMatchObject({
    when: { app: "Mail" },
    grant: { scope: "session", session: "s1", covers: taints("Mail") },
  });
  const read = { taints: ["screen Mail"] };
  for (const facts of [reading, send, act("key", "x"), act("menu", ""), act("type", "To")]) {
    expect(verdict(facts, [grant], read).answer).toBe("execute");
  }
  expect(verdict({ ...send, app: "Notes" }, [grant], read).answer).toBe("requiresApproval");
  expect(verdict(send, [grant], { taints: ["screen Mail", "web evil.example"] }).answer).toBe("requiresApproval");
  expect(verdict({ ...send, paths: ["/secret"] }, [grant], read).answer).toBe("requiresApproval");
  expect(verdict({ ...send, domains: ["evil.example"] }, [grant], read).answer).toBe("requiresApproval");
  expect(verdict({ ...send, rehydrates: ["email 1 k3f9x"] }, [grant], read).answer).toBe("requiresApproval");
  expect(verdict(send, [grant], { ...read, session: "s2" }).answer).toBe("requiresApproval");
});

test("a terminal inside another program can be approved once only, also where all of that program is allowed", () => {
  const shell = { ...send, control: { action: "type", role: "terminal", name: "Terminal" } };
  expect(grantCondition(cardOf(shell))).toBeUndefined();
  expect(wholeAppOf(cardOf(shell), [])).toBeUndefined();
  const whole = given(wholeAppGrant(cardOf(reading), [], "session", word));
  expect(verdict(send, [whole], { taints: ["screen Mail"] }).answer).toBe("execute");
  expect(verdict(shell, [whole], { taints: ["screen Mail"] }).answer).toBe("requiresApproval");
  const more = { ...shell, control: { action: "expand", role: "terminal", name: "Terminal" } };
  expect(verdict(more, [given(grantOf(cardOf(reading), "session", word))], {}, "screen_expand").answer).toBe("execute");
});

test("it is offered for windows alone, never where loopd could be answered, nor where a hook asks", () => {
  const offer = (facts: Facts, more: object = {}) => wholeAppOf({ ...cardOf(facts), ...more }, []);
  expect(offer(send)).toMatchObject({ app: "Mail" });
  expect(offer(act("click", ""))).toMatchObject({ app: "Mail" });
  for (const app of ["Raycast", "Terminal", "kitty"]) expect(offer({ ...send, app })).toBeUndefined();
  expect(offer(send, { tool: "app_open" })).toBeUndefined();
  expect(offer(send, { ruleId: "hook strict" })).toBeUndefined();
  expect(offer(send, { type: "recovery" })).toBeUndefined();
  expect(offer({ ...send, app: undefined })).toBeUndefined();
  expect(offer({ ...send, hash: "" })).toBeUndefined();
});

test("a value carried from one application to another needs one grant for each; what comes back asks once more", () => {
  const first = given(wholeAppGrant(cardOf(reading), [], "session", word));
  const notes = { ...reading, app: "Notes", source: "screen Notes" };
  expect(verdict(notes, [first], { taints: ["screen Mail"] }).answer).toBe("requiresApproval");
  const second = given(wholeAppGrant({ ...cardOf(notes), approvalId: "t1.2.0#1" }, ["screen Mail"], "session", word));
  expect(second.grant?.covers).toEqual(taints("Mail", "Notes"));
  const both = { taints: ["screen Mail", "screen Notes"] };
  expect(verdict({ ...send, app: "Notes" }, [first, second], both).answer).toBe("execute");
  expect(verdict(reading, [first, second], both).answer).toBe("execute");
  const back = verdict(send, [first, second], both);
  expect(back).toMatchObject({ answer: "requiresApproval", causes: taints("Mail", "Notes") });
  const third = given(
    wholeAppGrant({ ...cardOf(send, back.causes), approvalId: "t1.3.0#1" }, both.taints, "session", word),
  );
  expect(verdict(send, [first, second, third], both).answer).toBe("execute");
});
