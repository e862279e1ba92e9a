import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Entry } from "../../src/protocol/entries.ts";
import type { Json } from "../../src/protocol/values.ts";
import { cliOn } from "../commands/cli/run-cli.ts";
import { ask, fork, history } from "../fakes/conversation.ts";
import { connectTo, removeFolder, startHelper, temporaryFolder, witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { gate, type RequestBody, script, startModelServer } from "../fakes/model-server.ts";

const via = (name: string, input: Json) => ["call_tool", { name, arguments: input }] as [string, object];
const asked = (body: RequestBody) => JSON.stringify(body.messages);
const head = (body: RequestBody) => JSON.stringify([body.system, body.tools]);
const last = (body: RequestBody) => JSON.stringify(body.messages.at(-1));

function expectExtends(body: RequestBody | undefined, before: RequestBody | undefined): void {
  if (body === undefined || before === undefined) throw new Error("a request is missing");
  expect(head(body)).toBe(head(before));
  expect(asked(body).startsWith(asked(before).slice(0, -1))).toBe(true);
}

/** What a face that follows one session from the beginning is sent, up to an entry. */
async function followed(home: string, session: string, until: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  let arrived = () => {};
  const isThere = new Promise<void>((resolve) => (arrived = resolve));
  const connection = await connectTo(home, (name, value) => {
    if (name === "entries.added") entries.push(...(value as { entries: Entry[] }).entries);
    if (entries.at(-1)?.seq === until) arrived();
  });
  await connection.request("entries.follow", { session, after: 0 });
  await isThere;
  return entries;
}

test("a fork shows the past unchanged, extends the last request byte for byte, and both go on by themselves", async () => {
  const { face, server, workspace, helper } = await journey((body) => {
    if (last(body).includes("look")) return script().calls("files_read", { path: "a.txt" });
    return script().says(`answer to ${body.messages.length}`);
  });
  writeFileSync(join(workspace, "a.txt"), "seven hills\n");
  const { session: parent } = await ask(face, undefined, "look", workspace);
  const past = await history(face, parent);
  const before = server.requests.at(-1)?.body;

  const { session: row } = await face.connection.request("session.fork", { session: parent });
  const child = row.session;
  const at = past.at(-1)?.seq ?? 0;
  expect(row).toMatchObject({ title: "look", workspace, turns: 1, state: "done", forkedFrom: { session: parent, at } });
  await ask(face, parent, "on in the old one");
  expectExtends(server.requests.at(-1)?.body, before);
  await ask(face, child, "on in the new one");
  const forked = server.requests.at(-1)?.body;
  expectExtends(forked, before);
  expect(asked(forked ?? { model: "", max_tokens: 0, messages: [] })).not.toContain("on in the old one");

  const own = face.entries.filter((entry) => entry.session === child);
  expect(await history(face, child)).toEqual([...past, ...own]);
  expect(await followed(helper.home, child, own.at(-1)?.seq ?? 0)).toEqual([...past, ...own]);
  expect(own[0]).toMatchObject({ kind: "session.forked", data: { from: parent, at } });
  expect(own.filter((entry) => entry.kind === "epoch.opened")).toEqual([]);
  const sizes = (entries: Entry[]) => entries.flatMap((entry) => (entry.kind === "request.sent" ? [entry.data] : []));
  expect(sizes(own)).toMatchObject([{ reusedBytes: sizes(past).at(-1)?.bytes }]);
  expect(sizes(own)[0]).not.toHaveProperty("brokenBy");

  const shown = await face.connection.request("session.show", { session: child });
  expect(shown.turns.map(({ input, state, inheritedFrom }) => [input, state, inheritedFrom])).toEqual([
    ["look", "done", parent],
    ["on in the new one", "done", undefined],
  ]);
});

test("forked while two calls wait: its cards, its calls and its queue stay with the parent, which runs each once", async () => {
  const { face, server, workspace } = await journey((body) => {
    const run = (word: string) => ({ name: "shell_run", input: { command: `echo ${word} >> ran.txt` } });
    if (asked(body).includes("tool_result")) return script().says("so be it");
    return last(body).includes("run both") ? script().calls([run("one"), run("two")]) : script().says("nothing ran");
  });
  const { session: parent, turn } = await face.submit({ input: "run both", workspace });
  await face.untilKind("card.opened", ({ data }) => data.cardId.endsWith(".1#1"));
  await face.submit({ input: "queued behind", session: parent });
  const child = await fork(face, parent);
  expect((await face.connection.request("card.list", { session: child })).cards).toEqual([]);
  const waiting = await face.connection.request("card.list", { session: parent });
  expect(waiting.cards).toHaveLength(2);

  await ask(face, child, "what ran?");
  const body = server.requests.at(-1)?.body;
  expectExtends(body, server.requests[0]?.body);
  const results = body?.messages.flatMap(({ content }) => content.filter(({ type }) => type === "tool_result")) ?? [];
  expect(results).toHaveLength(2);
  for (const result of results) {
    expect(result).toMatchObject({ is_error: true, content: expect.stringContaining("never runs here") });
  }
  const words = body === undefined ? "" : asked(body);
  expect(words).toMatch(/forked here.*Do not go on with it/);
  expect(words).not.toContain("queued behind");
  const own = face.entries.filter((entry) => entry.session === child).map(({ kind }) => kind);
  expect(own).toEqual(["session.forked", "turn.started", "request.sent", "model.responded", "turn.finished"]);
  expect(() => readFileSync(join(workspace, "ran.txt"))).toThrow();

  const late = await fork(face, parent);
  for (const { approvalId: cardId } of waiting.cards)
    await face.connection.request("card.resolve", { cardId, resolution: "approved", by: "test" });
  await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("one\ntwo\n");
  await ask(face, late, "and here?");
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("one\ntwo\n");
  const { turns } = await face.connection.request("session.show", { session: late });
  expect(turns.map(({ input, state }) => [input, state])).toEqual([
    ["run both", "interrupted"],
    ["queued behind", "interrupted"],
    ["and here?", "done"],
  ]);
});

const command = "until [ -e go ]; do sleep 0.05; done; echo ran >> ran.txt";

test("forked while the model speaks and while a command runs: the parent is not disturbed, the fork waits for neither", async () => {
  const held = gate();
  const { face, server, workspace } = await journey((body) => {
    if (last(body).includes("slowly")) return script().says("said slowly").pauses(held);
    if (last(body).includes("run it")) return script().calls("shell_run", { command });
    return script().says("at once");
  });
  const { session: parent, turn } = await face.submit({ input: "slowly", workspace });
  await server.received(1);
  const child = await fork(face, parent);
  expect((await ask(face, child, "quickly")).end.data).toMatchObject({ finish: "done", text: "at once" });
  expectExtends(server.requests[1]?.body, server.requests[0]?.body);
  held.release();
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  expect(end.data).toEqual({ finish: "done", text: "said slowly" });

  const running = await face.submit({ input: "run it", session: parent });
  const { data } = await face.untilKind("card.opened");
  await face.connection.request("card.resolve", { cardId: data.cardId, resolution: "approved", by: "me" });
  await face.untilKind("tool.started");
  const other = await fork(face, parent);
  await ask(face, other, "meanwhile");
  expect(server.requests.at(-1)?.text).toContain("whether it had its effect is unknown here");
  writeFileSync(join(workspace, "go"), "");
  expect((await face.untilKind("turn.finished", (entry) => entry.turn === running.turn)).data.finish).toBe("done");
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("ran\n");
  expect((await history(face, child)).some((entry) => entry.kind === "model.responded" && entry.turn === turn)).toBe(
    false,
  );
});

test("killed right after it: the fork is there, and a fork of the fork at an entry of the first session too", async () => {
  const { face, server, workspace, helper, restart } = await journey((body) => script().says(`after ${last(body)}`));
  const { session: first, end } = await ask(face, undefined, "first question", workspace);
  await ask(face, first, "second question");
  const past = await history(face, first);
  const second = await fork(face, first);
  const third = await fork(face, second, end.seq);
  await helper.kill();

  const { face: again } = await restart();
  const ids = async (session: string) => (await history(again, session)).map(({ id }) => id);
  const own = (session: string) => again.entries.filter((entry) => entry.session === session).map(({ id }) => id);
  await again.until((entry): entry is Entry => entry.session === third);
  expect(await ids(second)).toEqual([...past.map(({ id }) => id), ...own(second)]);
  expect(await ids(third)).toEqual([...past.filter(({ seq }) => seq <= end.seq).map(({ id }) => id), ...own(third)]);
  const sent = server.requests.length;
  await ask(again, third, "another second");
  await ask(again, second, "third question");
  expectExtends(server.requests[sent]?.body, server.requests[0]?.body);
  expect(server.requests[sent]?.text).not.toContain("second question");
  expectExtends(server.requests[sent + 1]?.body, server.requests[1]?.body);
  const { sessions } = await again.connection.request("session.list", {});
  expect(sessions.map(({ session, turns }) => [session, turns])).toEqual([
    [second, 3],
    [third, 2],
    [first, 2],
  ]);
});

test("state and seen files come along as they were there, what was allowed for the session does not, taint does", async () => {
  const home = temporaryFolder("home");
  const elsewhere = temporaryFolder("elsewhere");
  for (const folder of [home, elsewhere]) onTestFinished(() => removeFolder(folder));
  writeFileSync(join(elsewhere, "far.txt"), "from elsewhere");
  const rules = [
    { id: "reads", when: { tool: "files_read" }, decision: "execute" },
    { id: "writes", when: { tool: "files_write" }, decision: "execute" },
  ];
  writeFileSync(join(home, "config.json"), JSON.stringify({ rules, redaction: { mode: "off" } }));
  const plans: Record<string, [string, object]> = {
    "keep one": via("state_set", { key: "place", value: "one" }),
    "keep two": via("state_set", { key: "place", value: "two" }),
    recall: via("state_get", { key: "place" }),
    see: ["files_read", { path: "a.txt" }],
    write: ["files_write", { path: "a.txt", text: "new text\n" }],
    far: ["files_read", { path: join(elsewhere, "far.txt") }],
    touch: ["shell_run", { command: "touch b", outside: true }],
  };
  const { face, workspace } = await journey(
    (body) => {
      const plan = Object.keys(plans).find((word) => last(body).includes(`"text":"${word}"`));
      const [name, input] = (plan === undefined ? undefined : plans[plan]) ?? ["", {}];
      return name === "" ? script().says("done") : script().calls(name, input);
    },
    { home },
  );
  writeFileSync(join(workspace, "a.txt"), "old text\n");
  const { session: parent, end: begun } = await ask(face, undefined, "keep one", workspace);
  await ask(face, parent, "see");
  const granting = await face.submit({ input: "touch", session: parent });
  const { data: card } = await face.untilKind("card.opened");
  const grant = { cardId: card.cardId, resolution: "approved" as const, scope: "session" as const, by: "me" };
  await face.connection.request("card.resolve", grant);
  const { seq: clean } = await face.untilKind("turn.finished", (entry) => entry.turn === granting.turn);
  await ask(face, parent, "far");
  const tainted = (await history(face, parent)).at(-1)?.seq ?? 0;
  await ask(face, parent, "keep two");

  const child = await fork(face, parent, clean);
  const stained = await fork(face, parent, tainted);
  const texts = (turn: string) =>
    face.entries.flatMap((entry) => (entry.kind === "tool.finished" && entry.turn === turn ? [entry.data.text] : []));
  expect(texts((await ask(face, child, "recall")).turn)).toEqual(['"one"']);
  expect(texts((await ask(face, parent, "recall")).turn)).toEqual(['"two"']);
  await ask(face, child, "keep two");
  expect((await face.connection.request("state.get", { session: stained })).values).toEqual({ place: "one" });

  const cardOf = (session: string) => face.untilKind("card.opened", (entry) => entry.session === session);
  const { turn } = await face.submit({ input: "write", session: stained });
  expect((await cardOf(stained)).data.causes).toEqual([{ type: "taint", source: "files outside the workspace" }]);
  await face.connection.request("turn.cancel", { session: stained, turn, by: "me" });
  const unseen = await fork(face, parent, begun.seq);
  expect(texts((await ask(face, unseen, "write")).turn)).toEqual([expect.stringMatching(/^ERROR: .*have not read it/)]);
  expect(texts((await ask(face, child, "write")).turn)).toEqual([expect.stringContaining("a.txt")]);
  expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("new text\n");

  await face.submit({ input: "touch", session: child });
  await cardOf(child);
  const undone = await face.connection.request("session.undo-files", { session: parent, isDryRun: true, by: "me" });
  expect(undone.files).toEqual([]);
  await expect(
    face.connection.request("session.undo-files", { session: child, turn: granting.turn, by: "me" }),
  ).rejects.toMatchObject({ code: "unknown-turn", message: expect.stringContaining(`undo-files ${parent}`) });
});

test("a fork keeps the placeholders of its session, and nothing private leaves with it or with its title", async () => {
  const EMAIL = "alice.liddell@wonder.example";
  const server = await startModelServer((body) =>
    script().says(/<email:1:[a-z0-9]{5}>/.exec(asked(body))?.[0] ?? "none"),
  );
  onTestFinished(() => server.close());
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  const helper = await startHelper(home);
  onTestFinished(() => helper.kill());
  const face = await witness(helper);
  const profile = { dialect: "anthropic" as const, url: server.url, model: "m", trust: "remote" as const };
  await face.connection.request("endpoint.add", { name: "test", profile, use: true });
  const { session: parent, end } = await ask(face, undefined, `write to ${EMAIL}`, home);
  expect(end.data.text).toBe(EMAIL);
  const { session: row } = await face.connection.request("session.fork", { session: parent, title: `for ${EMAIL}` });
  expect(row.title).toBe(`for ${EMAIL}`);
  expect((await ask(face, row.session, `and again to ${EMAIL}`)).end.data.text).toBe(EMAIL);
  expectExtends(server.requests[1]?.body, server.requests[0]?.body);
  const marks = new Set(server.requests.flatMap(({ text }) => text.match(/<email:\d:[a-z0-9]{5}>/g) ?? []));
  expect([...marks].filter((mark) => mark.startsWith("<email:2"))).toEqual([]);
  expect(server.requests.filter(({ text }) => text.includes("liddell"))).toEqual([]);
  for (const name of ["loopd.db", "loopd.db-wal"]) {
    expect(readFileSync(join(home, name), "latin1")).not.toContain("liddell");
  }
});

test("forked before its session went to a remote endpoint, and asked there: what is private stays here all the same", async () => {
  const EMAIL = "alice.liddell@wonder.example";
  const far = await startModelServer(() => script().says("far"));
  onTestFinished(() => far.close());
  const { face, server, workspace } = await journey(() => script().says("near"));
  const profile = { dialect: "anthropic" as const, url: far.url, model: "m", trust: "remote" as const };
  await face.connection.request("endpoint.add", { name: "far", profile });
  const { session: parent, end } = await ask(face, undefined, `write to ${EMAIL}`, workspace);
  expect(server.requests[0]?.text).toContain(EMAIL);
  const early = await fork(face, parent);
  const askFar = async (session: string) => {
    const { turn } = await face.submit({ input: `now to ${EMAIL}`, session, endpoint: "far" });
    await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  };
  await askFar(parent);
  const late = await fork(face, parent, end.seq);
  for (const session of [late, early]) await askFar(session);
  expect(far.requests).toHaveLength(3);
  for (const { text } of far.requests) {
    expect(text).not.toContain("liddell");
    expect(new Set(text.match(/<email:1:[a-z0-9]{5}>/g)).size).toBe(1);
  }
});

test("what cannot be forked says why: no such session, an entry of another one, one after the newest", async () => {
  const { face, workspace } = await journey(script().says("a").says("b").repeatLast());
  const { session: one } = await ask(face, undefined, "one", workspace);
  const { session: two } = await ask(face, undefined, "two", workspace);
  const refused = (session: string, at?: number) => face.connection.request("session.fork", { session, at });
  await expect(refused("s000")).rejects.toMatchObject({ code: "unknown-session" });
  await expect(refused("home")).rejects.toMatchObject({ code: "unknown-session" });
  const [first] = await history(face, two);
  const range = {
    code: "invalid-params",
    message: expect.stringMatching(/has no entry 1\. Its entries lie between \d+/),
  };
  await expect(refused(two, 1)).rejects.toMatchObject(range);
  await expect(refused(one, first?.seq)).rejects.toMatchObject({ code: "invalid-params" });
  await expect(refused(one, 100_000)).rejects.toMatchObject({ code: "invalid-params" });
  const before = await history(face, one);
  const child = await fork(face, one, before[0]?.seq);
  await ask(face, one, "only in the first");
  const later = (await history(face, one)).at(-1)?.seq;
  await expect(refused(child, later)).rejects.toMatchObject({ code: "invalid-params" });
  expect((await ask(face, child, "from nothing")).end.data.finish).toBe("done");
});

test("from the command line: fork by entry, by turn and by number, show what is inherited, ask on, clear", async () => {
  const { face, helper, server, workspace } = await journey((body) => script().says(`reply ${body.messages.length}`));
  const { session, turn } = await ask(face, undefined, "first question", workspace);
  await ask(face, session, "second question");
  const cli = cliOn(helper.home);
  onTestFinished(() => removeFolder(cli.workspace));
  const past = await history(face, session);
  const ends = past.filter((entry) => entry.kind === "turn.finished");
  const forkedAt = async (...words: string[]) => {
    const row = await cli.json<{ forkedFrom: { at: number } }>("sessions", "fork", session.slice(0, 6), ...words);
    return row.forkedFrom.at;
  };
  expect(await forkedAt()).toBe(past.at(-1)?.seq);
  expect(await forkedAt("--at", turn.slice(0, 8))).toBe(ends[0]?.seq);
  expect(await forkedAt("--at", past[3]?.id ?? "")).toBe(past[3]?.seq);
  expect(await forkedAt("--at", String(past[3]?.seq))).toBe(past[3]?.seq);

  const said = await cli.run(["sessions", "fork", session, "--at", turn, "--title", "the other way"]);
  const child = said.stdout.split(" ")[0] ?? "";
  expect(said).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`loopd ask --session ${child}`) });
  const before = server.requests[0]?.body;
  expect((await cli.run(["ask", "--session", child, "a third"])).stdout).toContain("reply 3");
  expectExtends(server.requests.at(-1)?.body, before);
  expect((await cli.run(["sessions", "list"])).stdout).toContain(`fork of ${session}: the other way`);
  const { stdout: shown } = await cli.run(["sessions", "show", child]);
  expect(shown).toMatch(new RegExp(`the other way[^]*2 turns[^]*forked from ${session} at entry ${ends[0]?.seq}`));
  expect(shown).toMatch(new RegExp(`done {2}of ${session}\n> first question[^]*done\n> a third`));
  const trace = await cli.json<Entry[]>("trace", "show", child);
  expect(trace.map(({ id }) => id).slice(0, 2)).toEqual(past.map(({ id }) => id).slice(0, 2));
  expect(trace).toEqual(await history(face, child));

  for (const place of ["t", "nowhere", "999999"]) {
    const { exitCode, stderr } = await cli.run(["sessions", "fork", session, "--at", place]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/ids begin with t|no entry and no turn nowhere|no entry 999999/);
  }
  const idle = await cli.json<{ session: string }>("sessions", "fork", session);
  expect(await cli.run(["turn", "wait", idle.session])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("no turn of its own yet"),
  });
  const cleared = await cli.run(["sessions", "clear", child]);
  expect(cleared.stdout).toMatch(new RegExp(`begins anew in ${child}[^]*loopd sessions fork ${child} --at \\d+`));
  expect((await cli.run(["ask", "--session", child, "anew"])).stdout).toContain("reply 1");
});
