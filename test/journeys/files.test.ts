import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import type { FileUndo } from "../../src/protocol/requests.ts";
import { CLI, cliOn } from "../commands/cli/run-cli.ts";
import type { Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

const edit = (path: string, old: string, next: string) => ({ path, edits: [{ old, new: next }] });

async function approve(face: Witness, number = 1): Promise<void> {
  const card = await face.until(
    (entry): entry is Extract<typeof entry, { kind: "card.opened" }> =>
      entry.kind === "card.opened" &&
      face.entries.filter((one) => one.kind === "card.opened").indexOf(entry) === number - 1,
  );
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
}

const outcomes = (face: Witness) =>
  face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [`${entry.data.name} ${entry.data.outcome}`] : []));

test("a file is read, its edit is approved by its diff, made, and taken back by the command line", async () => {
  const { helper, face, server, workspace } = await journey(
    script()
      .calls("files_read", { path: "notes.md" })
      .calls("files_edit", { ...edit("notes.md", "Helo", "Hello"), _rationale: "a typo" })
      .calls("files_write", { path: "new/list.md", text: "- one\n" })
      .says("mended"),
  );
  const path = join(workspace, "notes.md");
  writeFileSync(path, "# Notes\n\nHelo world\n");
  const { session } = await face.submit({ input: "mend the typo", workspace });
  await face.untilKind("card.opened");
  const { cards } = await face.connection.request("card.list", { session });
  expect(cards).toMatchObject([
    {
      ...{ tool: "files_edit", effect: "write", rationale: "a typo" },
      facts: { inWorkspace: true, preview: expect.stringContaining("\n # Notes\n \n-Helo world\n+Hello world") },
    },
  ]);
  expect(readFileSync(path, "utf8")).toContain("Helo");
  await expect(face.connection.request("session.undo-files", { session, by: "test" })).rejects.toMatchObject({
    code: "turn-open",
  });
  await approve(face);
  await approve(face, 2);
  expect((await face.untilKind("turn.finished")).data).toEqual({ finish: "done", text: "mended" });
  expect(outcomes(face)).toEqual(["files_read ok", "files_edit ok", "files_write ok"]);
  expect(readFileSync(path, "utf8")).toBe("# Notes\n\nHello world\n");
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain("Wrote the new file");
  const order = face.entries.map(({ kind }) => kind).filter((kind) => /^(tool\.(started|finished)|state)/.test(kind));
  expect(order.slice(2, 5)).toEqual(["tool.started", "state.changed", "tool.finished"]);

  const cli = cliOn(helper.home);
  onTestFinished(() => cli.remove());
  const planned = await cli.run(["sessions", "undo-files", session.slice(0, 6), "--dry-run"]);
  expect(planned).toMatchObject({ exitCode: 0, stderr: "" });
  expect(planned.stdout).toMatch(
    /^RESULT {4}FILE\s+DETAIL\nremoved .*list\.md\nrestored .*notes\.md\nNothing was changed;/,
  );
  expect(readFileSync(path, "utf8")).toContain("Hello");
  writeFileSync(join(workspace, "new/list.md"), "- mine\n");
  const done = await cli.run(["sessions", "undo-files", session, "--json"]);
  expect(done.exitCode).toBe(1);
  expect(JSON.parse(done.stdout) as FileUndo[]).toMatchObject([
    { path: join(workspace, "new/list.md"), result: "conflict" },
    { path, result: "restored" },
  ]);
  expect(readFileSync(path, "utf8")).toBe("# Notes\n\nHelo world\n");
  expect(readFileSync(join(workspace, "new/list.md"), "utf8")).toBe("- mine\n");
  const unknown = await cli.run(["sessions", "undo-files", session, "--turn", "tzzz"]);
  expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("has no turn tzzz") });
});

test("a file that somebody changed since the model read it is not edited until it is read again", async () => {
  const { face, workspace } = await journey(
    script()
      .calls("files_read", { path: "a.txt" })
      .calls("shell_run", { command: "echo two > a.txt" })
      .calls("files_write", { path: "a.txt", text: "three\n" })
      .calls("files_edit", edit("a.txt", "two", "three"))
      .calls("files_read", { path: "a.txt" })
      .calls("files_edit", edit("a.txt", "two", "three"))
      .says("done"),
  );
  writeFileSync(join(workspace, "a.txt"), "one\n");
  await face.submit({ input: "go", workspace, overrides: { yes: true } });
  await face.untilKind("turn.finished");
  expect(outcomes(face)).toEqual([
    ...["files_read ok", "shell_run ok", "files_write error", "files_edit error", "files_read ok", "files_edit ok"],
  ]);
  const texts = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.text] : []));
  expect(texts[2]).toContain("has changed since you read it");
  expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("three\n");
});

test("killed after the change and before its outcome: a recovery card, nothing runs twice, and undo knows", async () => {
  const { helper, face, workspace, restart } = await journey(
    script()
      .calls("files_edit", edit("a.txt", "one", "one and one"))
      .says("noted"),
  );
  const path = join(workspace, "a.txt");
  writeFileSync(path, "one\n");
  const other = new Database(join(helper.home, "loopd.db"));
  onTestFinished(() => void other.close());
  other.exec(
    "CREATE TRIGGER hold BEFORE INSERT ON entries WHEN NEW.kind = 'tool.finished' BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  const stalled = new Promise<void>((resolve) => {
    void helper
      .connect((name) => name === "turn.stalled" && resolve())
      .then((listener) => listener.request("entries.follow", { after: 0 }));
  });
  const { session } = await face.submit({ input: "go", workspace });
  await approve(face);
  await stalled;
  await helper.kill();
  other.exec("DROP TRIGGER hold");
  expect(readFileSync(path, "utf8")).toBe("one and one\n");

  const { face: again } = await restart();
  const recovery = await again.untilKind("card.opened", (entry) => entry.data.type === "recovery");
  const { cardId } = recovery.data;
  await again.connection.request("card.resolve", { cardId, resolution: "answered", answer: "again", by: "test" });
  await again.untilKind("turn.finished");
  // Run again, it finds that the file is no longer the one that was approved, and does nothing.
  expect(outcomes(again)).toEqual(["files_edit error"]);
  expect(readFileSync(path, "utf8")).toBe("one and one\n");
  const undone = await again.connection.request("session.undo-files", { session, by: "test" });
  expect(undone.files).toEqual([{ path, result: "restored" }]);
  expect(readFileSync(path, "utf8")).toBe("one\n");
});

test("killed in the middle of a long write: the file is the old or the new one, and no half of it is left", async () => {
  const { helper, face, workspace, restart } = await journey(
    script()
      .calls("files_edit", edit("big.txt", "first", "FIRST"))
      .says("noted"),
  );
  const path = join(workspace, "big.txt");
  const before = `first\n${`${"x".repeat(1023)}\n`.repeat(50_000)}`;
  writeFileSync(path, before);
  const { session } = await face.submit({ input: "go", workspace });
  await approve(face);
  await face.untilKind("state.changed");
  await helper.kill();
  expect([before, before.replace("first", "FIRST")]).toContain(readFileSync(path, "utf8"));

  const { face: again } = await restart();
  const next = await again.until(
    (entry): entry is Extract<typeof entry, { kind: "card.opened" | "turn.finished" }> =>
      entry.kind === "turn.finished" || (entry.kind === "card.opened" && entry.data.type === "recovery"),
  );
  expect(readdirSync(workspace)).toEqual(["big.txt"]);
  if (next.kind === "card.opened") {
    const { cardId } = next.data;
    await again.connection.request("card.resolve", { cardId, resolution: "answered", answer: "skip", by: "test" });
  }
  await again.untilKind("turn.finished");
  await again.connection.request("session.undo-files", { session, by: "test" });
  expect(readFileSync(path, "utf8") === before).toBe(true);
});

test("undo-files says so where a session changed nothing", async () => {
  const { helper, face, workspace } = await journey(script().says("hi"));
  const { session } = await face.submit({ input: "hello", workspace });
  await face.untilKind("turn.finished");
  const cli = cliOn(helper.home);
  onTestFinished(() => cli.remove());
  expect(await cli.run(["sessions", "undo-files", session])).toMatchObject({
    exitCode: 0,
    stdout: "It changed no files, so there is nothing to put back.\n",
  });
  expect((await cli.run(["sessions", "undo-files", "s-unknown"])).exitCode).toBe(2);
});

// A real terminal comes from the program `script` of util-linux; macOS has one with other flags.
const SCRIPT = "/usr/bin/script";
const hasTerminal = process.platform === "linux" && spawnSync(SCRIPT, ["--version"]).status === 0;
if (!hasTerminal && process.env.LOOPD_CI === "1") throw new Error("The terminal test needs script(1) of util-linux.");

test.skipIf(!hasTerminal)(
  "in a terminal a person sees what would happen, and Enter alone changes nothing",
  async () => {
    const { helper, face, workspace } = await journey(
      script().calls("files_write", { path: "made.txt", text: "x" }).says("made"),
    );
    const { session } = await face.submit({ input: "go", workspace, overrides: { yes: true } });
    await face.untilKind("turn.finished");
    const path = join(workspace, "made.txt");
    const answer = async (keys: string): Promise<string> => {
      const command = `stty rows 40 cols 80; exec '${process.execPath}' '${CLI}' sessions undo-files ${session}`;
      const env = { ...process.env, CI: undefined, NO_COLOR: "1", LOOPD_HOME: helper.home, TERM: "xterm-256color" };
      const child = spawn(SCRIPT, ["-qfec", command, "/dev/null"], { env });
      onTestFinished(() => void child.kill("SIGKILL"));
      let shown = "";
      let isAnswered = false;
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        shown += text;
        if (isAnswered || !shown.includes("○")) return;
        isAnswered = true;
        child.stdin.write(keys);
      });
      await new Promise((resolve) => child.once("close", resolve));
      return shown;
    };
    expect(await answer("\r")).toMatch(/removed[^]*made\.txt[^]*Nothing was changed\./);
    expect(existsSync(path)).toBe(true);
    expect(await answer("y")).toMatch(/Put 1 file back\?[^]*removed/);
    expect(existsSync(path)).toBe(false);
  },
);
