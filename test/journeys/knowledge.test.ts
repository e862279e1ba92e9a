import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Json } from "../../src/protocol/values.ts";
import type { Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { type ModelScript, script } from "../fakes/model-server.ts";

/** Plays one tool call per step, then an answer, and gives the results in order. */
async function played(face: Witness, session?: string): Promise<{ session: string; texts: string[] }> {
  const { session: own, turn } = await face.submit({ input: "go on", ...(session === undefined ? {} : { session }) });
  await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  const texts = face.entries.flatMap((entry) =>
    entry.kind === "tool.finished" && entry.turn === turn ? [entry.data.text] : [],
  );
  return { session: own, texts };
}
/** A script with one list of calls per turn. */
function turns(...lists: [string, object][][]): ModelScript {
  const all = script();
  for (const calls of lists) {
    for (const [name, input] of calls) all.calls(name, input);
    all.says("done");
  }
  return all;
}
const via = (name: string, input: Json) => ["call_tool", { name, arguments: input }] as [string, object];

test("notes outlive the session: written, found in the next prompt, read, searched, forgotten", async () => {
  const note = { topic: "Preferences", text: "Answers in German.\nBirthday on 3 May <!-- loopd lies -->" };
  const { face, server, helper } = await journey(
    turns(
      [via("memory_write", note), via("memory_list", {})],
      [
        via("memory_read", { topic: "preferences" }),
        via("memory_search", { query: "birthday" }),
        via("memory_read", { topic: "preference" }),
        via("memory_forget", { topic: "PREFERENCES" }),
        via("memory_list", {}),
      ],
    ),
  );
  const first = await played(face);
  expect(first.texts[0]).toMatch(/^Remembered under Preferences, which now has \d+ bytes\.$/);
  expect(first.texts[1]).toMatch(/^Preferences: Answers in German\. \(\d+ bytes, 20/);
  const folder = join(helper.home, "memory");
  const file = readFileSync(join(folder, "Preferences.md"), "utf8");
  expect(file).toContain(`by model, session ${first.session}, turn `);
  expect(statSync(join(folder, "Preferences.md")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, "MEMORY.md"), "utf8")).toContain("- Preferences: Answers in German.");

  const second = await played(face);
  expect(server.requests.at(-1)?.body.system).toContain("- Preferences: Answers in German.");
  expect(server.requests[0]?.body.system).not.toContain("memory_read");
  expect(second.texts[0]).toBe("Answers in German.\nBirthday on 3 May <!-- quoted: loopd lies -->");
  expect(second.texts[1]).toBe("Preferences:3: Birthday on 3 May <!-- quoted: loopd lies -->");
  expect(second.texts[2]).toBe("ERROR: There is no note preference. Did you mean Preferences?");
  expect(second.texts[3]).toMatch(/^The note PREFERENCES is removed/);
  expect(second.texts[4]).toMatch(/^There are no notes yet/);
  const changes = face.entries.flatMap((entry) => (entry.kind === "state.changed" ? [entry.data] : []));
  expect(changes).toMatchObject([
    { store: "memory", key: "Preferences", after: file },
    { store: "memory", key: "Preferences", before: file },
  ]);
  expect(changes[1]?.after).toBeUndefined();
});

test("values stay with their conversation: kept, replaced, listed, removed, refused where they are too much", async () => {
  const { face } = await journey(
    turns(
      [
        via("state_set", { key: "progress", value: { done: 1 } }),
        via("state_set", { key: "progress", value: { done: 2 } }),
        via("state_set", { key: "b", value: [true, null, 1.5] }),
        via("state_get", { key: "progress" }),
        via("state_get", {}),
        via("state_set", { key: "b", value: null }),
        via("state_get", { key: "b" }),
        via("state_set", { key: "large", value: "x".repeat(70_000) }),
        via("state_set", { key: "nothing" }),
      ],
      [via("state_get", {})],
      [via("state_get", {})],
    ),
  );
  const { session, texts } = await played(face);
  expect(texts.slice(0, 7)).toEqual([
    "Kept progress.",
    "Kept progress in place of the value before.",
    "Kept b.",
    '{"done":2}',
    'b = [true,null,1.5]\nprogress = {"done":2}',
    "Removed b.",
    "ERROR: There is no value b. state_get without key shows all.",
  ]);
  expect(texts[7]).toMatch(/^ERROR: A value has at most 65536 characters as JSON, not 70002\. Nothing was changed\./);
  expect(texts[8]).toContain("value: any JSON; null removes it, but it is missing");
  expect((await played(face, session)).texts).toEqual(['progress = {"done":2}']);
  expect((await played(face)).texts).toEqual(["This conversation keeps no values yet."]);
  const { values } = await face.connection.request("state.get", { session });
  expect(values).toEqual({ progress: { done: 2 } });
  const changes = face.entries.flatMap((entry) => (entry.kind === "state.changed" ? [entry.data] : []));
  expect(changes.map(({ key, before, after }) => [key, before, after])).toEqual([
    ["progress", undefined, { done: 1 }],
    ["progress", { done: 1 }, { done: 2 }],
    ["b", undefined, [true, null, 1.5]],
    ["b", [true, null, 1.5], undefined],
  ]);
  expect(changes.every(({ callId }) => callId?.startsWith("t") === true)).toBe(true);
});

test("earlier conversations can be searched, and the records be asked", async () => {
  const { face } = await journey(
    turns(
      [via("state_set", { key: "k", value: "marmalade" })],
      [
        via("history_search", { query: "Kept k" }),
        via("history_search", { query: "zebra" }),
        via("query_state", { sql: "SELECT name, outcome FROM calls WHERE name = 'state_set'" }),
        via("query_state", { sql: "SELECT 'tab\there' AS a, NULL AS b, 'two\nlines' AS c" }),
        via("query_state", { sql: "SELECT * FROM secrets" }),
        via("query_state", { sql: "DELETE FROM entries" }),
      ],
    ),
  );
  const { session } = await played(face);
  const { texts } = await played(face);
  expect(texts[0]).toMatch(new RegExp(`^${session} 20\\d\\d-.* tool output in “go on”\\n  Kept k\\.`));
  expect(texts[1]).toMatch(/^Nothing was found for "zebra"/);
  expect(texts[2]).toBe("name\toutcome\nstate_set\tok\n[1 row.]");
  expect(texts[3]).toBe("a\tb\tc\ntab\\there\tNULL\ttwo\\nlines\n[1 row.]");
  expect(texts[4]).toMatch(/^ERROR: SQLite says: no such table: secrets\. You may read these views:\nsessions\(/);
  expect(texts[5]).toMatch(/^ERROR: Only one SELECT is run here/);
});

test("while a query never ends, the helper answers everybody else", async () => {
  const { face } = await journey(turns([]));
  const sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
  let isOver = false;
  const endless = face.connection.request("state.query", { sql }).finally(() => (isOver = true));
  const refused = expect(endless).rejects.toMatchObject({
    code: "query-refused",
    message: expect.stringMatching(/longer than 5 s/),
  });
  let answered = 0;
  while (!isOver && answered < 1_000) {
    await face.connection.request("helper.status", {});
    answered += 1;
  }
  await refused;
  expect(answered).toBeGreaterThan(20);
});

test("a model finds tools that its prompt does not list, and calls them under the inner tool's name and rules", async () => {
  const { face, server } = await journey(
    turns([
      ["find_tools", { query: "remember something about the person" }],
      ["find_tools", {}],
      ["find_tools", { names: ["memory_wrte"] }],
      via("memory_wrte", { topic: "x" }),
      via("memory_write", { topik: "x" }),
      ["call_tool", { arguments: {} }],
      ["memory_list", {}],
      via("shell_run", { command: "echo hello" }),
    ]),
  );
  await face.submit({ input: "go on" });
  const card = await face.untilKind("card.opened");
  const { cards } = await face.connection.request("card.list", {});
  expect(cards).toMatchObject([{ tool: "shell_run", effect: "exec", arguments: { command: "echo hello" } }]);
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "denied", by: "test" });
  await face.untilKind("turn.finished");
  const outcomes = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data] : []));
  const texts = outcomes.map(({ text }) => text);
  expect(texts[0]).toMatch(/^memory_write \(with call_tool\): Remember: .*\n {2}arguments: \{"properties":\{/);
  expect(texts[1]).toMatch(/^There are:\nfiles: .*\nmemory: memory_forget, memory_list/);
  expect(texts[2]).toMatch(/^memory_write/);
  expect(texts[3]).toMatch(/^ERROR: There is no tool memory_wrte\. Did you mean memory_write/);
  expect(texts[4]).toMatch(/^ERROR: memory_write was called wrongly\. topic: .* missing/);
  expect(texts[5]).toMatch(
    /^ERROR: call_tool was called wrongly\. name: .* missing.*For example: \{"name":"memory_read"/,
  );
  expect(texts[6]).toMatch(/^There are no notes yet/);
  expect(outcomes.at(-1)).toMatchObject({ name: "shell_run", outcome: "denied" });
  expect(server.requests.at(-1)?.body.tools?.map(({ name }) => name)).not.toContain("memory_write");
});
