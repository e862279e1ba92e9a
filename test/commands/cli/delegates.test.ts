import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CardRow, SessionRow } from "../../../src/protocol/requests.ts";
import { delegating, plays } from "../../fakes/delegating.ts";
import { type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { ENTER, hasTerminal, inTerminal } from "./in-terminal.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
let server: ModelServer;
beforeEach(async () => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-delegates-")));
  server = await startModelServer(
    plays([delegating({ task: "Make the file." }), () => script().says("It is made.")], {
      Make: [
        () => script().calls("shell_run", { command: "touch made", outside: true }),
        () => script().says("made it"),
      ],
    }),
  );
  await cli.run(["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
});
afterEach(async () => {
  await cli.remove();
  await server.close();
});

const isMade = () => existsSync(join(cli.workspace, "made"));

describe.skipIf(!hasTerminal)("in a terminal", () => {
  test("what a delegate wants to do is asked where the turn was asked", async () => {
    const terminal = inTerminal(cli, "ask make it");
    await terminal.shows("command: touch made");
    await terminal.shows("Leave it for later");
    terminal.keys(ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(isMade()).toBe(true);
    expect(terminal.shown()).toMatch(/✓ delegate “Make the file\.”[^]*It is made\./);
  });

  test("an answer from another terminal closes the prompt", async () => {
    const terminal = inTerminal(cli, "ask make it");
    await terminal.shows("Leave it for later");
    expect((await cli.run(["approvals", "approve", "--all"])).exitCode).toBe(0);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toContain("It is made.");
    expect(isMade()).toBe(true);
  });
});

test("elsewhere the words say that a delegate waits and how to answer; sessions and trace show who works for whom", async () => {
  const left = await cli.run(["ask", "--no-wait", "make it"]);
  expect(left.exitCode).toBe(3);
  const [card] = await cli.json<CardRow[]>("approvals", "list");
  expect(left.stderr).toContain("touch made");
  expect(left.stderr).toContain(`approvals approve ${card?.approvalId}`);

  const sessions = await cli.json<SessionRow[]>("sessions", "list");
  const child = sessions.find(({ delegateOf }) => delegateOf !== undefined);
  const parent = sessions.find(({ delegateOf }) => delegateOf === undefined);
  expect(child).toMatchObject({ session: card?.session, delegateOf: { session: parent?.session } });
  const waiting = cli.begin(["turn", "wait", parent?.session ?? ""]);
  await waiting.shows(`approvals approve ${card?.approvalId}`, "stderr");
  expect((await cli.run(["approvals", "approve", card?.approvalId ?? ""])).exitCode).toBe(0);
  const end = await waiting.ended;
  expect([end.exitCode, end.stdout.trim()]).toEqual([0, "It is made."]);

  const show = async (...words: string[]) => (await cli.run(words)).stdout;
  expect(await show("sessions", "list")).toContain(`delegate of ${parent?.session}: Make`);
  expect(await show("sessions", "show", parent?.session ?? "")).toContain(`delegated to ${child?.session}`);
  expect(await show("sessions", "show", child?.session ?? "")).toContain(
    `delegate of ${parent?.session}, for its call ${child?.delegateOf?.callId}`,
  );
  expect(await show("trace", "show", child?.session ?? "", "--kind", "session.created")).toContain(
    `a delegate of session ${parent?.session}`,
  );
});
