import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Witness } from "../fakes/helper.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { type Behaviour, type RequestBody, script } from "../fakes/model-server.ts";
import { dataOf } from "./hostile-world.ts";

/** A journey whose model has a window of so many tokens. */
async function withWindow(window: number, behaviour: Behaviour): Promise<Journey> {
  const begun = await journey(behaviour);
  await begun.face.connection.request("endpoint.set", { name: "test", changes: { window } });
  return begun;
}

/** Asks, and waits for the end of that turn. */
async function ask(face: Witness, request: Parameters<Witness["submit"]>[0]) {
  const { session, turn } = await face.submit(request);
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  return { session, turn, end: end.data };
}

const tokensOf = ({ tools, system, messages }: RequestBody) =>
  Math.ceil(Buffer.byteLength(JSON.stringify({ tools, system, messages })) / 3.5);
const resultsOf = (face: Witness, turn: string) =>
  face.entries.flatMap((entry) => (entry.kind === "tool.finished" && entry.turn === turn ? [entry.data] : []));
const say =
  (text: string): Behaviour =>
  () =>
    script().says(text);

test("in 4,096 tokens: eight tools, 1,200 tokens with the system text, a response of 512; the rest is found and called", async () => {
  const { face, server } = await withWindow(
    4_096,
    script()
      .calls("find_tools", { query: "remember something" })
      .calls("call_tool", { name: "memory_write", arguments: { topic: "Tea", text: "green" } })
      .says("noted"),
  );
  const { turn, end } = await ask(face, { input: "I like green tea" });
  expect(end).toEqual({ finish: "done", text: "noted" });
  expect(server.requests[0]?.body.tools).toHaveLength(8);
  for (const { body } of server.requests) {
    expect(tokensOf({ ...body, messages: [] })).toBeLessThanOrEqual(1_200);
    expect(body.max_tokens).toBe(512);
  }
  const [found, written] = resultsOf(face, turn);
  expect(found?.text).toMatch(/^memory_write \(with call_tool\): .*\n {2}arguments: /);
  expect(Buffer.byteLength(found?.text ?? "")).toBeLessThanOrEqual(1_433);
  expect(written).toMatchObject({ name: "memory_write", outcome: "ok" });
});

test("eight files read at once in 4,096 tokens: each is cut where it is inserted, all fit, and the rest can be read", async () => {
  const names = Array.from({ length: 8 }, (_, n) => `f${n}.txt`);
  const whole = (name: string) =>
    Array.from({ length: 200 }, (_, line) => `${name} line ${line} ${"x".repeat(30)}`).join("\n");
  const { face, server, workspace } = await withWindow(4_096, (_, number) => {
    if (number === 1) return script().calls(names.map((path) => ({ name: "files_read", input: { path } })));
    if (number === 3) return script().calls("shell_run", { command: "cat f0.txt" });
    if (number !== 4) return script().says("read");
    const { blob } = dataOf(face, "tool.finished").at(-1) ?? {};
    return script().calls("read_more", { blob, offset: 600 });
  });
  for (const name of names) writeFileSync(join(workspace, name), whole(name));
  await face.connection.request("rule.add", {
    rule: { id: "run", when: { effect: "exec" }, decision: "execute" },
  });
  const { turn, end } = await ask(face, { input: "read them all", workspace });
  expect(end.finish).toBe("done");
  const reads = resultsOf(face, turn);
  expect(reads).toHaveLength(8);
  expect(reads.every(({ outcome, text }) => outcome === "ok" && Buffer.byteLength(text) <= 448)).toBe(true);
  expect(reads.every(({ text }) => /go on with from=\d+\]\nf\d\.txt line 0 /.test(text))).toBe(true);
  const second = await ask(face, { input: "and by a command", workspace });
  const [command, more] = resultsOf(face, second.turn);
  expect(Buffer.byteLength(command?.text ?? "")).toBeLessThanOrEqual(1_433);
  expect(command?.text).toMatch(/bytes left out; the whole output: read_more\(\{"blob":"/);
  expect(more?.text).toContain(whole("f0.txt").slice(700, 1_900));
  expect(server.requests).toHaveLength(5);
  for (const { body } of server.requests) expect(tokensOf(body) + body.max_tokens).toBeLessThanOrEqual(4_096);
});

test("what every request begins with takes more than half: refused with what takes how much; a larger window helps", async () => {
  const { face, server } = await withWindow(1_500, say("hello"));
  const refused = await ask(face, { input: "the first question" });
  expect(refused.end).toMatchObject({ finish: "failed", error: { code: "window-too-small" } });
  const words = refused.end.error?.message ?? "";
  expect(words).toMatch(
    /window of 1,500 tokens \(as declared\), .* takes [\d,]+ of them, more than half: 8 loopd's own tools \d+, instructions \d+\. Nothing was sent\./,
  );
  expect(words).toMatch(/tools\.listed in config\.json/);
  expect(words).toMatch(/loopd endpoints set test --window N/);
  expect(server.requests).toHaveLength(0);
  expect(dataOf(face, "request.sent")).toEqual([]);

  await face.connection.request("endpoint.set", { name: "test", changes: { window: 4_096 } });
  const { end } = await ask(face, { input: "the second question", session: refused.session });
  expect(end).toEqual({ finish: "done", text: "hello" });
  expect(JSON.stringify(server.requests[0]?.body.messages)).not.toContain("the first question");
});

test("a list of tools that the person made too long is refused; in the same session a shorter one is taken up", async () => {
  const { face, server, helper } = await withWindow(4_096, say("hello"));
  const config = JSON.parse(readFileSync(join(helper.home, "config.json"), "utf8")) as object;
  const groups = ["files", "shell", "web", "memory", "system"];
  writeFileSync(join(helper.home, "config.json"), JSON.stringify({ ...config, tools: { listed: groups } }));
  const refused = await ask(face, { input: "hello" });
  expect(refused.end.error?.message).toMatch(/more than half: \d\d loopd's own tools/);
  // Within the same session: the epoch that was opened for the long list does not stay.
  writeFileSync(join(helper.home, "config.json"), JSON.stringify(config));
  const { end } = await ask(face, { input: "hello again", session: refused.session });
  expect(end.finish).toBe("done");
  expect(server.requests[0]?.body.tools).toHaveLength(8);
  expect(dataOf(face, "epoch.opened").map(({ reason }) => reason)).toEqual(["start", "tools"]);
});

test("a question that is too long by itself is refused with how much fits, and the next one goes on without it", async () => {
  const { face, server } = await withWindow(4_096, say("short is fine"));
  const { session, end } = await ask(face, { input: `summarise: ${"word ".repeat(4_000)}` });
  expect(end).toMatchObject({ finish: "failed", error: { code: "input-too-long" } });
  const [, has = "", fits = ""] = /about ([\d,]+) tokens, and ([\d,]+) fit/.exec(end.error?.message ?? "") ?? [];
  expect(Number(has.replace(",", ""))).toBeGreaterThan(5_000);
  const fitting = Number(fits.replace(",", ""));
  expect(fitting).toBeGreaterThan(2_000);
  expect(server.requests).toHaveLength(0);
  const next = await ask(face, { input: "and this?", session });
  expect(next.end.finish).toBe("done");
  expect(server.requests[0]?.text).not.toContain("word word");
  const most = await ask(face, { input: "x".repeat(Math.floor((fitting - 20) * 3.5)) });
  expect(most.end.finish).toBe("done");
  const last = server.requests.at(-1)?.body;
  expect(last === undefined ? 0 : tokensOf(last) + last.max_tokens).toBeLessThanOrEqual(4_096 + 50);
});

test("a turn that goes to an endpoint with too small a window is refused; the session goes on elsewhere, whole", async () => {
  const { face, server } = await withWindow(32_768, (_, number) => script().says(`answer ${number}`));
  const profile = {
    dialect: "anthropic" as const,
    url: server.url,
    model: "tiny",
    window: 1_500,
    trust: "local" as const,
  };
  await face.connection.request("endpoint.add", { name: "tiny", profile });
  const { session } = await ask(face, { input: "the first question" });
  const refused = await ask(face, { input: "the second question", session, endpoint: "tiny" });
  expect(refused.end.error?.code).toBe("window-too-small");
  const { session: fork } = (await face.connection.request("session.fork", { session })).session;
  const forked = await ask(face, { input: "the question of the fork", session: fork, endpoint: "tiny" });
  expect(forked.end.error?.code).toBe("window-too-small");
  expect(server.requests).toHaveLength(1);
  const { end } = await ask(face, { input: "the third question", session });
  expect(end).toEqual({ finish: "done", text: "answer 2" });
  const sent = JSON.stringify(server.requests[1]?.body.messages);
  expect(sent).toMatch(/the first question.*answer 1.*the third question/);
  expect(sent).not.toContain("the second question");
});

test("the index of the notes has its part of the window, and the trace says how much that is", async () => {
  const { face, server, helper } = await withWindow(4_096, say("hello"));
  const folder = join(helper.home, "memory");
  mkdirSync(folder, { recursive: true });
  for (let n = 10; n < 60; n += 1)
    writeFileSync(join(folder, `topic ${n}.md`), `what topic ${n} is about, in some words`);
  await ask(face, { input: "hello" });
  const [epoch] = dataOf(face, "epoch.opened");
  const { memoryBytes = 0, system = "" } = epoch ?? {};
  const index = Buffer.from(system).subarray(-memoryBytes).toString();
  expect(index).toMatch(/^Your notes from earlier.*\n- topic \d\d: .*\nand \d\d more: memory_list$/s);
  expect(memoryBytes / 3.5).toBeLessThanOrEqual(4_096 / 16);
  expect(memoryBytes / 3.5).toBeGreaterThan(200);
  expect(server.requests[0]?.body.system).toBe(system);
});

test("JSON that a later turn asks for can be given, although the prompt does not list final_answer", async () => {
  const { face, server } = await withWindow(
    4_096,
    script()
      .says("hello")
      .calls("call_tool", { name: "final_answer", arguments: { json: { total: 3 } } }),
  );
  const { session } = await ask(face, { input: "hello" });
  const schema = { type: "object", properties: { total: { type: "number" } }, required: ["total"] };
  const { end } = await ask(face, { input: "how many?", session, overrides: { schema } });
  expect(end).toEqual({ finish: "done", text: '{"total":3}' });
  expect(JSON.stringify(server.requests[1]?.body.messages)).toContain("call_tool({");
  const fresh = await withWindow(4_096, script().calls("final_answer", { json: { total: 4 } }));
  expect((await ask(fresh.face, { input: "how many?", overrides: { schema } })).end.text).toBe('{"total":4}');
  expect(fresh.server.requests[0]?.body.tools?.map(({ name }) => name)).toContain("final_answer");
});
