import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EntryOf } from "../../../src/protocol/entries.ts";
import type { ResultOf } from "../../../src/protocol/requests.ts";
import { type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { type CliOnHome, cliOn, jsonLines } from "./run-cli.ts";

let cli: CliOnHome;
let server: ModelServer;
beforeEach(async () => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
  server = await startModelServer(script().says("ok").repeatLast());
  const environment = { trust: { enum: ["guest", "owner"], default: "guest" }, style: { enum: ["plain"] } };
  const path = join(cli.home, "config.json");
  const before = JSON.parse(readFileSync(path, "utf8")) as object;
  writeFileSync(path, JSON.stringify({ ...before, environment, prices: { m: { input: 1, output: 1 } } }));
  const { stderr } = await cli.run([
    "endpoints",
    "add",
    "fake",
    "--url",
    server.url,
    "--model",
    "m",
    "--window",
    "200000",
    "--use",
  ]);
  expect(stderr).toBe("");
});
afterEach(async () => {
  await cli.remove();
  await server.close();
});

type Started = EntryOf<"turn.started">;
type Shown = ResultOf<"session.show">;

/** `turn.started` of a turn, as `ask --json` prints it. */
async function asked(...words: string[]): Promise<Started> {
  const { exitCode, stdout, stderr } = await cli.run(["ask", "--json", "hi", ...words]);
  if (exitCode !== 0) throw new Error(stderr);
  const found = jsonLines<Started>(stdout).find(({ kind }) => kind === "turn.started");
  if (found === undefined) throw new Error(stdout);
  return found;
}

test("every flag reaches the turn, and ask --json says where each setting is from", async () => {
  const { data } = await asked(
    ...["--tools", "files_read,files_list", "--deny-tools", "files_list", "--note", "n", "--env", "trust=owner"],
    ...["--temperature", "0.2", "--top-p", ".9", "--thinking", "2000", "--max-output-tokens", "9000"],
    ...["--max-steps", "3", "--max-tokens", "5000", "--max-cost", "0.25", "--max-time", "2m"],
  );
  expect(data.overrides).toEqual({
    ...{ tools: ["files_read", "files_list"], denyTools: ["files_list"], note: "n", env: { trust: "owner" } },
    ...{ temperature: 0.2, topP: 0.9, thinkingTokens: 2000, maxOutputTokens: 9000 },
    ...{ maxSteps: 3, maxTokens: 5000, maxCostUsd: 0.25, maxTurnMs: 120_000 },
  });
  const { endpoint, model, ...own } = data.provenance;
  expect([endpoint, model]).toEqual(["config", "endpoint"]);
  expect(new Set(Object.values(own))).toEqual(new Set(["turn"]));
  expect(Object.keys(own)).toHaveLength(12);
});

test("sessions set holds for every turn, sessions show shows it, --unset takes it back for a turn or for good", async () => {
  const { session } = await asked();
  const set = await cli.run([
    ...["sessions", "set", session, "--tools", "files_read", "--note", "be\nbrief", "--env", "trust=owner"],
    ...["--max-time", "90s", "--max-cost", "0.5"],
  ]);
  expect(set).toMatchObject({ exitCode: 0, stderr: "" });
  expect(set.stdout).toBe(
    "For every turn:\n  tools: files_read\n  max-cost: 0.5 USD\n  max-time: 1 min 30 s\n  env: trust=owner\n  note: be brief\n",
  );
  const second = await asked("--session", session, "--unset", "note,env.trust,max-time");
  expect(second.data.overrides).toEqual({
    ...{ tools: ["files_read"], maxCostUsd: 0.5, maxSteps: 20, env: { trust: "guest" } },
  });
  expect(second.data.provenance).toMatchObject({ tools: "session", maxCostUsd: "session", "env.trust": "default" });

  const shown = await cli.json<Shown>("sessions", "show", session);
  expect(shown.overrides).toMatchObject({ tools: ["files_read"], env: { trust: "owner" }, maxTurnMs: 90_000 });
  expect(shown.turns.map(({ provenance }) => provenance?.["tools"])).toEqual([undefined, "session"]);
  const { stdout } = await cli.run(["sessions", "show", session]);
  expect(stdout).toContain("For every turn:\n  tools: files_read\n");
  expect(stdout).toMatch(/done {2}\(session: .*tools.*\)/);
  const trace = await cli.run(["trace", "show", session]);
  expect(trace.stdout).toContain("state.changed    for every turn: tools: files_read; max-cost: 0.5 USD");
  expect(trace.stdout).toMatch(/turn\.started +user asks m at fake in anthropic \(session: .*tools.*\): hi/);

  const left = await cli.run(["sessions", "set", session, "--unset", "tools,note,env,max-time,max-cost"]);
  expect(left.stdout).toBe(`Session ${session} sets nothing for its turns.\n`);
  expect((await asked("--session", session)).data.overrides).toEqual({ maxSteps: 20, env: { trust: "guest" } });
});

test("what is wrong is told with what there is, exit code 2, and nothing is asked", async () => {
  const { session } = await asked();
  const wrong: [string[], RegExp][] = [
    [["--tools", "files_raed"], /Did you mean files_read/],
    [["--env", "colour=red"], /no environment key colour; config\.json declares style, trust/],
    [["--env", "trust=king"], /"guest", "owner"/],
    [["--env", "trust"], /key=value/],
    [["--endpoint", "nowhere"], /no endpoint "nowhere"/],
    [["--unset", "colour"], /--unset knows no colour\. It takes: endpoint, model, tools.*env\.KEY/],
    [["--unset", "env.colour"], /no environment key colour/],
    [["--env", "__proto__=x"], /no environment key __proto__/],
    [["--unset", "env.__proto__"], /no environment key __proto__/],
    [["--unset", "tools", "--tools", "files_read"], /tools is given and unset at once/],
    [["--temperature", "3"], /number from 0 to 2/],
    [["--max-time", "soon"], /90s, 30m/],
    [["--max-cost", "1", "--model", "unpriced"], /no price for the model "unpriced"/],
    [["--thinking", "100"], /whole number from 1024/],
  ];
  for (const [words, message] of wrong) {
    const { exitCode, stdout, stderr } = await cli.run(["ask", "--session", session, "hi", ...words]);
    expect({ words, exitCode, stdout }).toEqual({ words, exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
  }
  const none = await cli.run(["sessions", "set", session]);
  expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Say what to set") as string });
  expect(await cli.run(["sessions", "set", session, "--yes"])).toMatchObject({ exitCode: 2 });
  expect(server.requests).toHaveLength(1);
});

test("an endpoint from the caller's environment is the turn's own and comes before the session's", async () => {
  const { session } = await asked();
  await cli.run(["sessions", "set", session, "--endpoint", "rehearsal"]);
  const env = { LOOPD_ENDPOINT_URL: server.url, LOOPD_ENDPOINT_MODEL: "other" };
  const run = await cli.run(["ask", "--json", "--session", session, "hi"], { env });
  const started = jsonLines<Started>(run.stdout).find(({ kind }) => kind === "turn.started");
  expect(started?.data).toMatchObject({ model: "other", provenance: { endpoint: "turn" } });
  expect((await asked("--session", session)).data.endpoint).toBe("rehearsal");
  expect((await asked("--session", session, "--unset", "endpoint")).data.endpoint).toBe("fake");
});

test("rules test goes by the environment as a turn would: defaults count, and an unknown key is a mistake", async () => {
  const when = '{"env":{"trust":"guest"}}';
  await cli.run(["rules", "add", "deny", "--id", "guests", "--tool", "files_read", "--when", when]);
  const call = ["rules", "test", "--tool", "files_read", "--args", '{"path":"a.txt"}'];
  expect(await cli.json(...call)).toMatchObject({ decision: "deny", ruleId: "guests" });
  expect(await cli.json(...call, "--env", "trust=owner")).toMatchObject({ decision: "execute" });
  const wrong = await cli.run([...call, "--env", "colour=red"]);
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("declares style, trust") as string });
});
