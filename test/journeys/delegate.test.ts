import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Entry } from "../../src/protocol/entries.ts";
import type { ToolMethod } from "../../src/protocol/requests.ts";
import { delegated, delegateStart, delegating, finishOf, homeWith, isDelegated, plays } from "../fakes/delegating.ts";
import { journey } from "../fakes/journey.ts";
import { gate, script } from "../fakes/model-server.ts";

const says = (text: string) => () => script().says(text);
const runs = (command: string) => () => script().calls("shell_run", { command, outside: true });

test("a delegate works in a session of its own, knows nothing of the other, and gives its answer and its cost back", async () => {
  const { face, server, workspace } = await journey(
    plays(
      [
        delegating({ task: "Read a.txt.", tools: ["files_read", "find_tools"], note: "Be brief.", yes: true }),
        says("It says 42."),
      ],
      {
        "a.txt": [
          () => script().calls("files_read", { path: "a.txt" }).withUsage({ input_tokens: 100, output_tokens: 10 }),
          () => script().says("42").withUsage({ input_tokens: 200, output_tokens: 20 }),
        ],
      },
    ),
  );
  writeFileSync(join(workspace, "a.txt"), "42\n");
  const { session, turn } = await face.submit({ input: "What is in the file? (top secret)", workspace });
  expect(await finishOf(face, turn)).toMatchObject({ finish: "done", text: "It says 42." });

  const child = await delegateStart(face);
  const created = await face.untilKind("session.created", (entry) => entry.session === child.session);
  const callId = `${turn}.1.0`;
  expect(created.data).toMatchObject({ title: "Read a.txt.", workspace, from: { session, turn, callId } });
  expect(child.data).toMatchObject({
    ...{ originKey: `delegate:${callId}`, input: "Read a.txt.\n\nBe brief.", endpoint: "test", model: "m" },
    overrides: { tools: ["files_read", "find_tools"], denyTools: ["delegate"], maxSteps: 10 },
    provenance: { tools: "turn", endpoint: "parent" },
  });
  expect(child.data.overrides.yes).toBeUndefined();
  const [result] = delegated(face.entries);
  expect(result).toMatchObject({ outcome: "ok", spent: { tokens: 330 } });
  expect(result?.text).toBe(`42\n\n[session ${child.session}, finish done]`);
  const asked = server.requests.filter(({ body }) => isDelegated(body));
  expect(asked).toHaveLength(2);
  const texts = asked.map(({ text }) => text).join();
  expect(texts).not.toContain("top secret");
  // What a model says is no word of loopd's.
  expect(texts).toContain("Be brief.");
  expect(texts).not.toMatch(/\[loopd \w+\] Be brief/);

  const { session: row } = await face.connection.request("session.show", { session: child.session });
  expect(row.delegateOf).toEqual({ session, turn, callId });
  const { turns } = await face.connection.request("session.show", { session });
  expect(turns[0]?.delegates).toEqual([child.session]);
  const lines = face.deltas.filter(({ channel }) => channel === "progress").map(({ text }) => text);
  expect(lines[0]).toBe(`works in session ${child.session}`);
  expect(lines[1]).toMatch(/^files_read \{"path":"a.txt"/);
});

test("a delegate may do no more than the turn: --yes, its tools and its grants are not passed on, nor may it delegate", async () => {
  const { face, workspace } = await journey(
    plays(
      [
        runs("touch granted"),
        delegating({ task: "task-a" }),
        delegating({ task: "task-b", tools: ["files_read", "shell_run"] }),
        says("done"),
      ],
      {
        "task-a": [runs("touch granted"), delegating({ task: "task-b" }), says("a")],
        "task-b": [() => script().calls("files_write", { path: "b.txt", text: "x" }), runs("touch b"), says("b")],
      },
    ),
  );
  const tools = ["call_tool", "delegate", "shell_run", "files_read"];
  const { session, turn } = await face.submit({ input: "go", workspace, overrides: { tools } });
  const first = await face.untilKind("card.opened", (entry) => entry.session === session);
  const approve = { resolution: "approved" as const, by: "me" };
  await face.connection.request("card.resolve", { cardId: first.data.cardId, ...approve, scope: "session" });
  const a = await delegateStart(face, "task-a");
  const second = await face.untilKind("card.opened", (entry) => entry.session === a.session);
  expect(delegated(face.entries)).toEqual([]);
  await face.connection.request("card.resolve", { cardId: second.data.cardId, resolution: "denied", by: "me" });
  const b = await delegateStart(face, "task-b");
  expect(b.data.overrides.tools).toEqual(["files_read", "shell_run"]);
  const third = await face.untilKind("card.opened", (entry) => entry.session === b.session);
  await face.connection.request("card.resolve", { cardId: third.data.cardId, ...approve });
  expect(await finishOf(face, turn)).toMatchObject({ finish: "done" });
  const outcomesOf = (child: string) =>
    face.entries.flatMap((entry) =>
      entry.kind === "tool.finished" && entry.session === child ? [`${entry.data.name} ${entry.data.outcome}`] : [],
    );
  expect(outcomesOf(a.session)).toEqual(["shell_run denied", "delegate denied"]);
  expect(outcomesOf(b.session)).toEqual(["files_write denied", "shell_run ok"]);
  expect(existsSync(join(workspace, "b.txt"))).toBe(false);
});

test("what --yes approves for the turn, a delegate of it asks about; rules can speak of delegates", async () => {
  const rules = [
    { id: "no", when: { origin: "delegate", tool: "files_write" }, decision: "deny", reason: "Not alone." },
  ];
  const { face, workspace, server } = await journey(
    plays([runs("touch own"), delegating({ task: "task-a" }), says("done")], {
      "task-a": [runs("touch theirs"), () => script().calls("files_write", { path: "a", text: "x" }), says("a")],
    }),
    { home: homeWith({ rules }) },
  );
  const { turn } = await face.submit({ input: "go", workspace, overrides: { yes: true } });
  const card = await face.untilKind("card.opened");
  expect(card.turn).toBe((await delegateStart(face)).turn);
  expect(existsSync(join(workspace, "own"))).toBe(true);
  const { cards } = await face.connection.request("card.list", {
    session: (await face.untilKind("turn.started")).session,
  });
  expect(cards.map(({ approvalId }) => approvalId)).toEqual([card.data.cardId]);
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "denied", by: "me" });
  await finishOf(face, turn);
  expect(existsSync(join(workspace, "theirs"))).toBe(false);
  expect(server.requests.some(({ text }) => text.includes("Not alone."))).toBe(true);
});

test("what cannot be is said in words that the model can go by", async () => {
  const { face, workspace } = await journey(
    plays(
      [
        delegating(
          { task: "task-a", tools: ["files_raed"] },
          { task: "task-a", endpoint: "nowhere" },
          { task: "task-a", tools: ["web_fetch"] },
          { task: " " },
        ),
        says("done"),
      ],
      {},
    ),
  );
  const { turn } = await face.submit({ input: "go", workspace, overrides: { denyTools: ["web_fetch"] } });
  await finishOf(face, turn);
  expect(delegated(face.entries).map(({ outcome, text }) => [outcome, text])).toEqual([
    ["invalid", expect.stringContaining("task") as string],
    ["error", expect.stringMatching(/There is no tool files_raed\. Did you mean files_read/) as string],
    [
      "error",
      expect.stringMatching(/There is no endpoint "nowhere"\. Known: rehearsal, test|Known: test, rehearsal/) as string,
    ],
    ["error", expect.stringContaining("of web_fetch it may use none") as string],
  ]);
  expect(face.entries.filter(({ kind }) => kind === "session.created")).toHaveLength(1);
});

test("faces cannot start or await a delegate", async () => {
  const { face } = await journey(script());
  const ask = face.connection.request as (method: ToolMethod, params: object) => Promise<unknown>;
  for (const [method, params] of [
    ["turn.delegate", { task: "x" }],
    ["turn.await", { after: 0 }],
  ] as const) {
    await expect(ask(method, params)).rejects.toMatchObject({ code: "not-allowed" });
  }
});

/** The most turns of delegates that were open at once. */
function mostAtOnce(entries: readonly Entry[]): number {
  const open = new Set<string>();
  let most = 0;
  for (const entry of entries) {
    if (entry.kind === "turn.started" && entry.data.origin === "delegate") open.add(entry.turn ?? "");
    most = Math.max(most, open.size);
    if (entry.kind === "turn.finished") open.delete(entry.turn ?? "");
  }
  return most;
}

test("five delegates of one step: three work at once, then the others; results keep the order of the calls", async () => {
  const held = gate();
  const names = ["task-a", "task-b", "task-c", "task-d", "task-e"];
  const children = Object.fromEntries(names.map((name) => [name, [() => script().says(name).holds(held)]]));
  const { face, workspace, server } = await journey(
    plays([delegating(...names.map((task) => ({ task }))), says("done")], children),
  );
  const { turn } = await face.submit({ input: "go", workspace });
  await server.received(4);
  held.release();
  expect(await finishOf(face, turn)).toMatchObject({ finish: "done" });
  expect(mostAtOnce(face.entries)).toBe(3);
  const results = server.requests.at(-1)?.body.messages.at(-1)?.content ?? [];
  expect(results.map((block) => String(block["content"]).slice(0, 6))).toEqual(names);
});

test("a delegate begins as soon as one before it has ended, not when all have", async () => {
  const held = gate();
  const names = ["task-a", "task-b", "task-c", "task-d", "task-e"];
  const children = Object.fromEntries(names.map((name) => [name, [says(name)]]));
  children["task-a"] = [() => script().says("task-a").holds(held)];
  const { face, workspace, server } = await journey(
    plays([delegating(...names.map((task) => ({ task }))), says("done")], children),
  );
  const { turn } = await face.submit({ input: "go", workspace });
  await server.received(6);
  expect(mostAtOnce(face.entries)).toBeLessThanOrEqual(3);
  held.release();
  expect(await finishOf(face, turn)).toMatchObject({ finish: "done" });
  expect(
    delegated(face.entries)
      .map(({ outcome, text }) => `${outcome} ${text.slice(0, 6)}`)
      .at(-1),
  ).toBe("ok task-a");
  const results = server.requests.at(-1)?.body.messages.at(-1)?.content ?? [];
  expect(results.map((block) => String(block["content"]).slice(0, 6))).toEqual(names);
});

test("a turn has only so many delegates, however often its model asks for one", async () => {
  const { face } = await journey(
    plays([delegating({ task: "task-a" }, { task: "task-b" }), delegating({ task: "task-c" }), says("done")], {
      "task-": [says("as asked")],
    }),
    { home: homeWith({ limits: { maxDelegates: 2 } }) },
  );
  const { turn } = await face.submit({ input: "Delegate for ever." });
  expect((await finishOf(face, turn)).finish).toBe("done");
  expect(delegated(face.entries).map(({ outcome }) => outcome)).toEqual(["ok", "ok", "error"]);
  expect(delegated(face.entries)[2]?.text).toContain("This turn has had its 2 delegates.");
  expect(face.entries.filter(({ kind }) => kind === "session.created")).toHaveLength(3);
});

test("an endpoint that answers one request at a time is no deadlock", async () => {
  const { face, workspace } = await journey(
    plays([delegating({ task: "task-a" }, { task: "task-b" }), says("done")], {
      "task-a": [() => script().calls("files_list", {}), says("a")],
      "task-b": [() => script().calls("files_list", {}), says("b")],
    }),
    { home: homeWith({ limits: { parallelDelegates: 2 } }) },
  );
  await face.connection.request("endpoint.set", { name: "test", changes: { slots: 1 } });
  const { turn } = await face.submit({ input: "go", workspace });
  expect(await finishOf(face, turn)).toMatchObject({ finish: "done", text: "done" });
  expect(delegated(face.entries).map(({ outcome }) => outcome)).toEqual(["ok", "ok"]);
});

test("other calls between delegates keep their place", async () => {
  const rules = [{ id: "write", when: { tool: "files_write" }, decision: "execute" }];
  const write = { name: "files_write", input: { path: "between.txt", text: "x" } };
  const call = (task: string) => ({ name: "call_tool", input: { name: "delegate", arguments: { task } } });
  const { face, workspace } = await journey(
    plays([() => script().calls([call("task-a"), write, call("task-b")]), says("done")], {
      "task-a": [says("a")],
      "task-b": [() => script().calls("files_read", { path: "between.txt" }), says("b")],
    }),
    { home: homeWith({ rules }) },
  );
  const { turn } = await face.submit({ input: "go", workspace });
  await finishOf(face, turn);
  const order = face.entries.flatMap((entry) => {
    if (entry.turn !== turn || (entry.kind !== "tool.started" && entry.kind !== "tool.finished")) return [];
    return [`${entry.kind.slice(5)} ${entry.data.callId.split(".").at(-1)}`];
  });
  expect(order).toEqual([0, 1, 2].flatMap((index) => [`started ${index}`, `finished ${index}`]));
  expect(readFileSync(join(workspace, "between.txt"), "utf8")).toBe("x");
});

test("delegates live off the turn's budget, and what they use is the turn's", async () => {
  const usage = (tokens: number) => ({ input_tokens: tokens - 1, output_tokens: 1 });
  const { face, workspace } = await journey(
    plays(
      [
        (body) =>
          delegating(
            { task: "task-a", maxTokens: 300 },
            { task: "task-b", maxTokens: 5_000, maxSteps: 99 },
            { task: "task-c" },
          )().withUsage(usage(100 * body.messages.length)),
        () => script().says("closing"),
      ],
      {
        "task-a": [() => script().says("a").withUsage(usage(250))],
        "task-b": [
          () => script().calls("files_list", {}).withUsage(usage(700)),
          () => script().says("b").withUsage(usage(2)),
        ],
      },
    ),
  );
  const overrides = { maxTokens: 1_000, maxSteps: 7 };
  const { turn } = await face.submit({ input: "go", workspace, overrides });
  expect((await finishOf(face, turn)).finish).toBe("budget");
  const budgets = face.entries.flatMap((entry) =>
    entry.kind === "turn.started" && entry.data.origin === "delegate" ? [entry.data.overrides] : [],
  );
  expect(budgets.map(({ maxTokens, maxSteps }) => [maxTokens, maxSteps])).toEqual([
    [300, 7],
    [600, 7],
  ]);
  const [none, a, b] = delegated(face.entries);
  expect(none).toMatchObject({ outcome: "error", text: expect.stringContaining("has used its 1000 tokens") as string });
  expect([a?.text.slice(0, 1), a?.spent?.tokens]).toEqual(["a", 250]);
  expect(b).toMatchObject({ outcome: "error", spent: { tokens: 702 } });
  expect(b?.text).toMatch(
    /^ERROR: The delegate used up its budget[^]*What it said last:\nb\n\n\[session s\w+, finish budget\]$/,
  );
  // 100 of its own, 250 and 702 of delegates: the turn is at its end.
  const note = face.entries.find((entry) => entry.kind === "note.added" && entry.turn === turn);
  expect(note?.data).toMatchObject({ closes: "budget", text: expect.stringContaining("1000 tokens") as string });
});

test("a delegate that does not get to its end says what happened", async () => {
  const { face, workspace } = await journey(
    plays([delegating({ task: "task-a", maxSteps: 1 }, { task: "task-b" }), says("done")], {
      "task-a": [() => script().calls("files_list", {}), says("as far as I came")],
      "task-b": [
        () => script().status(400, {}, { type: "error", error: { type: "invalid_request_error", message: "broken" } }),
      ],
    }),
  );
  const { turn } = await face.submit({ input: "go", workspace });
  expect(await finishOf(face, turn)).toMatchObject({ finish: "done", text: "done" });
  const texts = delegated(face.entries)
    .map(({ outcome, text }) => `${outcome} ${text}`)
    .sort();
  expect(texts).toEqual([
    expect.stringMatching(
      /^error ERROR: The delegate could not go on\. endpoint-rejected: [^]*broken[^]*finish failed\]$/,
    ),
    expect.stringMatching(
      /^error ERROR: The delegate used up its steps[^]*as far as I came\n\n\[session s\w+, finish step-limit\]$/,
    ),
  ]);
});
