import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { MemoryNote } from "../../../src/protocol/requests.ts";
import { removeFolder } from "../../fakes/helper.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
});
afterEach(() => cli.remove());

/** A program that does to the file what a shell line says, in a folder whose name needs quoting. */
function editor(line: string): NodeJS.ProcessEnv {
  const path = join(cli.workspace, "my-editor");
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
  return { VISUAL: "", EDITOR: `'${path}' --wait`, TMPDIR: cli.workspace };
}
const append = (text: string) => editor(`printf '%s\\n' ${JSON.stringify(text)} >> "$2"`);

test("a note is made, shown, changed, listed and forgotten", async () => {
  expect((await cli.run(["memory"])).stdout).toContain("There are no notes yet.");
  const made = await cli.run(["memory", "edit", "my", "garden"], { env: append("# Roses") });
  expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Saved my garden \(\d+ B\)\.\n$/) });
  expect((await cli.run(["memory", "edit", "My Garden"], { env: append("cut in March") })).exitCode).toBe(0);
  expect((await cli.run(["memory", "show", "my garden"])).stdout).toMatch(
    /^<!-- loopd \S+ by person -->\n# Roses\ncut in March\n$/,
  );
  const notes = await cli.json<MemoryNote[]>("memory", "list");
  expect(notes).toMatchObject([{ topic: "my garden", summary: "Roses" }]);
  expect((await cli.run(["memory", "list"])).stdout).toMatch(/^TOPIC.*\nmy garden +just now +\d+ B +Roses\n$/);
  const none = await cli.run(["memory", "show", "my gardn"]);
  expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Did you mean my garden?") });
  expect((await cli.run(["memory", "forget", "my", "garden"])).exitCode).toBe(0);
  expect(await cli.json("memory", "list")).toEqual([]);
});

test("files of the folder that are no notes are named, and how to mend it", async () => {
  const folder = join(cli.home, "memory");
  mkdirSync(join(folder, "sub"), { recursive: true });
  const names = ["good one.md", "what (2024).md", "notes.txt", ".hidden", "odd\u001b[2J.md"];
  for (const name of names) writeFileSync(join(folder, name), "words\n");
  const { stdout, stderr, exitCode } = await cli.run(["memory", "list"]);
  expect({ exitCode, isListed: stdout.includes("good one") }).toEqual({ exitCode: 0, isListed: true });
  expect(stderr).toMatch(
    /^No notes, so no model reads them: notes\.txt, odd.*\.md, sub, what \(2024\)\.md \(a note is/,
  );
  expect(stderr).not.toContain("\u001b");
  expect(await cli.json<MemoryNote[]>("memory", "list")).toMatchObject([{ topic: "good one" }]);
});

test("an editor that is missing, fails or changes nothing changes nothing", async () => {
  const env = { VISUAL: "", EDITOR: "" };
  expect(await cli.run(["memory", "edit", "x"], { env })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("No editor is known"),
  });
  const failed = await cli.run(["memory", "edit", "x"], { env: editor("exit 3") });
  expect(failed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("exit code 3. Nothing was changed") });
  expect((await cli.run(["memory", "edit", "x"], { env: editor("true") })).stdout).toBe("Nothing was changed.\n");
  expect(await cli.json("memory", "list")).toEqual([]);
});

test("what cannot be saved is not lost: it is kept, and the person is told where", async () => {
  const env = editor('head -c 300000 /dev/zero | tr "\\0" x > "$2"');
  const { exitCode, stderr } = await cli.run(["memory", "edit", "long"], { env });
  expect(exitCode).toBe(2);
  const [, path = ""] = /Your text is kept in (\S+\.md)\./.exec(stderr.replaceAll("\n", " ")) ?? [];
  expect(readFileSync(path, "utf8")).toBe("x".repeat(300_000));
  removeFolder(join(path, ".."));
});

test("an edit does not undo what was noted meanwhile: it is refused, and the person's text is kept", async () => {
  expect((await cli.run(["memory", "edit", "trip"], { env: append("by train") })).exitCode).toBe(0);
  const other = join(cli.home, "memory", "trip.md");
  const env = editor(`printf 'in May\\n' >> '${other}'; printf 'by ship\\n' >> "$2"`);
  const { exitCode, stderr } = await cli.run(["memory", "edit", "trip"], { env });
  expect(exitCode).toBe(1);
  const said = stderr.replaceAll(/\s+/g, " ");
  expect(said).toContain("The note trip has changed since you began to edit it. Nothing was written");
  const [, path = ""] = /Your text is kept in (\S+\.md)\./.exec(said) ?? [];
  expect(readFileSync(path, "utf8")).toContain("by ship");
  removeFolder(join(path, ".."));
  expect(readFileSync(other, "utf8")).toMatch(/by train\nin May\n$/);
});
