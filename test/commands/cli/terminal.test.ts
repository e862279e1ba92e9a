import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CardRow } from "../../../src/protocol/requests.ts";
import type { Rule } from "../../../src/protocol/values.ts";
import { screenFolder } from "../../fakes/screen-folder.ts";
import { type ModelScript, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { CTRL_C, DOWN, ENTER, hasTerminal, inTerminal, type Terminal } from "./in-terminal.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
let server: ModelServer;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-tty-")));
});
afterEach(async () => {
  await cli.remove();
  await server.close();
});

/** The command line in a terminal, with a model that answers by script. */
async function withModel(answers: ModelScript, words: string): Promise<Terminal> {
  server = await startModelServer(answers);
  await cli.run(["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
  return inTerminal(cli, words);
}

const makes = () => script().calls("shell_run", { command: "echo x >> made.txt" });
const made = () => join(cli.workspace, "made.txt");

describe.skipIf(!hasTerminal)("in a terminal", () => {
  test("a call is approved inline, runs once, and the answer is rendered", async () => {
    const terminal = await withModel(makes().says("# Made\n\n- **it** `made.txt`"), "ask make it");
    await terminal.shows("command: echo x >> made.txt");
    await terminal.shows("Leave it for later");
    terminal.keys(ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(readFileSync(made(), "utf8")).toBe("x\n");
    expect(terminal.shown()).toMatch(
      /✓ run `echo x >> made\.txt`[^]*Made\r\n[^]*- it made\.txt\r\n[^]*m at fake · 2 steps/,
    );
    expect(terminal.raw()).toContain("\u001b[1mit\u001b[22m");
  });

  test("a call is denied with a reason that the model reads", async () => {
    const terminal = await withModel(makes().says("Not made."), "ask make it");
    await terminal.shows("Leave it for later");
    terminal.keys(DOWN + ENTER);
    await terminal.shows("Why not?");
    terminal.keys(`wrong folder${ENTER}`);
    expect(await terminal.exitCode).toBe(0);
    expect(existsSync(made())).toBe(false);
    expect(JSON.stringify(server.requests[1]?.body.messages)).toContain("wrong folder");
  });

  test("left for later, the call still waits, and the exit code says so", async () => {
    const terminal = await withModel(makes().says("Made."), "ask make it");
    await terminal.shows("Leave it for later");
    terminal.keys(DOWN + DOWN + ENTER);
    expect(await terminal.exitCode).toBe(3);
    expect(terminal.shown()).toMatch(/approvals approve t\w+[^]*turn wait s\w+/);
    expect(await cli.json<CardRow[]>("approvals")).toMatchObject([{ state: "pending" }]);
  });

  test("an answer from another terminal closes the prompt and says whose it was", async () => {
    const terminal = await withModel(makes().says("Made."), "ask make it");
    await terminal.shows("Leave it for later");
    expect((await cli.run(["approvals", "approve", "--all"])).exitCode).toBe(0);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toMatch(/approved by cli \(.*process \d+\)[^]*Made\./);
    expect(readFileSync(made(), "utf8")).toBe("x\n");
  });

  test("everything in an application is allowed inline by one answer, and nothing more of it is asked", async () => {
    const env = { LOOPD_SCREEN_BACKEND: screenFolder({ capture: "win-galculator_galculator" }) };
    expect((await cli.run(["helper", "start"], { env })).exitCode).toBe(0);
    const press = { ref: "b15", action: "press" };
    const acts = script().calls("screen_read", { app: "galculator" }).calls("screen_act", press).says("Pressed.");
    const terminal = await withModel(acts, "ask press it");
    await terminal.shows("May loopd do this? read galculator – galculator");
    await terminal.shows("Allow Everything in galculator for This Session");
    terminal.keys(DOWN + DOWN + DOWN + ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toContain("Pressed.");
    expect(terminal.shown().match(/May loopd do this/g)).toHaveLength(1);
    const [grant] = await cli.json<Rule[]>("grants", "list");
    expect(grant).toMatchObject({ when: { app: "galculator" }, grant: { scope: "session" } });
  });

  test("Ctrl-C twice at the prompt cancels the turn", async () => {
    const terminal = await withModel(makes().says("Made."), "ask make it");
    await terminal.shows("Leave it for later");
    terminal.keys(CTRL_C);
    await terminal.shows("Ctrl-C again now");
    terminal.keys(CTRL_C);
    expect(await terminal.exitCode).toBe(130);
    expect(await cli.json<CardRow[]>("approvals")).toEqual([]);
    expect(existsSync(made())).toBe(false);
  });

  test("what a model and its tools say cannot drive the terminal", async () => {
    const hostile = "\u001b]0;owned\u0007\u001b[2J &#27;[2J \u009b2J";
    const answers = script()
      .calls("shell_run", { command: `echo '${hostile}'` })
      .says(`${hostile} **end**`);
    const terminal = await withModel(answers, `ask --yes ${JSON.stringify("say it")}`);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toContain("end");
    for (const sequence of ["\u001b]0", "\u001b[2J", "\u009b", "\u0007"])
      expect(terminal.raw()).not.toContain(sequence);
  });
});
