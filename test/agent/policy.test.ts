import { expect, test } from "vitest";
import type { Circumstances } from "../../src/agent/policy/circumstances.ts";
import { decide } from "../../src/agent/policy/decide.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import type { Decision, Rule } from "../../src/protocol/values.ts";

const around: Circumstances = {
  ...{ session: "s1", origin: "user", overrides: {}, taints: [], endpointTrust: "local", now: 0 },
};
const HOME = "/home/p (work)";
const read = (paths: string[], rules: Omit<Rule, "layer">[]) => {
  const call = { callId: "c", name: "files_read", arguments: {}, effect: "read" as const };
  const facts = { paths, inWorkspace: true, isProtected: false, hash: "h" };
  return decide(call, facts, around, standingRules(rules, HOME)).answer;
};
const rule = (path: string | string[], decision: Decision) => ({ id: "r", when: { path }, decision });

test("`~` in a rule's path is the person's home, so what it forbids is forbidden", () => {
  expect(read([`${HOME}/private/diary.md`], [rule("~/private/**", "deny")])).toBe("deny");
  expect(read([`${HOME}/private/diary.md`], [rule(["/elsewhere/**", "~/private/**"], "deny")])).toBe("deny");
  expect(read([`${HOME}/public/a.md`], [rule("~/private/**", "deny")])).toBe("execute");
  expect(read([`${HOME}/x`], [rule("~", "deny")])).toBe("deny");
  expect(read(["/home/p (workshop)/x"], [rule("~", "deny")])).toBe("execute");
  expect(read(["/w/~/private/a"], [rule("~/private/**", "deny")])).toBe("execute");
});

test("a rule that permits covers every path of a call, one that forbids speaks about a single one", () => {
  const paths = ["/w/a/1", "/w/b/2"];
  expect(read(paths, [rule("/w/a/**", "deny")])).toBe("deny");
  expect(read(paths, [rule("/w/a/**", "requiresApproval")])).toBe("requiresApproval");
});

test("a turn that waits for nobody is denied whatever a person would have to approve, and nothing else", () => {
  const facts = { paths: ["/w/a"], inWorkspace: true, hash: "h" };
  const nobody = { ...around, overrides: { approvals: "deny" as const } };
  const answer = (effect: "read" | "write", taints: string[] = [], yes?: true) => {
    const circumstances = { ...nobody, taints, overrides: { ...nobody.overrides, yes } };
    return decide({ callId: "c", name: "t", arguments: {}, effect }, facts, circumstances, standingRules([], HOME));
  };
  expect(answer("read").answer).toBe("execute");
  expect(answer("write", [], true).answer).toBe("execute");
  expect(answer("write")).toMatchObject({ answer: "deny", ruleId: "default-ask", expiresIn: undefined });
  expect(answer("write").reason).toContain("waits for nobody");
  expect(answer("write", ["web a.example"], true).answer).toBe("deny");
});
