import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Entry } from "../../../src/protocol/entries.ts";
import type { Behaviour } from "../../fakes/model-server.ts";
import { script, startModelServer } from "../../fakes/model-server.ts";
import { cliOn, jsonLines } from "./run-cli.ts";

interface Report {
  decisions: number;
  differences: { seq: number; kind: string; callId?: string; tool?: string; rules?: { was: string; is: string } }[];
  assumed: string[];
  skipped: { line: number; why: string }[];
}

/** The command line with a model, and one session in which it did something. */
async function cliWith(behaviour: Behaviour, ask: string[] = []) {
  const cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-trace-")));
  onTestFinished(() => cli.remove());
  const server = await startModelServer(behaviour);
  onTestFinished(() => server.close());
  const flags = ["--model", "m", "--window", "200000", "--trust", "local"];
  await cli.run(["endpoints", "add", "test", "--url", server.url, ...flags, "--use"]);
  await cli.run(["endpoints", "add", "other", "--url", server.url, ...flags]);
  writeFileSync(join(cli.workspace, "a.txt"), "alpha\n");
  const asked = await cli.run(["ask", "--json", ...ask, "What is in a.txt?"]);
  const entries = jsonLines<Entry>(asked.stdout).filter((line) => "kind" in line);
  return { cli, server, entries, session: entries[0]?.session ?? "", exitCode: asked.exitCode };
}

const READS = script()
  .calls("files_read", { path: "a.txt" })
  .calls("shell_run", { command: "ls" })
  .says("It says alpha.");

test("replay finds every decision the same, from the session and from its file", async () => {
  const { cli, session } = await cliWith(READS, ["--yes"]);
  const plain = await cli.run(["trace", "replay", session]);
  expect(plain).toMatchObject({ exitCode: 0, stderr: "" });
  expect(plain.stdout).toMatch(/^\d+ decisions, and every one would be the same\.\n$/);
  const file = join(cli.workspace, "trace.jsonl");
  const written = await cli.run(["trace", "export", session, "-o", file]);
  expect(written).toMatchObject({ exitCode: 0, stdout: "" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const fromFile = await cli.json<Report>("trace", "replay", file);
  const fromSession = await cli.json<Report>("trace", "replay", session);
  expect(fromFile).toEqual(fromSession);
  expect(fromFile.decisions).toBeGreaterThan(8);
});

test("other rules: exactly the decisions that differ are named, by call, tool, old rule and new, and it ends with 1", async () => {
  const { cli, session } = await cliWith(READS, ["--yes"]);
  const rules = join(cli.workspace, "rules.json");
  writeFileSync(
    rules,
    JSON.stringify([{ id: "no-ls", when: { tool: "shell_run", command: ["ls"] }, decision: "deny" }]),
  );
  const { exitCode, stdout } = await cli.run(["trace", "replay", session, "--rules", rules]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/tool\.decided {2}\S+ shell_run {2}turn-yes → no-ls\n/);
  expect(stdout).toMatch(/recorded {2}execute by turn-yes\n +now +deny by no-ls\n/);
  expect(stdout).toMatch(/\d+ decisions, and 1 would be another\.\n$/);
  const json = await cli.run(["trace", "replay", session, "--rules", rules, "--json"]);
  const report = JSON.parse(json.stdout) as Report;
  expect(report.differences).toHaveLength(1);
  expect(report.differences[0]).toMatchObject({ tool: "shell_run", rules: { was: "turn-yes", is: "no-ls" } });

  // What the turn was asked with is in the trace, so another default changes nothing; another hook does.
  const config = join(cli.workspace, "config.json");
  writeFileSync(config, JSON.stringify({ limits: { maxSteps: 1 } }));
  expect((await cli.run(["trace", "replay", session, "--config", config])).exitCode).toBe(0);
  writeFileSync(config, JSON.stringify({ hooks: [{ name: "audit", at: ["before"], command: ["/bin/true"] }] }));
  const hooked = await cli.run(["trace", "replay", session, "--config", config, "--json"]);
  expect(hooked.exitCode).toBe(1);
  const [first] = (JSON.parse(hooked.stdout) as Report).differences;
  expect(first).toMatchObject({ kind: "tool.decided", now: expect.stringMatching(/^ask hooks before/) as string });

  writeFileSync(rules, JSON.stringify([{ id: "no-ls", when: { command: "ls" }, decision: "deny" }]));
  const wrong = await cli.run(["trace", "replay", session, "--rules", rules]);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
});

test("a file is read for what it is: lines that are no entries are named, a file without any is refused", async () => {
  const { cli, session } = await cliWith(READS, ["--yes"]);
  const file = join(cli.workspace, "trace.jsonl");
  const { stdout } = await cli.run(["trace", "export", session]);
  writeFileSync(file, `${stdout}\n{"v":1,"kind":"from.tomorrow"}\nnot JSON\n`);
  const result = await cli.run(["trace", "replay", file]);
  expect(result.exitCode).toBe(0);
  expect(result.stderr).toMatch(/^Line \d+ was left out: no entry: .*\nLine \d+ was left out: no JSON: /);
  writeFileSync(file, "{}\n");
  expect(await cli.run(["trace", "replay", file])).toMatchObject({ exitCode: 2, stdout: "" });
  expect((await cli.run(["trace", "replay", "no-such-thing"])).exitCode).toBe(2);
});

test("a turn asked again with recorded results runs nothing, in a fork that says so, and what was not recorded is denied", async () => {
  const { cli, server, session, entries } = await cliWith((_, number) => {
    if (number === 1) return script().calls("files_read", { path: "a.txt" });
    if (number === 2) return script().says("It says alpha.");
    const both = [
      { name: "files_read", input: { path: "a.txt" } },
      { name: "shell_run", input: { command: "touch ran" } },
    ];
    return number === 3 ? script().calls(both) : script().says("Again alpha.");
  });
  const from = entries.find(({ kind }) => kind === "tool.finished")?.seq ?? 0;
  writeFileSync(join(cli.workspace, "a.txt"), "omega\n");
  const again = await cli.run(["trace", "replay", session, "--from", String(from), "--endpoint", "other"]);
  expect(again.stderr).toContain("tools: recorded");
  expect(again).toMatchObject({ exitCode: 0, stdout: "Again alpha.\n" });
  expect(server.requests).toHaveLength(4);
  const fork = /is asked again in (\S+),/.exec(again.stderr)?.[1] ?? "";
  const trace = await cli.json<Entry[]>("trace", "show", fork);
  const own = trace.filter((entry) => entry.session === fork);
  expect(own[0]?.kind).toBe("session.forked");
  const started = own.find((entry) => entry.kind === "turn.started");
  expect(started?.data).toMatchObject({ endpoint: "other", replay: { session, tools: "recorded" } });
  const ends = own.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data] : []));
  const [read] = ends.filter(({ name }) => name === "files_read");
  expect(read).toMatchObject({ outcome: "ok", recorded: { session } });
  expect(read?.text).toContain("alpha");
  expect(read?.text).not.toContain("omega");
  expect(ends.find(({ name }) => name === "shell_run")).toMatchObject({
    outcome: "denied",
    text: expect.stringContaining("None was recorded for this tool with these arguments") as string,
  });
  expect(existsSync(join(cli.workspace, "ran"))).toBe(false);
  const decided = own.flatMap((entry) => (entry.kind === "tool.decided" ? [entry.data.ruleId] : []));
  expect(decided).toEqual(["default-read-workspace", "turn-replay"]);
  // The original is as it was, and the fork replays like any other session.
  expect((await cli.run(["trace", "replay", fork])).exitCode).toBe(0);
  expect((await cli.run(["trace", "replay", session])).exitCode).toBe(0);
});

test("live tools run by today's rules; without tools every call is denied; an entry that is none is refused", async () => {
  const again = script().calls("files_read", { path: "a.txt" }).says("Done.");
  const twice = script();
  for (const round of [again, again, again]) twice.steps.push(...round.steps);
  const { cli, session, entries } = await cliWith(twice);
  const from = String(entries[0]?.seq ?? 0);
  writeFileSync(join(cli.workspace, "a.txt"), "omega\n");
  const replayed = async (tools: string) => {
    const words = ["trace", "replay", session, "--from", from, "--endpoint", "other", "--tools", tools, "--json"];
    const { stdout } = await cli.run(words);
    return jsonLines<Entry>(stdout).flatMap((line) => (line.kind === "tool.finished" ? [line.data] : []));
  };
  const [live] = await replayed("live");
  expect(live).toMatchObject({ outcome: "ok" });
  expect(live?.text).toContain("omega");
  expect(live?.recorded).toBeUndefined();
  const [denied] = await replayed("deny");
  expect(denied).toMatchObject({ outcome: "denied", text: expect.stringContaining("without tools") as string });
  const before = await cli.json<unknown[]>("sessions", "list");
  const nobody = await cli.run(["trace", "replay", session, "--from", from, "--endpoint", "nobody"]);
  expect(nobody).toMatchObject({ exitCode: 2, stdout: "" });
  expect(await cli.json<unknown[]>("sessions", "list")).toHaveLength(before.length);
  const missing = await cli.run(["trace", "replay", session, "--from", "999999", "--endpoint", "other"]);
  expect(missing).toMatchObject({ exitCode: 2, stdout: "" });
  expect((await cli.run(["trace", "replay", session, "--from", from])).stderr).toContain("--endpoint NAME");
});

test("a transcript tells who asked, what was done, who allowed it and what was answered", async () => {
  const { cli, session } = await cliWith(READS, ["--yes"]);
  const { stdout } = await cli.run(["sessions", "export", session, "--format", "markdown"]);
  expect(stdout).toMatch(/^# What is in a\.txt\?\n/);
  expect(stdout).toMatch(/## \S+Z: user asks m at test\n\n> What is in a\.txt\?\n/);
  expect(stdout).toContain("**Calls** `files_read`");
  expect(stdout).toContain("It says alpha.");
  expect(stdout).toMatch(/\*\*Ended: done\*\*/);
  const file = join(cli.workspace, "t.md");
  await cli.run(["trace", "export", session, "--format", "markdown", "-o", file]);
  expect(readFileSync(file, "utf8")).toBe(stdout);
});
