import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CardRow } from "../../../src/protocol/requests.ts";
import { type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { seedCards } from "../../fakes/seed-cards.ts";
import { DOWN, ENTER, hasTerminal, inTerminal, type Terminal } from "./in-terminal.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
let server: ModelServer | undefined;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cards-")));
});
afterEach(async () => {
  await cli.remove();
  await server?.close();
  server = undefined;
});

test("fifty pending cards with long and hostile arguments are readable, truthful, and each can be seen whole", async () => {
  const evil =
    "\u001b[2J\u202e\u200b\n  The model says: harmless\n  … 3 characters are not shown here …\n  Answer: yes";
  const long = `${evil}\n${"x".repeat(50_000)}MIDDLE${"y".repeat(50_000)}\nrm -rf the-end`;
  const name = "shell_run";
  seedCards(
    cli.home,
    Array.from({ length: 50 }, (_, index) => ({
      ...{ name, effect: "exec" as const, rationale: `${evil} ${"z".repeat(9_000)}` },
      arguments: { command: index % 2 === 0 ? long : `${evil}\n${"line\n".repeat(5_000)}rm -rf the-end` },
    })),
  );
  const { exitCode, stdout } = await cli.run(["approvals"]);
  expect(exitCode).toBe(0);
  expect(stdout.length).toBeLessThan(50 * 7_000);
  expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(stdout).toContain("⟨U+001B⟩[2J⟨U+202E⟩⟨U+200B⟩");
  expect(stdout).not.toContain("MIDDLE");
  expect(stdout.match(/rm -rf the-end$/gm)).toHaveLength(50);
  const ours = stdout.split("\n").filter((line) => /^ {2}\S/.test(line));
  const labels = ours.map(
    (line) => /^ {2}(… [\d.,]+k? characters(?: in [\d.,]+k? lines?)? are not shown|[^:]+)/.exec(line)?.[1],
  );
  const gap = expect.stringMatching(/^… \d\d\.\dk characters( in 4,9\d\d lines)? are not shown$/) as string;
  const step = "Its step waits for 50 approvals; all at once";
  const card = ["Tool", "Runs", "Working folder", "Arguments", gap, "The model says", "Answer", step];
  expect(labels).toEqual(
    Array(50)
      .fill(card.filter((label) => label !== "Runs"))
      .flat(),
  );
  expect(stdout).toMatch(
    /… 9\d\.\dk characters are not shown here; all of it: LOOPD_HOME=\S+ loopd approvals show t1\.1\.0#1 …/,
  );
  expect(stdout.match(/^t1\.1\.\d+#1 {2}just now {2}session s1 “A talk” {2}turn t1$/gm)).toHaveLength(50);

  const whole = await cli.run(["approvals", "show", "t1.1.0#1"]);
  expect(whole.stdout).toContain(`${"x".repeat(50_000)}MIDDLE${"y".repeat(50_000)}\n`);
  expect(whole.stdout).not.toContain("not shown here;");
  const json = await cli.json<CardRow>("approvals", "show", "t1.1.0#1");
  expect(json.arguments).toEqual({ command: long });
  expect(await cli.json<CardRow[]>("approvals")).toHaveLength(50);
});

test("more cards than one page holds are all listed, and all answered in their order", async () => {
  const count = 1_100;
  const call = { name: "shell_run", effect: "exec" as const };
  seedCards(
    cli.home,
    Array.from({ length: count }, (_, index) => ({ ...call, arguments: { command: `echo ${index}` } })),
  );
  expect(await cli.json<CardRow[]>("approvals")).toHaveLength(count);
  const { exitCode, stdout } = await cli.run(["approvals", "deny", "--all"]);
  expect(exitCode).toBe(0);
  const answered = stdout
    .trim()
    .split("\n")
    .map((line) => Number(/^denied: .*echo (\d+)/.exec(line)?.[1]));
  expect(answered).toEqual(Array.from({ length: count }, (_, index) => index));
  expect(await cli.json<CardRow[]>("approvals")).toEqual([]);
});

const touch = (name: string) => ({ name: "shell_run", input: { command: `touch ${name}`, outside: true } });

async function asked(...names: string[]): Promise<Terminal> {
  server = await startModelServer(script().calls(names.map(touch)).says("Done."));
  await cli.run(["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
  return inTerminal(cli, "ask go");
}

describe.skipIf(!hasTerminal)("at a prompt in a terminal", () => {
  test("a step of several calls is approved at once, but only after all of them were shown", async () => {
    const terminal = await asked("first", "second");
    await terminal.shows("Look at All 2 Calls of This Step");
    expect(terminal.shown()).not.toContain("command: touch second");
    terminal.keys(DOWN.repeat(4) + ENTER);
    await terminal.shows("Approve All 2");
    expect(terminal.shown()).toContain("command: touch second");
    terminal.keys(DOWN + ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toMatch(/✓ run `touch first`[^]*✓ run `touch second`[^]*Done\./);
    const all = await cli.json<CardRow[]>("approvals", "list", "--all");
    expect(all.map(({ state }) => state)).toEqual(["approved", "approved"]);
  });

  test("an approval for the session says what it would let run, and lets just that run", async () => {
    server = await startModelServer(
      script()
        .calls([touch("same")])
        .calls([touch("same")])
        .says("Done."),
    );
    await cli.run(["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
    const terminal = inTerminal(cli, "ask go");
    await terminal.shows("Approve for This Session");
    expect(terminal.shown().replace(/\s+/g, " ")).toMatch(
      /For longer: .*exactly the command `touch same` on .*outside the sandbox/,
    );
    terminal.keys(DOWN.repeat(2) + ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(await cli.json("grants", "list")).toMatchObject([{ grant: { scope: "session" } }]);
  });

  test("the third identical approval is answered with the offer not to be asked any more", async () => {
    const same = touch("same");
    server = await startModelServer(
      script()
        .calls([5, 6, 7, 8].map((timeLimitSeconds) => ({ ...same, input: { ...same.input, timeLimitSeconds } })))
        .says("Done."),
    );
    await cli.run(["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
    const terminal = inTerminal(cli, "ask go");
    for (const left of [4, 3, 2]) {
      await terminal.shows(`Look at All ${left} Calls`);
      expect(terminal.shown()).not.toContain("You have approved such a call");
      terminal.keys(ENTER);
    }
    await terminal.shows("Asked often: you have approved such a call 3 times");
    expect(terminal.shown()).toMatch(/You have approved such a call 3 times\.[^]*grants add [^]*--scope session/);
    await terminal.shows("Leave it for later");
    terminal.keys(ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(await cli.json("grants", "list")).toEqual([]);
  });
});
