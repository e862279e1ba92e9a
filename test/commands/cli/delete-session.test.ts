import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Entry } from "../../../src/protocol/entries.ts";
import type { HelperStatus, SessionRow } from "../../../src/protocol/requests.ts";
import { gate, script, startModelServer, type ModelScript } from "../../fakes/model-server.ts";
import { hasTerminal, inTerminal } from "./in-terminal.ts";
import { cliOn, jsonLines } from "./run-cli.ts";

async function cliWith(behaviour: ModelScript) {
  const cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-delete-")));
  onTestFinished(() => cli.remove());
  const server = await startModelServer(behaviour);
  onTestFinished(() => server.close());
  const flags = ["--model", "m", "--window", "200000", "--trust", "local", "--use"];
  await cli.run(["endpoints", "add", "test", "--url", server.url, ...flags]);
  const ask = async (...words: string[]) =>
    jsonLines<Entry>((await cli.run(["ask", "--json", ...words])).stdout)[0]?.session ?? "";
  const sessions = async () => (await cli.json<SessionRow[]>("sessions", "list")).map(({ session }) => session);
  return { cli, ask, sessions };
}

test("delete writes the trace out before, says what goes, and the file replays", async () => {
  const { cli, ask, sessions } = await cliWith(script().says("Hello.").repeatLast());
  const session = await ask("Write to dora@example.org");
  const file = join(cli.workspace, "kept.jsonl");
  const dry = await cli.run(["sessions", "delete", session.slice(0, 8), "--dry-run"]);
  expect(dry).toMatchObject({ exitCode: 0, stderr: "" });
  expect(dry.stdout).toMatch(new RegExp(`^Would delete ${session}: \\d+ entries, at most 0 stored outputs\\.\\n$`));
  expect(await sessions()).toEqual([session]);
  const done = await cli.run(["sessions", "delete", session, "--export", file]);
  expect(done.exitCode).toBe(0);
  expect(done.stdout).toMatch(new RegExp(`^Deleted ${session}: \\d+ entries, 0 stored outputs\\.\\n$`));
  expect(await sessions()).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).not.toContain("dora@example.org");
  expect((await cli.run(["trace", "replay", file])).exitCode).toBe(0);
  expect((await cli.run(["sessions", "show", session])).exitCode).toBe(2);

  const second = await ask("Write to dora@example.org");
  await cli.run(["sessions", "delete", second, "--export", file, "--reveal"]);
  expect(readFileSync(file, "utf8")).toContain("dora@example.org");
});

test("what cannot be written out is not deleted, nor what still works; a wrong call is refused", async () => {
  const held = gate();
  const { cli, ask, sessions } = await cliWith(script().says("Hello.").says("Later.").holds(held));
  const session = await ask("Hello");
  const nowhere = await cli.run(["sessions", "delete", session, "--export", join(cli.workspace, "no", "such", "file")]);
  expect(nowhere).toMatchObject({ exitCode: 1, stdout: "" });
  expect(nowhere.stderr).toContain("could not be written");
  expect((await cli.run(["sessions", "delete", session, "--reveal"])).exitCode).toBe(2);
  await cli.run(["ask", "--detach", "--session", session, "Go on"]);
  const working = await cli.run(["sessions", "delete", session]);
  expect(working).toMatchObject({ exitCode: 1, stdout: "" });
  expect(working.stderr).toContain(`loopd turn cancel ${session}`);
  expect(await sessions()).toEqual([session]);
  held.release();
  await cli.run(["turn", "wait", session]);
});

test.skipIf(!hasTerminal)("at a terminal, a person sees what goes and says yes first", async () => {
  const { cli, ask, sessions } = await cliWith(script().says("Hello."));
  const session = await ask("Hello");
  const terminal = inTerminal(cli, `sessions delete ${session}`);
  await terminal.shows("Delete that for good?");
  expect(terminal.shown()).toContain(`Would delete ${session}`);
  terminal.keys("n");
  expect(await terminal.exitCode).toBe(0);
  expect(await sessions()).toEqual([session]);
});

test("keep says how long, status how much, and doctor both", async () => {
  const { cli, ask } = await cliWith(script().says("Hello."));
  const session = await ask("Hello");
  expect((await cli.run(["sessions", "keep", session, "--days", "7"])).stdout).toBe(
    `${session} is kept for 7 days after its last change.\n`,
  );
  expect((await cli.json<SessionRow[]>("sessions", "list"))[0]).toMatchObject({ keep: { days: 7 } });
  await cli.run(["sessions", "keep", session, "--always"]);
  expect((await cli.json<SessionRow[]>("sessions", "list"))[0]).toMatchObject({ keep: "always" });
  await cli.run(["sessions", "keep", session, "--default"]);
  expect((await cli.json<SessionRow[]>("sessions", "list"))[0]).not.toHaveProperty("keep");
  expect((await cli.run(["sessions", "keep", session])).exitCode).toBe(2);
  expect((await cli.run(["sessions", "keep", session, "--days", "0"])).exitCode).toBe(2);

  const { disk } = await cli.json<HelperStatus>("helper", "status");
  expect(disk?.database).toBeGreaterThan(10_000);
  expect(disk).toMatchObject({ blobs: 0, copies: 0 });
  expect((await cli.run(["helper", "status"])).stdout).toMatch(/^ {2}disk {7}[\d.]+ [kM]?B of trace, /m);
  const checks = await cli.json<{ name: string; detail: string }[]>("doctor");
  expect(checks.find(({ name }) => name === "disk")?.detail).toMatch(
    /MB free where loopd keeps its state, which takes \d+ MB$/,
  );
  expect(existsSync(join(cli.home, "loopd.db"))).toBe(true);
  writeFileSync(join(cli.home, "config.json"), JSON.stringify({ retention: { days: 0 } }));
  expect((await cli.run(["doctor"])).stdout).toContain("retention");
});
