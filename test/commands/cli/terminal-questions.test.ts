import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../../../src/protocol/entries.ts";
import type { Question } from "../../../src/protocol/question.ts";
import type { CardRow } from "../../../src/protocol/requests.ts";
import { type ModelScript, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { seedCards } from "../../fakes/seed-cards.ts";
import { CTRL_C, DOWN, ENTER, hasTerminal, inTerminal, type Terminal } from "./in-terminal.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
let server: ModelServer | undefined;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-tty-")));
});
afterEach(async () => {
  await cli.remove();
  await server?.close();
  server = undefined;
});

async function asked(answers: ModelScript): Promise<Terminal> {
  server = await startModelServer(answers);
  await cli.run(["endpoints", "add", "fake", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
  return inTerminal(cli, "ask go");
}
const question = (input: object) => script().calls("ask_user", input).says("Thanks.");
const heard = () => JSON.stringify(server?.requests[1]?.body.messages);

describe.skipIf(!hasTerminal)("a question in a terminal", () => {
  test("its choices are a list to choose from", async () => {
    const terminal = await asked(question({ question: "Which colour?", choices: ["red", "green"] }));
    await terminal.shows("Leave it for later");
    expect(terminal.shown()).toMatch(/The model asks: Which colour\?\r\n[^]*Answer “red”[^]*Decline to Answer/);
    terminal.keys(DOWN + ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toMatch(/✓ ask “Which colour\?”[^]*Thanks\./);
    expect(heard()).toContain("green");
  });

  test("it is answered in words; an empty answer is not taken", async () => {
    const terminal = await asked(question({ question: "Which city?" }));
    await terminal.shows("Leave it for later");
    terminal.keys(ENTER);
    await terminal.shows("In your words");
    terminal.keys(ENTER);
    await terminal.shows("Type your answer");
    terminal.keys(`Köln, am Rhein${ENTER}`);
    expect(await terminal.exitCode).toBe(0);
    expect(heard()).toContain("Köln, am Rhein");
  });

  test("it is declined with a reason", async () => {
    const terminal = await asked(question({ question: "Your password?" }));
    await terminal.shows("Leave it for later");
    terminal.keys(DOWN + ENTER);
    await terminal.shows("Why not?");
    terminal.keys(`never${ENTER}`);
    expect(await terminal.exitCode).toBe(0);
    expect(heard()).toMatch(/declined to answer: never/);
  });

  test("an answer from elsewhere closes the prompt, also in the middle of typing", async () => {
    const terminal = await asked(question({ question: "Which city?" }));
    await terminal.shows("Leave it for later");
    terminal.keys(ENTER);
    await terminal.shows("In your words");
    terminal.keys("Ham");
    const [card] = await cli.json<CardRow[]>("questions");
    expect((await cli.run(["questions", "answer", card?.approvalId ?? "", "Berlin"])).exitCode).toBe(0);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toMatch(/answered by cli \(.*process \d+\)[^]*Thanks\./);
    expect(heard()).toContain("Berlin");
  });

  test("left for later, or left with Ctrl-C, it still waits, and the exit code says so", async () => {
    const terminal = await asked(question({ question: "Which city?" }));
    await terminal.shows("Leave it for later");
    terminal.keys(DOWN + DOWN + ENTER);
    expect(await terminal.exitCode).toBe(3);
    expect(terminal.shown()).toMatch(/questions answer t\w+/);
    const [card] = await cli.json<CardRow[]>("questions");
    const again = inTerminal(cli, `questions answer '${card?.approvalId}'`);
    await again.shows("Leave it for later");
    again.keys(CTRL_C);
    expect(await again.exitCode).toBe(130);
    expect(await cli.json<CardRow[]>("questions")).toMatchObject([{ state: "pending" }]);
  });

  test("a form is asked field by field, each in its own way", async () => {
    const properties: NonNullable<Question["form"]> = {
      name: { type: "string", title: "Your name" },
      age: { type: "integer", minimum: 18, title: "Your age" },
      size: { enum: ["s", "l"], enumNames: ["Small", "Large"], title: "Your size" },
      likes: { type: "array", items: { enum: ["tea", "milk"] }, title: "You like" },
      news: { type: "boolean", title: "Letters" },
    };
    const form = { type: "object", properties, required: ["name", "age", "size"] };
    seedCards(cli.home, [{ question: { text: "Who are you?", from: "mcp people", form } }]);
    const terminal = inTerminal(cli, "questions answer t1");
    await terminal.shows("Leave it for later");
    terminal.keys(ENTER);
    await terminal.shows("◆  Your name");
    terminal.keys(`Ada${ENTER}`);
    await terminal.shows("◆  Your age");
    terminal.keys(`7${ENTER}`);
    await terminal.shows("Expected a whole number of at least 18");
    terminal.keys(`\u007f36${ENTER}`);
    await terminal.shows("◆  Your size");
    terminal.keys(DOWN + ENTER);
    await terminal.shows("◆  You like (optional)");
    terminal.keys(` ${ENTER}`);
    await terminal.shows("◆  Letters (optional)");
    terminal.keys(DOWN + DOWN + ENTER);
    expect(await terminal.exitCode).toBe(0);
    const [resolved] = await cli.json<Entry[]>("trace", "show", "s1", "--kind", "card.resolved");
    expect(resolved?.data).toMatchObject({ answer: { name: "Ada", age: 36, size: "l", likes: ["tea"] } });
    expect(resolved?.data).not.toHaveProperty("answer.news");
  });

  test("what would be removed and added is red and green", async () => {
    writeFileSync(join(cli.workspace, "notes.md"), "old words\n");
    const edit = { path: "notes.md", edits: [{ old: "old", new: "\u001b[2Jnew" }] };
    const terminal = await asked(script().calls("files_edit", edit).says("Edited."));
    await terminal.shows("Leave it for later");
    expect(terminal.raw()).toContain("\u001b[31m-old words\u001b[39m");
    expect(terminal.raw()).toContain("\u001b[32m+⟨U+001B⟩[2Jnew words\u001b[39m");
    expect(terminal.raw()).not.toContain("\u001b[2J");
    terminal.keys(ENTER);
    expect(await terminal.exitCode).toBe(0);
  });
});
