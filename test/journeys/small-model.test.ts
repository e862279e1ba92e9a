import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EntryData } from "../../src/protocol/entries.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { type Behaviour, type ModelScript, script } from "../fakes/model-server.ts";
import { dataOf } from "./hostile-world.ts";

/** One turn of a model that makes mistakes, in a folder with one file. */
async function turn(behaviour: Behaviour): Promise<Journey & { end: EntryData<"turn.finished"> }> {
  const begun = await journey(behaviour);
  writeFileSync(join(begun.workspace, "a.txt"), "the text");
  const { turn: id } = await begun.face.submit({ input: "read a.txt", workspace: begun.workspace });
  const end = await begun.face.untilKind("turn.finished", (entry) => entry.turn === id);
  return { ...begun, end: end.data };
}

const read = (input: object = { path: "a.txt" }) => ({ name: "files_read", input });
const outcomes = ({ face }: Journey) => dataOf(face, "tool.finished").map(({ name, outcome }) => `${name} ${outcome}`);

test.each<[string, () => ModelScript, object | undefined, string[]]>([
  ["nothing to mend", () => script().calls([read()]), undefined, ["files_read ok"]],
  ["text for a number", () => script().calls([read({ path: "a.txt", from: "1" })]), { coerced: 1 }, ["files_read ok"]],
  [
    "the arguments within themselves",
    () => script().calls([read({ name: "files_read", arguments: '{"path":"a.txt"}' })]),
    { coerced: 1 },
    ["files_read ok"],
  ],
  [
    "another spelling of the name",
    () => script().calls([{ ...read(), name: "filesRead" }]),
    { coerced: 1 },
    ["files_read ok"],
  ],
  [
    "another program's name",
    () => script().calls("cat", { path: "a.txt" }).calls([read()]),
    { suggested: 1 },
    ["cat invalid", "files_read ok"],
  ],
  [
    "arguments that do not fit",
    () =>
      script()
        .calls([read({ file: 7 })])
        .calls([read({ path: 5, from: "x" })])
        .calls([read()]),
    { corrected: 2 },
    ["files_read invalid", "files_read invalid", "files_read ok"],
  ],
  [
    "arguments cut off",
    () => script().truncatedArguments("files_read", '{"path":"a.t').calls([read()]),
    { corrected: 1 },
    ["files_read invalid", "files_read ok"],
  ],
  [
    "a call in the text that breaks off",
    () =>
      script().says('<tool_call>{"name":"files_read","arguments":{"path":"a.').stopReason("max_tokens").calls([read()]),
    { corrected: 1, rescued: 1 },
    ["files_read invalid", "files_read ok"],
  ],
  [
    "the same call twice",
    () => script().calls([read()]).calls([read()]),
    { repeated: 1 },
    ["files_read ok", "files_read ok"],
  ],
  [
    "several of these",
    () =>
      script()
        .calls([read({ path: "a.txt", from: "1" }), { name: "bash", input: {} }])
        .calls([read({})]),
    { coerced: 1, suggested: 1, corrected: 1 },
    ["bash invalid", "files_read ok", "files_read invalid"],
  ],
])("a turn counts what had to be mended: %s", async (_, steps, repairs, ends) => {
  const mended = await turn(steps().says("done"));
  expect(mended.end).toEqual({ finish: "done", text: "done", ...(repairs === undefined ? {} : { repairs }) });
  expect(outcomes(mended).sort()).toEqual([...ends].sort());
});

test("a model that is stuck ends with what was mended until then; three corrections in a row are given", async () => {
  const stuck = await turn((body, number) =>
    JSON.stringify(body.messages.at(-1)).includes("Answer now")
      ? script().says("sorry")
      : script().calls([read({ from: number })]),
  );
  expect(stuck.end).toEqual({ finish: "budget", text: "sorry", repairs: { corrected: 4 } });
  const repeating = await turn((body) =>
    JSON.stringify(body.messages.at(-1)).includes("Answer now") ? script().says("sorry") : script().calls([read()]),
  );
  expect(repeating.end).toEqual({ finish: "budget", text: "sorry", repairs: { repeated: 2 } });
});

const WRITE = '{"name": "files_write", "arguments": {"path": "b.txt", "text": "x"}}';

test.each<[string, string]>([
  ["a tag", `<tool_call>\n${WRITE}\n</tool_call>`],
  ["bare JSON", WRITE.replace("arguments", "parameters")],
  ["a code block", `\`\`\`json\n${WRITE}\n\`\`\``],
  ["python", '[files_write(path="b.txt", text="x")]'],
  ["another spelling", WRITE.replace("files_write", "functions.filesWrite")],
])("a call that leaked as %s is counted, shown to a person as what it is, and runs only then", async (_, text) => {
  const { face, workspace } = await journey(script().says(text).says("done"));
  const rules = { id: "write", when: { tool: "files_write" }, decision: "execute" as const };
  await face.connection.request("rule.add", { rule: rules });
  await face.submit({ input: "write b.txt", workspace });
  const card = await face.untilKind("card.opened");
  expect(card.data.causes).toEqual([{ type: "rescued", source: expect.any(String) as string }]);
  const { cards } = await face.connection.request("card.list", {});
  expect(cards).toMatchObject([{ tool: "files_write", arguments: { path: "b.txt", text: "x" } }]);
  expect(dataOf(face, "tool.started")).toEqual([]);
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
  const { data } = await face.untilKind("turn.finished");
  expect(data).toMatchObject({ finish: "done", text: "done", repairs: { rescued: 1 } });
});

test("a README that shows how a call looks is quoted, and nothing of it is called", async () => {
  const readme = `# Tools\n\nA call looks like this:\n\n\`\`\`json\n${WRITE}\n\`\`\`\n\nor <tool_call>${WRITE}</tool_call> in a line.\n`;
  const quoting = await turn(script().calls([read()]).says(`It says:\n\n${readme}`));
  expect(quoting.end.finish).toBe("done");
  expect(quoting.end.repairs).toBeUndefined();
  expect(dataOf(quoting.face, "card.opened")).toEqual([]);
  expect(outcomes(quoting)).toEqual(["files_read ok"]);
});
