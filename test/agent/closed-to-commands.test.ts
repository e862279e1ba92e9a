import { expect, test } from "vitest";
import { closedOnItsWay } from "../../src/agent/policy/closed-to-commands.ts";
import { decide } from "../../src/agent/policy/decide.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import type { Facts, Rule, RuleCondition } from "../../src/protocol/values.ts";

const call = { callId: "c", name: "shell_run", arguments: {}, effect: "exec" as const };
const around = {
  ...{ session: "s", origin: "user" as const, overrides: {}, taints: [], endpointTrust: "local" as const, now: 0 },
};
type Written = Omit<Rule, "layer">;
const rule = (decision: Rule["decision"], when: RuleCondition): Written => ({
  ...{ id: JSON.stringify([decision, when]), when, decision },
});
const deny = (when: RuleCondition) => rule("deny", when);
const facts: Facts = { paths: ["/w"], inWorkspace: true, isSandboxed: true, argv: ["cat", "x"], hash: "h" };

/** Whether a command may neither read, nor write, `/home/me/p/x`. */
function closed(...rules: Written[]): string {
  const { closes } = closedOnItsWay(call, facts, around, standingRules(rules, "/home/me"));
  const says = (what: "reading" | "writing") => closes?.[what]?.closedBy("/home/me/p/x") !== undefined;
  return [says("reading") ? "unread" : "", says("writing") ? "unwritten" : ""].join(" ").trim();
}

const path = "~/p/**";

test("what is forbidden to the tools that read and write files is forbidden to commands", () => {
  expect(closed()).toBe("");
  expect(closed(deny({ path }))).toBe("unread unwritten");
  expect(closed(deny({ path, effect: ["read", "network"] }))).toBe("unread");
  expect(closed(deny({ path, tool: "files_read" }))).toBe("unread");
  expect(closed(deny({ path, tool: "files_search" }))).toBe("unread");
  expect(closed(deny({ path, effect: "write" }))).toBe("unwritten");
  expect(closed(deny({ path, tool: "files_e*" }))).toBe("unwritten");
  expect(closed(deny({ path, effect: "exec" }))).toBe("unread unwritten");
  expect(closed(deny({ path, tool: "shell_run", command: ["cat"] }))).toBe("unread unwritten");
  expect(closed(deny({ path, inWorkspace: false }))).toBe("unread unwritten");
  for (const when of [
    { tool: "web_fetch" },
    { effect: "ui" },
    { command: ["ls"] },
    { origin: "routine" },
  ] satisfies RuleCondition[]) {
    expect(closed(deny({ path, ...when })), JSON.stringify(when)).toBe("");
  }
  expect(closed(deny({ effect: "read", inWorkspace: false }))).toBe("");
});

test("only what opens the same path to the same tools before it is an exception; to run somewhere is none", () => {
  const opens = (...when: RuleCondition[]) =>
    when.map((one) => closed(rule("execute", one), deny({ path }), rule("execute", { path })));
  expect(opens({ path: "~/p/x" }, { path: "/home/**" })).toEqual(["", ""]);
  expect(opens({ path, effect: "read" })).toEqual(["unread unwritten"]);
  expect(opens({ path, tool: "shell_run" }, { tool: "shell_run" }, { effect: "exec" })).toEqual(
    Array.from({ length: 3 }, () => "unread unwritten"),
  );
  expect(opens({ inWorkspace: true }, { effect: "read", inWorkspace: true })).toEqual(
    Array.from({ length: 2 }, () => "unread unwritten"),
  );
  expect(closed(rule("requiresApproval", { path }), deny({ path }))).toBe("unread unwritten");
});

test("a command that names what is closed is denied with the rule's reason, in the sandbox and outside of it", () => {
  const secret = { ...deny({ path, effect: "read" }), id: "secret", reason: "Mine." };
  const rules = standingRules([rule("execute", { tool: "shell_run" }), secret], "/home/me");
  for (const isSandboxed of [true, false]) {
    const answer = (more: Partial<Facts>) => decide(call, { ...facts, isSandboxed, ...more }, around, rules);
    expect(answer({ named: ["/w/a", "/home/me/p/x"] })).toMatchObject({
      ...{ answer: "deny", ruleId: "secret" },
      reason: 'A rule closes "/home/me/p/x", which this command names. Mine.',
    });
    expect(answer({ paths: ["/home/me/p"] })).toMatchObject({ answer: "deny", ruleId: "secret" });
    expect(answer({ named: ["/w/a", "/home/me"] })).toMatchObject({ answer: "execute" });
  }
  const server = { server: "s", named: ["/home/me/p/x"], hash: "h" };
  expect(decide(call, server, around, rules).answer).toBe("execute");
});
