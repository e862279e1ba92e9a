import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Overrides } from "../../src/protocol/entries.ts";
import type { RuleCondition } from "../../src/protocol/values.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { dataOf } from "./hostile-world.ts";

type Decision = "execute" | "deny" | "requiresApproval";

/** What the person has written, the turn says and the model calls; then what is decided, and which rule said so. */
interface Decided {
  rules?: { id: string; when: RuleCondition; decision: Decision; reason?: string; expiresIn?: string }[];
  hook?: Decision;
  overrides?: Overrides;
  call: [string, object];
  is: [Decision, string];
}

const shell = (command: string): [string, object] => ["shell_run", { command }];
const write = (path: string): [string, object] => ["files_write", { path, text: "x" }];
const read = (path: string): [string, object] => ["files_read", { path }];
const inner = (name: string, values: object = {}): [string, object] => ["call_tool", { name, arguments: values }];
const rule = (id: string, decision: Decision, when: RuleCondition) => ({ id, decision, when });
const permit = (when: RuleCondition) => [rule("mine", "execute", when)];
const forbid = (when: RuleCondition) => [rule("mine", "deny", when)];
const yes = { yes: true };
const BY_MINE: Decided["is"] = ["execute", "mine"];
const BY_DEFAULT: Decided["is"] = ["requiresApproval", "default-ask"];

const DECIDED: Record<string, Decided> = {
  "by default reading in the workspace is free": { call: read("a.txt"), is: ["execute", "default-read-workspace"] },
  "by default reading elsewhere asks": { call: read("/etc/hostname"), is: BY_DEFAULT },
  "by default reading through a link out of the workspace asks": { call: read("out/hostname"), is: BY_DEFAULT },
  "by default loopd's own state is free": { call: inner("state_get"), is: ["execute", "default-state"] },
  "by default a write asks": { call: write("b.txt"), is: BY_DEFAULT },
  "by default a command without a sandbox asks": { call: shell("touch b"), is: BY_DEFAULT },
  "by default the network asks": { call: ["web_fetch", { url: "http://127.0.0.1:9/" }], is: BY_DEFAULT },
  "by default what the person would see or hear asks": {
    call: inner("notify", { title: "a", text: "b" }),
    is: BY_DEFAULT,
  },
  "a rule permits": { rules: permit({ tool: "files_write" }), call: write("b.txt"), is: BY_MINE },
  "a rule forbids": { rules: forbid({ tool: "files_read" }), call: read("a.txt"), is: ["deny", "mine"] },
  "the first rule of a layer that matches answers for it": {
    rules: [rule("first", "requiresApproval", { tool: "files_write" }), ...permit({ effect: "write" })],
    ...{ call: write("b.txt"), is: ["requiresApproval", "first"] },
  },
  "a deny of the person wins over the turn's yes": {
    rules: forbid({ effect: "exec" }),
    overrides: yes,
    call: shell("touch b"),
    is: ["deny", "mine"],
  },
  "the floor wins over every rule and the turn's yes": {
    rules: permit({}),
    overrides: yes,
    call: read("~/.ssh/id_rsa"),
    is: ["deny", "floor-protected"],
  },
  "the turn answers before the person's rules": {
    rules: [rule("mine", "requiresApproval", {})],
    overrides: yes,
    call: write("b.txt"),
    is: ["execute", "turn-yes"],
  },
  "the turn's tools leave out all others, whatever a rule permits": {
    rules: permit({}),
    overrides: { tools: ["files_read"] },
    call: write("b.txt"),
    is: ["deny", "turn-tools"],
  },
  "a tool that the turn leaves out is left out through call_tool too": {
    overrides: { denyTools: ["files_read"] },
    call: inner("files_read", { path: "a.txt" }),
    is: ["deny", "turn-tools"],
  },
  "a decide-hook answers before the person's rules": {
    hook: "requiresApproval",
    rules: permit({}),
    call: read("a.txt"),
    is: ["requiresApproval", "hook guard"],
  },
  "a decide-hook's deny wins over the turn's yes": {
    hook: "deny",
    overrides: yes,
    call: read("a.txt"),
    is: ["deny", "hook guard"],
  },
  "a decide-hook cannot lift what the floor forbids": {
    hook: "execute",
    call: read("~/.ssh/id_rsa"),
    is: ["deny", "floor-protected"],
  },
  "a path is matched where it really leads": {
    rules: forbid({ path: "/etc/**" }),
    overrides: yes,
    call: read("out/hostname"),
    is: ["deny", "mine"],
  },
  "a command is matched by its first words": {
    rules: permit({ command: ["touch"] }),
    call: shell("touch b"),
    is: BY_MINE,
  },
  "a compound line is never permitted by its words": {
    rules: permit({ command: ["touch"] }),
    call: shell("touch b; touch c"),
    is: BY_DEFAULT,
  },
  "a substitution is never permitted by its words": {
    rules: permit({ command: ["touch"] }),
    call: shell("touch $(id)"),
    is: BY_DEFAULT,
  },
  "a compound line may be forbidden by a word": {
    rules: forbid({ command: ["rm"] }),
    overrides: yes,
    call: shell("touch b; rm c"),
    is: ["deny", "mine"],
  },
  "words inside an argument match nothing": {
    rules: forbid({ command: ["rm"] }),
    overrides: yes,
    call: shell("echo rm"),
    is: ["execute", "turn-yes"],
  },
  "a host is matched, and no look-alike of it": {
    rules: permit({ domain: "*.example.com" }),
    call: ["web_fetch", { url: "https://example.com.evil.org/" }],
    is: BY_DEFAULT,
  },
  "an effect is matched": { rules: permit({ effect: ["write", "ui"] }), call: write("b.txt"), is: BY_MINE },
  "who asked for the turn is matched": { rules: permit({ origin: "routine" }), call: write("b.txt"), is: BY_DEFAULT },
  "where the model lives is matched": { rules: permit({ endpointTrust: "local" }), call: write("b.txt"), is: BY_MINE },
  "the turn's typed environment is matched": {
    rules: permit({ env: { trust: "owner" } }),
    overrides: { env: { trust: "owner" } },
    call: write("b.txt"),
    is: BY_MINE,
  },
  "another value of the typed environment is not": {
    rules: permit({ env: { trust: "owner" } }),
    call: write("b.txt"),
    is: BY_DEFAULT,
  },
  "where the turn waits for nobody, what would ask is denied": {
    overrides: { approvals: "deny" },
    call: write("b.txt"),
    is: ["deny", "default-ask"],
  },
  "a question of a turn that waits for nobody ends without an answer": {
    overrides: { approvals: "deny" },
    call: ["ask_user", { question: "May I?" }],
    is: ["execute", "default-state"],
  },
  "no program that runs another gets around a rule that forbids": {
    rules: forbid({ command: ["git", "push"] }),
    overrides: yes,
    call: shell("env sh -c 'git -C . push'"),
    is: ["deny", "mine"],
  },
  "several conditions must all hold": {
    rules: permit({ effect: "write", path: "/nowhere/**" }),
    call: write("b.txt"),
    is: BY_DEFAULT,
  },
};

test.each(Object.entries(DECIDED))(
  "by the rules: %s",
  async (_, { rules = [], hook, overrides, call: [name, input], is }) => {
    const home = temporaryFolder("home");
    onTestFinished(() => removeFolder(home));
    const answer = `cat > /dev/null; echo '{"decision":"${hook}"}'`;
    const hooks = hook === undefined ? [] : [{ name: "guard", at: ["decide"], command: ["/bin/sh", "-c", answer] }];
    const environment = { trust: { enum: ["guest", "owner"], default: "guest" } };
    writeFileSync(join(home, "config.json"), JSON.stringify({ rules, hooks, environment }));
    const { face, workspace } = await journey(script().calls(name, input).says("done"), { home });
    writeFileSync(join(workspace, "a.txt"), "text");
    symlinkSync("/etc", join(workspace, "out"));
    await face.submit({ input: "go", workspace, ...(overrides === undefined ? {} : { overrides }) });
    const { data } = await face.untilKind("tool.decided");
    expect([data.decision, data.ruleId]).toEqual(is);
    if (data.decision === "requiresApproval") await face.untilKind("card.opened");
    else expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
    const started = dataOf(face, "tool.started").length;
    expect(started).toBe(data.decision === "execute" ? 1 : 0);
  },
);

test("a denied call tells the model which reason the person wrote, and the turn goes on", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  const rules = [{ ...rule("no-touch", "deny", { command: ["touch"] }), reason: "Nothing is touched here." }];
  writeFileSync(join(home, "config.json"), JSON.stringify({ rules }));
  const { face, server, workspace } = await journey(
    script()
      .calls(...shell("touch b"))
      .says("so be it"),
    { home },
  );
  await face.submit({ input: "go", workspace });
  expect((await face.untilKind("turn.finished")).data.text).toBe("so be it");
  expect(server.requests.at(-1)?.text).toContain("Nothing is touched here.");
});

test("a rule counts from the next decision on: added, changed in the file and removed while a turn runs", async () => {
  const { face, workspace } = await journey(
    script()
      .calls(...write("a"))
      .calls(...write("b"))
      .calls(...write("c"))
      .says("done"),
  );
  await face.submit({ input: "go", workspace });
  const first = (await face.untilKind("card.opened")).data.cardId;
  await face.connection.request("rule.add", { rule: rule("writes", "execute", { tool: "files_write", path: "**/b" }) });
  await face.connection.request("card.resolve", { cardId: first, resolution: "approved", by: "me" });
  const second = (await face.untilKind("card.opened", ({ data }) => data.cardId !== first)).data.cardId;
  expect(dataOf(face, "tool.decided").map(({ ruleId }) => ruleId)).toEqual(["default-ask", "writes", "default-ask"]);
  await face.connection.request("rule.remove", { id: "writes" });
  await face.connection.request("card.resolve", { cardId: second, resolution: "approved", by: "me" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  expect((await face.connection.request("rule.list", {})).rules.map(({ id }) => id)).not.toContain("writes");
});

test("a card that nobody answers in the rule's time expires, which is not the same as denied", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  mkdirSync(home, { recursive: true });
  const rules = [{ ...rule("soon", "requiresApproval", { tool: "files_write" }), expiresIn: "1s" }];
  writeFileSync(join(home, "config.json"), JSON.stringify({ rules }));
  const { face, server, workspace } = await journey(
    script()
      .calls(...write("a"))
      .says("too late"),
    { home },
  );
  await face.submit({ input: "go", workspace });
  expect((await face.untilKind("turn.finished")).data.text).toBe("too late");
  expect(dataOf(face, "card.resolved")).toMatchObject([{ resolution: "expired" }]);
  expect(dataOf(face, "tool.finished")).toMatchObject([{ outcome: "denied" }]);
  expect(server.requests.at(-1)?.text).toMatch(/ERROR: [^"]*(expired|nobody|no one|in time)/i);
});
