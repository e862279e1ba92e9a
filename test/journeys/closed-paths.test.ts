import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { sandboxTest } from "../tools/sandbox/sandbox-test.ts";

test("what a rule forbids to read is neither listed nor found from above, and exceptions before it are", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  const { face, workspace } = await journey(
    script()
      .calls([
        { name: "files_list", input: { recursive: true } },
        { name: "files_search", input: { pattern: "marmalade" } },
        { name: "files_read", input: { path: "private/a.txt" } },
        { name: "files_list", input: { path: "private" } },
        { name: "files_search", input: { pattern: "marmalade", path: "private/open" } },
      ])
      .says("done"),
    { home },
  );
  for (const folder of ["private/open", "public"]) mkdirSync(join(workspace, folder), { recursive: true });
  const files = ["private/a.txt", "private/open/b.txt", "public/c.txt", "public/.env"];
  for (const file of files) writeFileSync(join(workspace, file), `marmalade in ${file}`);
  const { rule } = await face.connection.request("rule.add", {
    rule: { id: "secrets", when: { path: [`${workspace}/private/**`, "**/.env"], effect: "read" }, decision: "deny" },
  });
  await face.connection.request("rule.add", {
    rule: { id: "open", when: { path: `${workspace}/private/open/**` }, decision: "execute" },
  });
  expect(rule.layer).toBe("config");

  const { turn } = await face.submit({ input: "look around", workspace });
  await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  const ends = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data] : []));
  const byCall = ends.sort((a, b) => (a.callId < b.callId ? -1 : 1));
  const [list, search, read, inside, open] = byCall.map(({ text }) => text);
  expect(list).toContain("private/open/b.txt");
  expect(list).toContain("public/c.txt");
  expect(list).not.toMatch(/a\.txt|\.env/);
  expect(list).toContain("3 left out by a rule");
  expect(search).toMatch(/^private\/open\/b\.txt:1: .*\npublic\/c\.txt:1: .*\n2 matches in 2 files$/);
  expect([read, inside].map((text) => text?.slice(0, 6))).toEqual(["ERROR:", "ERROR:"]);
  expect(open).toContain("1 matches in 1 files");
});

sandboxTest(
  "a rule on paths holds for commands: named they are denied, unnamed they find nothing, from now on",
  async () => {
    const home = temporaryFolder("home");
    onTestFinished(() => removeFolder(home));
    writeFileSync(join(home, "config.json"), JSON.stringify({ sandbox: { mode: "auto" } }), { mode: 0o600 });
    const commands = [
      "cat private/a.txt; touch running; until test -e go; do sleep 0.02; done",
      "cat private/a.txt",
      "cat priv*/a.txt; cat .e*; find . -type f -exec cat {} +",
    ];
    const model = commands.reduce((soFar, command) => soFar.calls("shell_run", { command }), script());
    const { face, workspace } = await journey(
      model
        .calls("files_read", { path: "public/privat.txt" })
        .calls("files_edit", { path: "public/d.text", edits: [{ old: "a", new: "b" }] })
        .says("done"),
      { home },
    );
    for (const folder of ["private", "public"]) mkdirSync(join(workspace, folder));
    const files = ["private/a.txt", ".env", "public/private.txt", "public/d.txt"];
    for (const file of files) writeFileSync(join(workspace, file), `marmalade in ${file}\n`);
    const allow = { id: "edit", when: { tool: "files_edit" }, decision: "execute" as const };
    await face.connection.request("rule.add", { rule: allow });
    const { turn } = await face.submit({ input: "look around", workspace });
    while (!existsSync(join(workspace, "running"))) await new Promise((resolve) => setTimeout(resolve, 20));
    const path = [`${workspace}/private/**`, "**/.env", "**/private.txt", "**/d.txt"];
    const rule = { id: "secrets", when: { path, effect: "read" as const }, decision: "deny" as const, reason: "Mine." };
    await face.connection.request("rule.add", { rule });
    writeFileSync(join(workspace, "go"), "");

    await face.untilKind("turn.finished", (entry) => entry.turn === turn);
    const ends = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data] : []));
    const [before, named, unnamed, read, edited] = ends;
    expect(before?.text).toContain("marmalade in private/a.txt");
    expect(named).toMatchObject({ outcome: "denied" });
    expect(named?.text).toMatch(/^ERROR: A rule closes ".*\/private\/a\.txt", which this command names\. Mine\.$/);
    expect(unnamed).toMatchObject({ outcome: "ok" });
    expect(unnamed?.text).not.toContain("marmalade");
    expect(unnamed?.text).toContain("rules close 4 places to it, which look empty");
    expect([read, edited].map((end) => end?.text)).toEqual([
      expect.stringContaining("See what is there with files_list."),
      expect.stringContaining("See what is there with files_list."),
    ]);
    const tested = { tool: "shell_run", arguments: { command: "tar cf - private" }, workspace };
    const answer = await face.connection.request("rule.test", tested);
    expect(answer).toMatchObject({ decision: "deny", ruleId: "secrets", facts: { named: [`${workspace}/private`] } });
    const missing = { ...tested, arguments: { command: "cat private/no-such; true" } };
    expect(await face.connection.request("rule.test", missing)).toMatchObject({ decision: "deny" });
    expect(files.map((file) => readFileSync(join(workspace, file), "utf8"))).toEqual(
      files.map((file) => `marmalade in ${file}\n`),
    );
  },
);
