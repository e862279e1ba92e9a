import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type CliOnHome, cliOn } from "../commands/cli/run-cli.ts";
import { temporaryFolder } from "../fakes/helper.ts";
import { type Behaviour, type ModelServer, script, startModelServer } from "../fakes/model-server.ts";

const SCHEMA = {
  type: "object",
  properties: { total: { type: "integer" }, unit: { enum: ["kg", "g"] } },
  required: ["total", "unit"],
  additionalProperties: false,
};

/** The command line before a scripted model, with a file that holds the schema. */
async function cli(behaviour: Behaviour, trust = "local"): Promise<{ cli: CliOnHome; server: ModelServer }> {
  const server = await startModelServer(behaviour);
  onTestFinished(() => server.close());
  const program = cliOn(temporaryFolder("home"));
  onTestFinished(() => program.remove());
  writeFileSync(join(program.workspace, "schema.json"), JSON.stringify(SCHEMA));
  const words = ["endpoints", "add", "test", "--url", server.url, "--dialect", "anthropic", "--model", "m"];
  words.push("--window", "200000", "--use");
  words.push("--trust", trust);
  const added = await program.run(words);
  expect(added).toMatchObject({ exitCode: 0 });
  return { cli: program, server };
}

const ask = ["ask", "--schema", "schema.json", "How much?"];

test("--schema prints exactly the JSON; a wrong one comes back with path and expectation, on the same prefix", async () => {
  const { cli: program, server } = await cli(
    script()
      .calls("final_answer", { json: { total: "many", unit: "lb", extra: 1 } })
      .calls([{ name: "final_answer", input: { json: { total: 3, unit: "kg" } }, text: "Here it is:" }]),
  );
  const { exitCode, stdout } = await program.run(ask);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '{"total":3,"unit":"kg"}\n' });
  const [first, second] = server.requests;
  expect(second?.text).toContain("/total must be integer");
  expect(second?.text).toContain('additional properties: \\"extra\\"');
  expect(JSON.stringify([second?.body.system, second?.body.tools])).toBe(
    JSON.stringify([first?.body.system, first?.body.tools]),
  );
  const sent = JSON.stringify(first?.body.messages).slice(0, -1);
  expect(JSON.stringify(second?.body.messages).startsWith(sent)).toBe(true);
  expect(first?.body).not.toHaveProperty("tool_choice");
});

test.each([
  ["plain JSON", '{"total":3,"unit":"kg"}'],
  ["JSON in a fence", '```json\n{ "total": 3, "unit": "kg" }\n```'],
])("%s in the text is as good as the call", async (_, text) => {
  const { cli: program } = await cli(script().says(text));
  expect(await program.run(ask)).toMatchObject({ exitCode: 0, stdout: '{"total":3,"unit":"kg"}\n' });
});

test("words where JSON was asked for are sent back; JSON as a string in the call is taken", async () => {
  const { cli: program, server } = await cli(
    script().says("About three kilos.").calls("final_answer", { json: '{"total":3,"unit":"kg"}' }),
  );
  expect(await program.run(ask)).toMatchObject({ exitCode: 0, stdout: '{"total":3,"unit":"kg"}\n' });
  expect(server.requests[1]?.text).toContain("Give it with final_answer.");
});

test("an answer that never fits fails after three corrections, with the validator's errors and no output", async () => {
  const { cli: program, server } = await cli(
    script()
      .calls("final_answer", { json: { total: 1 } })
      .repeatLast(),
  );
  const { exitCode, stdout, stderr } = await program.run(ask);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toContain("must have required property 'unit'");
  expect(server.requests).toHaveLength(4);
});

test("tools run first, and what they did stays done; a second answer in one response does not count", async () => {
  const { cli: program } = await cli(
    script().calls([
      { name: "final_answer", input: { json: { total: 1, unit: "g" } } },
      { name: "files_list", input: { path: "." } },
      { name: "final_answer", input: { json: { total: 2, unit: "g" } } },
    ]),
  );
  const { exitCode, stdout } = await program.run([...ask, "--json"]);
  expect(exitCode).toBe(0);
  const outcomes = stdout.split("\n").flatMap((line) => {
    const entry = line === "" ? {} : (JSON.parse(line) as { kind?: string; data?: { name: string; outcome: string } });
    return entry.kind === "tool.finished" ? [`${entry.data?.name} ${entry.data?.outcome}`] : [];
  });
  expect(outcomes).toEqual(["final_answer invalid", "files_list ok", "final_answer ok"]);
  expect(stdout).toContain('"text":"{\\"total\\":1,\\"unit\\":\\"g\\"}"');
});

test("with redaction: private values in schema, answer and the validator's own path; what is printed is JSON", async () => {
  const value = '"al ice"@wonder.example';
  const { cli: program, server } = await cli((body) => {
    const told = /<email:\d+:[a-z0-9]{5}>/.exec(JSON.stringify(body.messages))?.[0] ?? "none";
    return script().calls("final_answer", { json: { to: told } });
  }, "remote");
  const folder = join(program.workspace, "bob@wonder.example");
  mkdirSync(folder);
  writeFileSync(join(folder, "schema.json"), `\ufeff${JSON.stringify({ properties: { to: { enum: [value] } } })}`);
  const check = "#!/bin/sh\ngrep -q 'al ice' && echo '{}'\n";
  writeFileSync(join(folder, "check"), check, { mode: 0o755 });
  const words = ["ask", "--schema", "schema.json", "--validate", "./check", `Write to ${value}`];
  const { exitCode, stdout, stderr } = await program.run(words, { cwd: folder });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(stdout)).toEqual({ to: value });
  expect(server.requests.map(({ text }) => text).join()).not.toContain("wonder.example");
});

test("a call nobody asked for is an error that the model can mend, and the next turn of the session may ask", async () => {
  const { cli: program } = await cli(
    script()
      .calls("final_answer", { json: 1 })
      .says("one")
      .calls("final_answer", { json: { total: 1, unit: "g" } }),
  );
  expect(await program.run(["ask", "Say one"])).toMatchObject({ exitCode: 0, stdout: "one\n" });
  const [{ session } = { session: "" }] = await program.json<{ session: string }[]>("sessions", "list");
  const next = await program.run([
    "ask",
    "--session",
    session,
    "--tools",
    "files_read",
    "--schema",
    "schema.json",
    "x",
  ]);
  expect(next).toMatchObject({ exitCode: 0, stdout: '{"total":1,"unit":"g"}\n' });
});

test("a pattern that would run for ever costs its limit, not the helper", async () => {
  const { cli: program } = await cli(script().says(JSON.stringify("a".repeat(60) + "!")));
  const hook = { builtin: "schema", limitMs: 1500, schema: { type: "string", pattern: "^(a+)+$" } };
  writeFileSync(join(program.workspace, "evil.json"), JSON.stringify(hook));
  const { exitCode, stderr } = await program.run(["ask", "--validate", "evil.json", "x"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("it took longer than 1.5 s");
  expect(await program.run(["helper", "status"])).toMatchObject({ exitCode: 0 });
});

test("--validate takes a program, a schema or a hook; permissive gives the answer all the same", async () => {
  const { cli: program } = await cli(script().says("three").repeatLast());
  writeFileSync(
    join(program.workspace, "no.sh"),
    '#!/bin/sh\ncat > /dev/null\necho \'{"verdict":"fail","text":"never"}\'\n',
    {
      mode: 0o755,
    },
  );
  const never = await program.run(["ask", "--validate", "./no.sh", "x"]);
  expect(never.exitCode).toBe(1);
  expect(never.stderr).toContain("never");
  const waived = await program.run(["ask", "--validate", "./no.sh:permissive", "x"]);
  expect(waived.exitCode).toBe(0);
  expect(waived.stdout).toContain("three");
  expect(waived.stderr).toMatch(/did not pass no\.sh-1 \(turn\): never/);
  expect(await program.run(["ask", "--validate", "schema.json", "x"])).toMatchObject({ exitCode: 1 });
});

test.each([
  [["--schema", "missing.json"], "cannot be read"],
  [["--schema", "broken.json"], "is not JSON"],
  [["--schema", "wrong.json"], "The schema cannot be used"],
  [["--validate", "broken.json"], "is not JSON"],
  [["--validate", "plain.txt"], "neither a program"],
  [["--env", "trust"], "key=value"],
  [["--env", "trust=owner"], "no environment key trust"],
])("%j is a wrong call", async (options, words) => {
  const { cli: program, server } = await cli(script().says("never"));
  writeFileSync(join(program.workspace, "broken.json"), "{");
  writeFileSync(join(program.workspace, "wrong.json"), '{"type":"nope"}');
  writeFileSync(join(program.workspace, "plain.txt"), "text");
  const { exitCode, stderr } = await program.run(["ask", ...options, "x"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(words);
  expect(server.requests).toEqual([]);
});
