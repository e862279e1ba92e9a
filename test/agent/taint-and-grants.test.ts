import { expect, test } from "vitest";
import { causesOf } from "../../src/agent/policy/causes.ts";
import { grantCondition, grantOf } from "../../src/agent/policy/grant-offer.ts";
import type { Cause, Facts, Rule } from "../../src/protocol/values.ts";
import { calls, memoryWorld, says, use } from "../fakes/memory-ports.ts";

const web: Cause = { type: "taint", source: "web evil.example" };
const permit = (tool: string): Rule => ({ id: `may-${tool}`, layer: "config", when: { tool }, decision: "execute" });
/** `look` brings text from the web; `save` and `act` leave marks. */
const facts = ({ name }: { name: string }): Omit<Facts, "hash"> =>
  name === "look" ? { inWorkspace: true, source: web.source } : { inWorkspace: true, paths: [`/w/${name}`] };
const decisions = (world: ReturnType<typeof memoryWorld>) =>
  world.entries.flatMap((entry) => (entry.kind === "tool.decided" ? [entry.data] : []));

const card = {
  approvalId: "t1.2.0#1",
  type: "approval" as const,
  session: "s1",
  tool: "save",
  facts: { paths: ["/w/save"], hash: "h" },
  causes: [web],
};
const grant = (scope: "session" | "always", changes: Partial<typeof card> = {}) => {
  const made = grantOf({ ...card, ...changes }, scope, { by: "p", at: "now" });
  if (made === undefined) throw new Error("no grant");
  return made;
};

test("text from elsewhere makes a call that leaves a mark a person's business, also where a rule permits it", async () => {
  const replies = [calls(use("save")), calls(use("look")), calls(use("save")), says("done")];
  const world = memoryWorld({ replies, rules: [permit("save")], facts });
  expect(await world.run()).toBe("waiting");
  expect(decisions(world).map(({ decision, causes }) => [decision, causes])).toEqual([
    ["execute", []],
    ["execute", []],
    ["requiresApproval", [web]],
  ]);
});

test("what came back as an error was read too; what never ran was not", async () => {
  const replies = [calls(use("look")), calls(use("save")), says("done")];
  const failed = memoryWorld({
    replies,
    rules: [permit("save")],
    facts,
    answers: () => ({ kind: "error", text: "ERROR: x" }),
  });
  expect(await failed.run()).toBe("waiting");
  const denied: Rule = { id: "no", layer: "config", when: { tool: "look" }, decision: "deny" };
  const never = memoryWorld({ replies: [...replies], rules: [denied, permit("save")], facts });
  expect(await never.run()).toBe("ended");
});

test.each([
  ["for this session, with the source shown", [grant("session")], "execute"],
  ["for always", [grant("always")], "execute"],
  ["of another session", [grant("session", { session: "s2" })], "requiresApproval"],
  ["that showed no source", [grant("always", { causes: [] })], "requiresApproval"],
  [
    "that showed another source",
    [grant("always", { causes: [{ type: "taint", source: "web b" }] })],
    "requiresApproval",
  ],
  ["for another file", [grant("always", { facts: { paths: ["/w/other"], hash: "h" } })], "requiresApproval"],
  ["for another tool", [grant("always", { tool: "act" })], "requiresApproval"],
])("a grant %s", async (_, grants, decision) => {
  const replies = [calls(use("look")), calls(use("save")), says("done")];
  const world = memoryWorld({ replies, rules: [permit("save"), ...grants], facts });
  await world.run();
  expect(decisions(world).at(-1)).toMatchObject({ decision, causes: [web] });
});

test("a server's own text is no cause against its tools, and a trusted server is vouched for; others are neither", () => {
  const causes = (more: Partial<Facts>) => causesOf({ effect: "exec" }, { hash: "h", ...more }, ["mcp a", "web b"]);
  expect(causes({ server: "a" })).toEqual([{ type: "taint", source: "web b" }]);
  expect(causes({ server: "c" })).toHaveLength(2);
  expect(causes({ server: "c", isTrusted: true })).toEqual([]);
  expect(causes({})).toHaveLength(2);
  expect(causes({ isSandboxed: true })).toEqual([]);
});

test("a grant lowers what rules of the person or nobody ask for, never what is forbidden, and ends when it ends", async () => {
  const run = async (rules: Rule[]) => {
    const world = memoryWorld({ replies: [calls(use("save")), says("done")], rules, facts });
    await world.run();
    return decisions(world)[0]?.decision;
  };
  const given = grant("always", { causes: [] });
  const ask: Rule = { id: "ask", layer: "config", when: { tool: "save" }, decision: "requiresApproval" };
  expect(await run([given])).toBe("execute");
  expect(await run([ask, given])).toBe("execute");
  expect(await run([{ ...ask, decision: "deny" }, given])).toBe("deny");
  expect(await run([{ ...ask, layer: "hook" }, given])).toBe("requiresApproval");
  if (given.grant === undefined) throw new Error("no grant");
  expect(await run([{ ...given, grant: { ...given.grant, expiresAt: -1 } }])).toBe("requiresApproval");
});

test("what a grant would match is never wider than what the card showed", () => {
  const offer = (more: Partial<Facts>) => grantCondition({ ...card, facts: { hash: "h", ...more } });
  expect(offer({ argv: ["rm", "a*"], isCompound: false, paths: ["/w"] })).toEqual({
    ...{ tool: "save", argv: ["rm", "a*"], path: ["/w"], isSandboxed: false },
  });
  expect(offer({ isCompound: true, preview: "a | b" })).toBeUndefined();
  expect(offer({ paths: ["/w/[x]*.md"] })).toEqual({ tool: "save", path: ["/w/\\[x\\]\\*.md"] });
  expect(offer({ domains: ["a.example"] })).toEqual({ tool: "save", domain: ["a.example"] });
  expect(offer({ server: "memory" })).toEqual({ tool: "save" });
  expect(offer({ isLasting: true })).toBeUndefined();
  expect(offer({ preview: "a tool that could not look" })).toBeUndefined();
  for (const ruleId of ["hook strict", "no-rule"]) expect(grantCondition({ ...card, ruleId })).toBeUndefined();
  expect(grantCondition({ ...card, facts: { hash: "" } })).toBeUndefined();
  expect(grantCondition({ ...card, type: "recovery" as const })).toBeUndefined();
});

test("edited arguments run without a second question, are told to the model, and what policy forbids stays forbidden", async () => {
  const edit = async (rules: Rule[], paths: (values: unknown) => string) => {
    const world = memoryWorld({
      replies: [calls(use("act", { what: "all" })), says("done")],
      rules,
      facts: (call) => ({ inWorkspace: true, paths: [paths(call.arguments)] }),
    });
    expect(await world.run()).toBe("waiting");
    const data = { cardId: "t1.1.0#1", resolution: "edited" as const, by: "p", arguments: { what: "one" } };
    world.write({ kind: "card.resolved", session: "s1", turn: "t1", data });
    return { world, end: await world.run() };
  };
  const fine = await edit([], () => "/w/a");
  expect(fine.end).toBe("ended");
  expect(fine.world.performed).toEqual(["t1.1.0"]);
  expect(decisions(fine.world).map(({ decision, ruleId }) => [decision, ruleId])).toEqual([
    ["requiresApproval", "default-ask"],
    ["execute", "card t1.1.0#1"],
  ]);
  expect(JSON.stringify(fine.world.requests.at(-1)?.messages)).toContain(
    'changed the arguments to: {\\"what\\":\\"one\\"}',
  );

  const forbid: Rule = { id: "no", layer: "config", when: { path: "/secret" }, decision: "deny" };
  const bad = await edit([forbid], (values) => (JSON.stringify(values).includes("one") ? "/secret" : "/w/a"));
  expect(bad.end).toBe("ended");
  expect(bad.world.performed).toEqual([]);
});

test.each<[string, Partial<Facts>, Partial<Facts>, boolean]>([
  ["the same command", { argv: ["npm", "test"], paths: ["/w"] }, {}, true],
  [
    "the same command with hosts to reach",
    { argv: ["npm", "test"], paths: ["/w"] },
    { domains: ["evil.example"] },
    false,
  ],
  ["the same command with another host", { argv: ["a"], domains: ["a.example"] }, { domains: ["evil.example"] }, false],
  ["the same command outside the sandbox", { argv: ["a"], isSandboxed: true }, { isSandboxed: false }, false],
  ["the same command in another folder", { argv: ["a"], paths: ["/w"] }, { paths: ["/v"] }, false],
  ["a compound line", { argv: ["a"] }, { argv: undefined, isCompound: true }, false],
  ["the same application", { app: "Notes" }, {}, true],
  ["the same application with a file", { app: "Notes" }, { paths: ["/secret"] }, false],
  ["the same application with an address", { app: "Notes" }, { domains: ["evil.example"] }, false],
  ["the same file", { paths: ["/w/a"] }, {}, true],
  ["the same file and another", { paths: ["/w/a"] }, { paths: ["/w/a", "/w/b"] }, false],
  [
    "a file where nothing could be seen before",
    { domains: ["a.example"] },
    { paths: ["/w/a"], domains: ["a.example"] },
    false,
  ],
])("a grant answers %s: %#", async (_, shown, changed, isAnswered) => {
  const asked: Facts = { hash: "h", ...shown };
  const given = grantOf({ ...card, causes: [], facts: asked }, "always", { by: "p", at: "now" });
  if (given === undefined) throw new Error("no grant");
  const world = memoryWorld({
    ...{ replies: [calls(use("save")), says("done")], rules: [given] },
    facts: () => ({ ...asked, ...changed }),
  });
  await world.run();
  expect(decisions(world)[0]?.decision).toBe(isAnswered ? "execute" : "requiresApproval");
});
