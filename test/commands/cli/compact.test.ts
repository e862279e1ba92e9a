import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Behaviour, gate, script, startModelServer } from "../../fakes/model-server.ts";
import { readsFiles, writeFiles } from "../../fakes/reading-model.ts";
import { SUMMARY } from "../../fakes/small-window.ts";
import type { Entry } from "../../../src/protocol/entries.ts";
import type { EpochRow, SessionWindow } from "../../../src/protocol/session-window.ts";
import { hasTerminal, inTerminal } from "./in-terminal.ts";
import { cliOn, jsonLines } from "./run-cli.ts";

/** The command line, and a model whose window is small. */
async function cliWith(behaviour: Behaviour, window = 4_096) {
  const cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
  onTestFinished(() => cli.remove());
  const server = await startModelServer(behaviour);
  onTestFinished(() => server.close());
  const flags = ["--model", "m", "--window", String(window), "--trust", "local", "--use"];
  await cli.run(["endpoints", "add", "small", "--url", server.url, ...flags]);
  writeFiles(cli.workspace, 9);
  const newest = async () => (await cli.json<{ session: string }[]>("sessions", "list"))[0]?.session ?? "";
  return { cli, server, newest };
}

const BAR = /^\[[STMUHC.a]+\]$/m;

test("ask tells on standard error that it makes room, and show where the window goes", async () => {
  const { cli, newest } = await cliWith(readsFiles(9));
  const { exitCode, stdout, stderr } = await cli.run(["ask", "Which file is the largest?"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "I have read them all.\n" });
  expect(stderr).toMatch(/^summarising…\nmaking room: [\d,]+ → [\d,]+ tokens$/m);
  expect(stderr).toMatch(/tokens for summaries · /);

  const session = await newest();
  const shown = await cli.run(["sessions", "show", session]);
  expect(shown.stdout).toMatch(/^Window of m at small: [\d,]+ of 4,096 tokens \(\d+ %\), as declared\.$/m);
  expect(BAR.exec(shown.stdout)?.[0]).toHaveLength(79);
  expect(shown.stdout).toContain("H history");
  expect(shown.stdout.search(BAR)).toBeLessThan(shown.stdout.indexOf("> Which file is the largest?"));
  const { window } = await cli.json<{ window: SessionWindow }>("sessions", "show", session);
  expect(window).toMatchObject({ endpoint: "small", tokens: 4_096, source: "declared" });
});

test("with --json, standard output stays entries and deltas", async () => {
  const { cli } = await cliWith(readsFiles(9));
  const { stdout, stderr } = await cli.run(["ask", "--json", "Which file is the largest?"]);
  const lines = jsonLines<Entry | { delta: object }>(stdout);
  const kinds = lines.flatMap((line) => ("kind" in line ? [line.kind] : []));
  expect(kinds.filter((kind) => kind === "epoch.opened").length).toBeGreaterThan(1);
  expect(stderr).toContain("making room: ");
  expect(JSON.stringify(lines.filter((line) => "delta" in line))).not.toContain(SUMMARY.facts[0]);
});

test("compact says what became smaller and what that cost", async () => {
  const { cli, server, newest } = await cliWith(readsFiles(6), 100_000);
  await cli.run(["ask", "Which file is the largest?"]);
  const session = await newest();
  const done = await cli.run(["sessions", "compact", session.slice(0, 6), "--note", "Keep the names"]);
  expect(done).toMatchObject({ exitCode: 0, stderr: "summarising…\n" });
  expect(done.stdout).toMatch(
    /^[\d,]+ → [\d,]+ tokens of conversation, in a window of 100,000; summarised \d exchanges, kept the last \d; (shortened \d results?; )?cost [\d,]+ tokens\.\n$/,
  );
  expect(server.requests.at(-1)?.text).toContain("Keep the names");
  const json = await cli.json<EpochRow & { session: string }>("sessions", "compact", session);
  expect(json).toMatchObject({ session, reason: "asked", tokensAfter: expect.any(Number) as number });
});

test("with nothing to gain, compact says why and ends with 1", async () => {
  const { cli, newest } = await cliWith(script().says("Four."));
  await cli.run(["ask", "What is two and two?"]);
  const session = await newest();
  const words = await cli.run(["sessions", "compact", session]);
  expect(words).toMatchObject({ exitCode: 1, stderr: "" });
  expect(words.stdout).toMatch(/^Nothing was made smaller: \w.*\.\n$/);
  const { exitCode, stdout } = await cli.run(["sessions", "compact", session, "--json"]);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ session, window: 4_096, skipped: expect.stringMatching(/\w/) as string });
  const unknown = await cli.run(["sessions", "compact", "nope"]);
  expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
});

test("Ctrl-C leaves a compaction going", async () => {
  const held = gate();
  const { cli, newest } = await cliWith(
    readsFiles(6, () => script().says(JSON.stringify(SUMMARY)).holds(held)),
    100_000,
  );
  await cli.run(["ask", "Which file is the largest?"]);
  const session = await newest();
  const run = cli.begin(["sessions", "compact", session]);
  await run.shows("summarising…", "stderr");
  run.child.kill("SIGINT");
  const { exitCode, stderr } = await run.ended;
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`loopd sessions show ${session}`);
  const second = await cli.run(["sessions", "compact", session]);
  expect(second.exitCode).toBe(1);
  expect(second.stderr).toContain("asked for already");
  held.release();
  await vi.waitFor(async () => {
    const { window } = await cli.json<{ window: SessionWindow }>("sessions", "show", session);
    expect(window.epochs.at(-1)).toMatchObject({ reason: "asked", spent: { tokens: expect.any(Number) as number } });
  }, 30_000);
});

test("a request that the server finds too large is said to be asked again with less", async () => {
  const error = { type: "invalid_request_error", message: "prompt is too long: 5000 tokens > 4000 maximum" };
  let isRefused = false;
  const model = readsFiles(5);
  const { cli } = await cliWith((body, number) => {
    if (number < 5 || isRefused) return model(body);
    isRefused = true;
    return script().status(400, {}, { type: "error", error });
  }, 100_000);
  const { exitCode, stderr } = await cli.run(["ask", "Which file is the largest?"]);
  expect(stderr).toContain("too large for the model's window, so it is asked again with less");
  expect(stderr).toMatch(/making room: /);
  expect(exitCode).toBe(0);
});

test("the rehearsal model has no window, and show says so", async () => {
  const cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
  onTestFinished(() => cli.remove());
  await cli.run(["ask", "Hello"]);
  const [row] = await cli.json<{ session: string }[]>("sessions", "list");
  const { stdout } = await cli.run(["sessions", "show", row?.session ?? ""]);
  expect(stdout).toMatch(/^Context: [\d,]+ tokens\. The rehearsal model has no window\.$/m);
  expect(stdout).toMatch(BAR);
});

test.runIf(hasTerminal)("in a terminal the bar has colours and blocks; without them, letters", async () => {
  const { cli, newest } = await cliWith(script().says("Hello."));
  await cli.run(["ask", "Hello"]);
  const session = await newest();
  const show = async (locale: string) => {
    vi.stubEnv("LC_ALL", locale);
    onTestFinished(() => void vi.unstubAllEnvs());
    const terminal = inTerminal(cli, `sessions show ${session}`);
    await terminal.exitCode;
    return terminal;
  };
  const full = await show("C.UTF-8");
  expect(full.shown()).toMatch(/^█+░+▒+\r?$/m);
  expect(full.raw()).toContain("\u001b[34m█");
  expect((await show("C")).shown()).toMatch(/^\[S+T+H+\.+a+\]\r?$/m);
});
