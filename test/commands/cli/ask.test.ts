import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deltaSchema } from "../../../src/protocol/delta.ts";
import { type Entry, entrySchema } from "../../../src/protocol/entries.ts";
import type { CardRow, HelperStatus, SessionRow } from "../../../src/protocol/requests.ts";
import { type Behaviour, gate, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { type CliOnHome, cliOn, jsonLines } from "./run-cli.ts";

let cli: CliOnHome;
let server: ModelServer | undefined;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
});
afterEach(async () => {
  await cli.remove();
  await server?.close();
  server = undefined;
});

/** A model that answers by script, as the endpoint of this home. */
async function model(behaviour: Behaviour): Promise<ModelServer> {
  server = await startModelServer(behaviour);
  const words = ["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"];
  const { exitCode, stderr } = await cli.run(words);
  if (exitCode !== 0) throw new Error(stderr);
  return server;
}

const killHelper = async () => process.kill((await cli.json<HelperStatus>("helper", "status")).pid, "SIGKILL");

test("a question about true files is answered by the rehearsal model, which says that it is no AI", async () => {
  writeFileSync(join(cli.workspace, "large.bin"), Buffer.alloc(54_321));
  writeFileSync(join(cli.workspace, "small.txt"), "x");
  const { exitCode, stdout, stderr } = await cli.run(["ask", "Which files under this folder are the largest?"]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/not an AI/i);
  expect(stdout).toContain("large.bin");
  expect(stderr).toMatch(/rehearsal model answers[^]*endpoints add/);
});

test("piped text arrives exactly as produced, and progress only on standard error", async () => {
  await model(script().calls("files_list", { path: "." }).says("Two  files:\n\n* `a`\n* **b**"));
  const { exitCode, stdout, stderr } = await cli.run(["ask", "list", "them"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "Two  files:\n\n* `a`\n* **b**\n" });
  expect(stderr).toMatch(/step 1: asking m at fake[^]*✓ list \.[^]*step 2[^]*m at fake · 2 steps · 1 tool call/);
});

test("--json prints valid entries and deltas, ends with turn.finished, and the trace is the same after a restart", async () => {
  await model(script().calls("files_list", { path: "." }).says("done"));
  const { exitCode, stdout } = await cli.run(["ask", "--json", "hi"]);
  expect(exitCode).toBe(0);
  const lines = jsonLines<{ delta?: unknown }>(stdout);
  const entries = lines.filter((line) => line.delta === undefined).map((line) => entrySchema.parse(line));
  const text = lines.filter((line) => line.delta !== undefined).map((line) => deltaSchema.parse(line.delta));
  expect(entries.at(-1)).toMatchObject({ kind: "turn.finished", data: { finish: "done", text: "done" } });
  expect(lines.at(-1)).toMatchObject({ kind: "turn.finished" });
  expect(text.map((delta) => delta.text).join("")).toContain("done");
  await killHelper();
  const session = entries[0]?.session ?? "";
  const trace = await cli.json<Entry[]>("trace", "show", session.slice(0, 6));
  expect(trace.filter(({ turn }) => turn !== undefined)).toEqual(entries.filter(({ turn }) => turn !== undefined));
  expect((await cli.run(["trace", "show", session, "--kind", "tool.finished"])).stdout).toMatch(
    /^ +\d+ {2}\S+ {2}tool\.finished {4}files_list ok/,
  );
});

test("--no-wait leaves with 3 and the pending card; after kill -9 it is approved from elsewhere and the turn ends", async () => {
  await model(script().calls("shell_run", { command: "echo once >> made.txt" }).says("Made it."));
  const { exitCode, stdout, stderr } = await cli.run(["ask", "--json", "--no-wait", "make it"]);
  expect(exitCode).toBe(3);
  const last = jsonLines<Entry>(stdout).at(-1);
  expect(last).toMatchObject({ kind: "card.opened", data: { type: "approval" } });
  expect(stderr).toMatch(/command: echo once >> made\.txt[^]*approvals approve/);
  await killHelper();
  const [card, ...others] = await cli.json<CardRow[]>("approvals", "list");
  expect(others).toEqual([]);
  expect(card).toMatchObject({ state: "pending", tool: "shell_run", arguments: { command: "echo once >> made.txt" } });
  const approved = await cli.run(["approvals", "approve", card?.approvalId ?? ""]);
  expect(approved).toMatchObject({ exitCode: 0, stdout: "approved: run `echo once >> made.txt`\n" });
  const waited = await cli.run(["turn", "wait", last?.session ?? ""]);
  expect(waited).toMatchObject({ exitCode: 0, stdout: "Made it.\n" });
  expect((await cli.run(["approvals", "approve", card?.approvalId ?? ""])).exitCode).toBe(1);
  expect((await cli.run(["approvals", "deny", "nonsense"])).exitCode).toBe(2);
});

test("a person elsewhere denies with a reason while ask waits", async () => {
  await model(script().calls("shell_run", { command: "date" }).says("Then not."));
  const asking = cli.begin(["ask", "what day is it?"]);
  await asking.shows("Answer from any terminal", "stderr");
  expect((await cli.run(["approvals"])).stdout).toMatch(
    /May loopd do this\? run `date`[^]*Answer: LOOPD_HOME=\S+ loopd approvals approve/,
  );
  expect((await cli.run(["approvals", "deny", "--all", "--reason", "look at the wall"])).exitCode).toBe(0);
  const { exitCode, stdout, stderr } = await asking.ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "Then not.\n" });
  expect(stderr).toMatch(/denied by cli/);
  expect(JSON.stringify(server?.requests[1]?.body.messages)).toContain("look at the wall");
});

test("a helper killed in the middle of an answer is started again, and the answer is printed once", async () => {
  const held = gate();
  let number = 0;
  const fake = await model(() => (++number === 1 ? script().says("never").holds(held) : script().says("The answer.")));
  const asking = cli.begin(["ask", "go"]);
  await fake.received(1);
  await killHelper();
  const { exitCode, stdout, stderr } = await asking.ended;
  held.release();
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "The answer.\n" });
  expect(stderr).toContain("it is back");
});

test("a helper stopped on purpose is not started by who only looks on; the turn goes on with the next one", async () => {
  const held = gate();
  let number = 0;
  const fake = await model(() => (++number === 1 ? script().says("never").holds(held) : script().says("Later.")));
  const asking = cli.begin(["ask", "go"]);
  await fake.received(1);
  expect((await cli.run(["helper", "stop"])).stdout).toMatch(/has stopped/);
  expect((await cli.run(["helper", "status"])).exitCode).toBe(4);
  expect((await cli.run(["helper", "start"])).exitCode).toBe(0);
  expect(await asking.ended).toMatchObject({ exitCode: 0, stdout: "Later.\n" });
  held.release();
});

test("an endpoint that does not answer ends with 5 and says what to do", async () => {
  const env = { LOOPD_ENDPOINT_URL: "http://127.0.0.1:9", LOOPD_ENDPOINT_MODEL: "m" };
  writeFileSync(join(cli.home, "config.json"), JSON.stringify({ limits: { requestAttempts: 1 } }));
  const { exitCode, stdout, stderr } = await cli.run(["ask", "hi"], { env });
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: "" });
  expect(stderr).toMatch(/loopd: .*127\.0\.0\.1:9/);
});

test("--detach prints where the turn is, and turn steer, cancel and wait reach it", async () => {
  const held = gate();
  const fake = await model(script().says("never").holds(held));
  const { exitCode, stdout } = await cli.run(["ask", "--detach", "go"]);
  expect(exitCode).toBe(0);
  const { session, turn } = JSON.parse(stdout) as { session: string; turn: string };
  await fake.received(1);
  expect((await cli.run(["turn", "steer", session.slice(0, 5), "left"])).stdout).toContain(turn);
  expect((await cli.run(["turn", "cancel", session.slice(0, 5)])).stdout).toContain(turn);
  expect((await cli.run(["turn", "wait", session])).exitCode).toBe(130);
  expect(await cli.run(["turn", "cancel", session])).toMatchObject({ exitCode: 1, stdout: "" });
  held.release();
});

test("Ctrl-C once leaves the turn running with a hint, twice cancels it", async () => {
  const held = gate();
  const fake = await model(script().says("Whole.").holds(held));
  const once = cli.begin(["ask", "go"]);
  await fake.received(1);
  once.child.kill("SIGINT");
  const left = await once.ended;
  expect(left.exitCode).toBe(0);
  expect(left.stderr).toMatch(/turn wait s\w+[^]*turn cancel s\w+/);
  const [row] = await cli.json<SessionRow[]>("sessions", "list");
  expect(row?.state).toBe("running");
  const twice = cli.begin(["turn", "wait", row?.session ?? ""]);
  await twice.shows("step 1", "stderr");
  twice.child.kill("SIGINT");
  await twice.shows("Ctrl-C again", "stderr");
  twice.child.kill("SIGINT");
  expect((await twice.ended).exitCode).toBe(130);
  held.release();
});

test("nobody reading the output is no failure, and the turn goes on", async () => {
  const held = gate();
  const fake = await model(script().says("x\n\n".repeat(1000)).holds(held));
  const asking = cli.begin(["ask", "go"]);
  await fake.received(1);
  asking.child.stdout?.destroy();
  held.release();
  expect((await asking.ended).exitCode).toBe(0);
  const [row] = await cli.json<SessionRow[]>("sessions", "list");
  expect((await cli.run(["turn", "wait", row?.session ?? ""])).exitCode).toBe(0);
});

test("a long trace arrives whole, however slowly it is read", async () => {
  await model(() => script().says("ok"));
  const input = "x".repeat(900_000);
  const first = await cli.run(["ask", "--detach"], { input });
  const { session } = JSON.parse(first.stdout) as { session: string };
  for (let turn = 0; turn < 5; turn++) await cli.run(["ask", "--session", session], { input });
  const showing = cli.begin(["trace", "show", session, "--json"]);
  showing.child.stdout?.pause();
  await cli.run(["sessions"]);
  showing.child.stdout?.resume();
  const { exitCode, stdout } = await showing.ended;
  expect(exitCode).toBe(0);
  const asked = (JSON.parse(stdout) as Entry[]).filter(({ kind }) => kind === "turn.started");
  expect(asked.map(({ data }) => (data as { input: string }).input.length)).toEqual(Array(6).fill(900_000));
});

test("a session goes on by the beginning of its id; unknown and ambiguous ones are named", async () => {
  const fake = await model(() => script().says("ok"));
  await cli.run(["ask", "one"]);
  await cli.run(["ask", "two"]);
  const sessions = await cli.json<SessionRow[]>("sessions", "list");
  const first = sessions.find(({ title }) => title.includes("one"))?.session ?? "";
  expect((await cli.run(["ask", "--session", first.slice(0, 8), "three"])).exitCode).toBe(0);
  expect(JSON.stringify(fake.requests[2]?.body.messages)).toMatch(/one[^]*three/);
  const ambiguous = await cli.run(["sessions", "show", "s"]);
  expect(ambiguous.exitCode).toBe(2);
  expect(ambiguous.stderr).toContain(first);
  expect((await cli.run(["ask", "--session", "nonsense", "x"])).exitCode).toBe(2);
  expect((await cli.run(["sessions", "show", first])).stdout).toMatch(/> one\n[^]*ok\n[^]*> three\n/);
  expect((await cli.run(["sessions", "search", "three"])).stdout).toContain(first);
});

test("an answer without words is told to the person, who would else see nothing", async () => {
  await model(script().says(""));
  const { exitCode, stdout, stderr } = await cli.run(["ask", "hi"]);
  expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 0, stdout: "" });
  expect(stderr).toContain("The model ended its turn without words.");
});
