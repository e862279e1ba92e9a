import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Entry } from "../../../src/protocol/entries.ts";
import type { Question } from "../../../src/protocol/question.ts";
import type { CardRow, HelperStatus } from "../../../src/protocol/requests.ts";
import { type ModelScript, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { seedCards } from "../../fakes/seed-cards.ts";
import { type CliOnHome, cliOn, jsonLines } from "./run-cli.ts";

let cli: CliOnHome;
let server: ModelServer | undefined;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-questions-")));
});
afterEach(async () => {
  await cli.remove();
  await server?.close();
  server = undefined;
});

async function model(answers: ModelScript): Promise<ModelServer> {
  server = await startModelServer(answers);
  await cli.run(["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
  return server;
}

const asks = (input: object) => script().calls("ask_user", input);
const resolutionOf = async (session: string) =>
  (await cli.json<Entry[]>("trace", "show", session, "--kind", "card.resolved")).map(({ data }) => data);

const form: Question = {
  text: "Who are you?",
  from: "mcp people",
  form: {
    type: "object",
    properties: {
      name: { type: "string", title: "Your name" },
      age: { type: "integer", minimum: 0 },
      likes: { type: "array", items: { enum: ["tea", "milk"] } },
    },
    required: ["name"],
  },
};

test("a model's question outlives kill -9, and its second choice is answered by number", async () => {
  const fake = await model(asks({ question: "Which colour?", choices: ["red", "green"] }).says("Green it is."));
  const { exitCode, stdout, stderr } = await cli.run(["ask", "--json", "--no-wait", "paint it"]);
  expect(exitCode).toBe(3);
  expect(jsonLines<Entry>(stdout).at(-1)).toMatchObject({
    kind: "card.opened",
    data: { type: "question", question: { text: "Which colour?", from: "model", choices: ["red", "green"] } },
  });
  expect(stderr).toMatch(/The model asks: Which colour\?\n[^]*1\. red\n[^]*questions answer \S+ NUMBER/);
  const status = await cli.json<HelperStatus>("helper", "status");
  expect(status).toMatchObject({ pendingApprovals: 0, pendingQuestions: 1 });
  process.kill(status.pid, "SIGKILL");
  const [card, ...others] = await cli.json<CardRow[]>("questions", "list");
  expect(others).toEqual([]);
  const id = card?.approvalId ?? "";
  const wrong = await cli.run(["questions", "answer", id, "blue"]);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/must be one of: red, green\./);
  expect(await cli.run(["questions", "answer", id.slice(0, 6), "2"])).toMatchObject({
    exitCode: 0,
    stdout: "answered: The model asks: Which colour?\n",
  });
  expect(await cli.run(["turn", "wait", card?.session ?? ""])).toMatchObject({ exitCode: 0, stdout: "Green it is.\n" });
  expect(JSON.stringify(fake.requests.at(-1)?.body.messages)).toContain("green");
  expect((await cli.run(["questions", "answer", id, "1"])).exitCode).toBe(1);
  expect(await cli.json<CardRow[]>("questions")).toEqual([]);
  expect((await cli.run(["questions"])).stdout).toBe("No question waits for you.\n");
});

test("ask without a terminal says how to answer; the answer may come on standard input and be of many lines", async () => {
  const fake = await model(asks({ question: "What shall I write?" }).says("Written."));
  const asking = cli.begin(["ask", "write"]);
  await asking.shows("questions answer", "stderr");
  const [card] = await cli.json<CardRow[]>("questions");
  const [session] = await cli.json<{ session: string; state: string }[]>("sessions", "list");
  expect(session?.state).toBe("waiting");
  expect((await cli.run(["sessions", "show", session?.session ?? ""])).stdout).toContain("1 question");
  const answered = await cli.run(["questions", "answer", card?.approvalId ?? "", "-"], { input: "one\ntwo \n" });
  expect(answered.exitCode).toBe(0);
  expect(await asking.ended).toMatchObject({ exitCode: 0, stdout: "Written.\n" });
  expect(await resolutionOf(card?.session ?? "")).toMatchObject([{ resolution: "answered", answer: "one\ntwo " }]);
  expect(JSON.stringify(fake.requests[1]?.body.messages)).toContain("one\\ntwo ");
});

test("a question is declined, and the model reads why", async () => {
  const fake = await model(asks({ question: "Your password?" }).says("As you like."));
  await cli.run(["ask", "--no-wait", "log in"]);
  const [card] = await cli.json<CardRow[]>("questions");
  const id = card?.approvalId ?? "";
  expect((await cli.run(["approvals", "approve", id])).stderr).toMatch(/a question, which nobody can approve/);
  const declined = await cli.run(["questions", "answer", id, "--decline", "--reason", "that is private"]);
  expect(declined).toMatchObject({ exitCode: 0, stdout: "declined: The model asks: Your password?\n" });
  expect((await cli.run(["turn", "wait", card?.session ?? ""])).exitCode).toBe(0);
  expect(JSON.stringify(fake.requests[1]?.body.messages)).toContain("that is private");
});

test("a form takes its fields one by one or as JSON, and says which field does not fit", async () => {
  seedCards(cli.home, [{ question: form }, { question: form }]);
  const listed = (await cli.run(["questions"])).stdout;
  expect(listed).toMatch(/The server people asks: Who are you\?[^]*name: Your name \(required, text\)/);
  expect(listed).toMatch(/Answer: \S+ loopd questions answer t1\.1\.0#1 --field NAME=VALUE/);
  const answer = (...words: string[]) => cli.run(["questions", "answer", "t1.1.0#1", ...words]);
  const failures: [string[], RegExp][] = [
    [["Ada"], /a form\. Answer it with --field/],
    [["--field", "name"], /takes NAME=VALUE, not name/],
    [["--field", "age=old"], /field age does not fit: expected a whole number of at least 0/],
    [["--field", "age=3"], /field name is missing/],
    [["--field", "name=Ada", "--field", "pet=cat"], /no field pet\. Fields: name, age, likes/],
    [["--field", "name=Ada", "--field", "name=Eve"], /given twice/],
    [["--field", "name=Ada", "Ada"], /one answer/],
    [["--decline", "--field", "name=Ada"], /--decline/],
    [["--field", "name=Ada", "--reason", "x"], /add --decline/],
    [[], /There is no answer/],
  ];
  for (const [words, says] of failures) {
    const { exitCode, stderr } = await answer(...words);
    expect({ words, exitCode, stderr }).toMatchObject({ words, exitCode: 2, stderr: expect.stringMatching(says) });
  }
  const fields = ["name=Ada=1", "age=36", "likes=milk", "likes=1"].flatMap((field) => ["--field", field]);
  expect((await answer(...fields)).exitCode).toBe(0);
  expect((await cli.run(["questions", "answer", "t1.1.1", '{"name":"Eve"}'])).exitCode).toBe(0);
  expect(await resolutionOf("s1")).toMatchObject([
    { answer: { name: "Ada=1", age: 36, likes: ["milk", "tea"] } },
    { answer: { name: "Eve" } },
  ]);
});

test("approvals and questions are listed apart, and each points at the other", async () => {
  seedCards(cli.home, [
    { name: "shell_run", arguments: { command: "date" }, effect: "exec" },
    { question: { text: "Which?", from: "model" } },
  ]);
  expect((await cli.json<CardRow[]>("approvals", "list")).map(({ type }) => type)).toEqual(["approval"]);
  expect((await cli.json<CardRow[]>("questions", "list")).map(({ type }) => type)).toEqual(["question"]);
  expect((await cli.run(["approvals"])).stdout).toMatch(/run `date`[^]*\n1 question for you: .* questions\n$/);
  const decline = await cli.run(["questions", "answer", "t1.1.0", "--decline"]);
  expect(decline.exitCode).toBe(2);
  expect(decline.stderr).toMatch(/no question but an approval\. Answer it with: .* approvals approve/);
  expect((await cli.run(["questions", "answer", "t1", "x"])).stderr).toMatch(/begins the id of 2 cards/);
  expect((await cli.run(["questions", "answer", "t7", "x"])).stderr).toMatch(/There is no pending card t7/);
  expect((await cli.run(["approvals", "approve", "--all"])).exitCode).toBe(0);
  expect((await cli.run(["approvals"])).stdout).toMatch(/^No approval waits for you\.\n\n1 question/);
  expect((await cli.run(["helper", "status"])).stdout).toContain("0 approvals and 1 question for you");
});

test("calls that carry more than a frame holds are listed whole", async () => {
  const call = { name: "files_write", effect: "write" as const };
  seedCards(
    cli.home,
    Array.from({ length: 6 }, (_, index) => ({ ...call, arguments: { path: `${index}`, text: "x".repeat(900_000) } })),
  );
  const cards = await cli.json<CardRow[]>("approvals", "list");
  expect(cards.map(({ approvalId }) => approvalId)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `t1.1.${index}#1`));
  expect(cards[5]?.arguments).toMatchObject({ path: "5", text: "x".repeat(900_000) });
});
