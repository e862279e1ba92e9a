import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ResultOf } from "../../../src/protocol/requests.ts";
import type { Rule } from "../../../src/protocol/values.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "loopd-cli-"));
  cli = cliOn(home);
});
afterEach(() => cli.remove());

type Test = ResultOf<"rule.test">;
const verdict = (tool: string, values: object, ...more: string[]) =>
  cli.json<Test>("rules", "test", "--tool", tool, "--args", JSON.stringify(values), ...more);

test("rules are added, tested, listed and removed; they are the person's config.json", async () => {
  expect(await verdict("shell_run", { command: "git status" })).toMatchObject({ decision: "requiresApproval" });
  const added = await cli.run([
    "rules",
    "add",
    "allow",
    "--tool",
    "shell_run",
    "--command",
    "git status",
    "--id",
    "git",
  ]);
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  expect(JSON.parse(readFileSync(join(home, "config.json"), "utf8"))).toMatchObject({
    rules: [{ id: "git", when: { tool: ["shell_run"], command: ["git", "status"] }, decision: "execute" }],
  });
  expect(await verdict("shell_run", { command: "git status --short" })).toMatchObject({
    ...{ decision: "execute", ruleId: "git" },
    heard: [{ layer: "config", ruleId: "git", decision: "execute" }, { layer: "default" }],
  });
  expect(await verdict("shell_run", { command: "git status; rm -r ." })).toMatchObject({
    decision: "requiresApproval",
  });
  const tainted = await verdict("shell_run", { command: "git status" }, "--taint", "web evil.example");
  expect(tainted).toMatchObject({
    decision: "requiresApproval",
    causes: [{ type: "taint", source: "web evil.example" }],
  });

  await cli.run([
    "rules",
    "add",
    "deny",
    "--command",
    "git",
    "--when",
    '{"origin":"routine"}',
    "--reason",
    "Not alone",
  ]);
  expect(await verdict("shell_run", { command: "git status" }, "--origin", "routine")).toMatchObject({
    ...{ decision: "deny", reason: "Not alone" },
  });
  expect(await verdict("shell_run", { command: "git status" })).toMatchObject({ decision: "execute" });

  const rules = await cli.json<Rule[]>("rules", "list");
  expect(rules.map(({ layer }) => layer)).toEqual([
    "floor",
    "floor",
    "config",
    "config",
    ...Array<string>(rules.length - 4).fill("default"),
  ]);
  expect((await cli.run(["rules", "remove", "git"])).stdout).toContain("Removed git");
  expect(await verdict("shell_run", { command: "git status" })).toMatchObject({ decision: "requiresApproval" });
});

test("what cannot be is said, and nothing is changed", async () => {
  const refused = async (...words: string[]) => {
    const { exitCode, stderr } = await cli.run(["rules", ...words]);
    expect(exitCode).toBe(words[0] === "remove" && words[1] === "default-ask" ? 1 : 2);
    return stderr;
  };
  expect(await refused("add", "permit", "--tool", "x")).toContain("allow, ask or deny");
  expect(await refused("add", "allow")).toContain("answer every call");
  expect(await refused("add", "allow", "--effect", "evil")).toContain("when.effect");
  expect(await refused("add", "ask", "--tool", "x", "--expires-in", "soon")).toContain("expiresIn");
  expect(await refused("add", "allow", "--when", "nonsense")).toContain("--when takes a JSON object");
  expect(await refused("remove", "gone")).toContain("rules list");
  expect(await refused("remove", "default-ask")).toContain("built in");
  await cli.run(["rules", "add", "deny", "--tool", "shell_run", "--id", "twice"]);
  expect(await refused("add", "allow", "--tool", "shell_run", "--id", "twice")).toContain("already");
  expect(await refused("test", "--tool", "shell_rum", "--args", "{}")).toContain("shell_run");
  expect(await refused("test", "--tool", "shell_run", "--args", "{}")).toContain("command");
});

test("protected places are forbidden whatever a rule says", async () => {
  await cli.run(["rules", "add", "allow", "--path", "/**", "--id", "everything"]);
  const found = await verdict("files_read", { path: join(home, "run", "token") });
  expect(found).toMatchObject({ decision: "deny", ruleId: "floor-protected" });
});

test("a test of rules says which decide-hooks it did not ask", async () => {
  const path = join(home, "config.json");
  const hooks = [
    { name: "judge", at: ["decide"], command: ["false"] },
    { name: "audit", at: ["after"], command: ["false"] },
  ];
  writeFileSync(path, JSON.stringify({ hooks }));
  const words = ["rules", "test", "--tool", "files_list", "--args", "{}"];
  expect(await verdict("files_list", {})).toMatchObject({ decision: "execute", unasked: ["judge"] });
  expect((await cli.run(words)).stdout).toContain("hooks    judge: a real call asks them too; this test does not");
  writeFileSync(path, "{}");
  expect((await cli.run(words)).stdout).not.toContain("hooks");
});

test("stopping everything says how many turns that were", async () => {
  expect((await cli.run(["stop"])).exitCode).toBe(2);
  expect((await cli.run(["stop", "--all"])).stdout).toBe("Nothing was running.\n");
});

test("a call through call_tool is tested as the call that it is, and a misspelled tool is no rule", async () => {
  const path = join(cli.workspace, "private");
  mkdirSync(path);
  symlinkSync(path, join(cli.workspace, "link"));
  await cli.run(["rules", "add", "deny", "--path", join(cli.workspace, "link"), "--id", "link"]);
  const inner = { name: "files_read", arguments: { path: "private/a" } };
  expect(await verdict("call_tool", inner)).toMatchObject({ decision: "deny", ruleId: "link" });
  const misspelled = await cli.run(["rules", "add", "deny", "--tool", "files_raed"]);
  expect(misspelled).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("files_read") as string });
  expect((await cli.run(["rules", "add", "deny", "--tool", "server__delete,files_*"])).exitCode).toBe(0);
  expect((await cli.run(["rules", "add", "deny", "--path", "private/**"])).stderr).toContain("when.path");
});

test("while config.json is broken, what is shown says that it is the last valid version", async () => {
  const rule = { id: "mine", when: { tool: "files_read" }, decision: "deny" };
  const path = join(home, "config.json");
  writeFileSync(path, JSON.stringify({ rules: [rule] }));
  expect(await verdict("files_read", { path: "a" })).toMatchObject({ ruleId: "mine" });
  writeFileSync(path, JSON.stringify({ rules: [rule, { ...rule, id: "other", decision: "dny" }] }));
  for (const words of [
    ["list", "--json"],
    ["test", "--tool", "files_read", "--args", '{"path":"a"}', "--json"],
  ]) {
    const { stdout, stderr, exitCode } = await cli.run(["rules", ...words]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('"mine"')]);
    expect(stderr).toContain('rules.1.decision (rule "other")');
  }
});
