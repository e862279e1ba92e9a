import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

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
