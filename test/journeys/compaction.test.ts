import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask, fork, history } from "../fakes/conversation.ts";
import { gate, type ModelServer, type RequestBody, script } from "../fakes/model-server.ts";
import { compactions, isSummarising, smallWindow, SUMMARY, TASK, tokensOf } from "../fakes/small-window.ts";
import { dataOf } from "./hostile-world.ts";

const WINDOW = 4_096;

/** No call of a request is without its result, no result without its call. */
function expectNoOrphans({ messages }: RequestBody): void {
  const results = messages.flatMap(({ content }) => content.filter(({ type }) => type === "tool_result"));
  const wanted = messages.flatMap(({ content }) => content.filter(({ type }) => type === "tool_use"));
  expect(results.map((block) => block["tool_use_id"])).toEqual(wanted.map((block) => block["id"]));
}

function expectWithinWindow({ requests }: ModelServer): void {
  for (const { body } of requests) {
    expect(tokensOf(body) + body.max_tokens).toBeLessThanOrEqual(WINDOW);
    expectNoOrphans(body);
  }
}

const textsOf = ({ messages }: RequestBody) =>
  messages.flatMap(({ content }) => content.flatMap((block) => (block.type === "text" ? [String(block["text"])] : [])));
const NO_REQUEST: RequestBody = { model: "", max_tokens: 0, messages: [] };
const lastTexts = ({ requests }: ModelServer) => textsOf(requests.at(-1)?.body ?? NO_REQUEST);

/** The line in which loopd says that a part was read. */
const knownCall = (part: number) => new RegExp(`^- files_read \\{.*"part-${part}\\.txt"\\}: ok, \\d+ bytes`, "m");

test("ten steps in a window of 4,096 tokens are done, with at most two compactions and the task verbatim to the end", async () => {
  const { face, server, workspace } = await smallWindow();
  const { end } = await ask(face, undefined, TASK, workspace);
  expect(end.data).toMatchObject({ finish: "done", text: "all read" });
  expect(dataOf(face, "tool.finished").map(({ outcome }) => outcome)).toEqual(Array(10).fill("ok"));
  const epochs = compactions(face.entries);
  expect(epochs.length).toBeGreaterThan(0);
  expect(epochs.length).toBeLessThanOrEqual(2);
  expectWithinWindow(server);
  for (const { body } of server.requests) expect(textsOf(body)).toContain(TASK);
  const [summary = "", task] = lastTexts(server);
  expect(task).toBe(TASK);
  expect(summary).toContain(SUMMARY.facts[0]);
  for (const part of [1, 2, 3, 4, 5]) expect(summary).toMatch(knownCall(part));
});

test("within an epoch every request extends the last; the first of a new one tells what it shares and what broke", async () => {
  const { face, server, workspace } = await smallWindow();
  await ask(face, undefined, TASK, workspace);
  const sent = dataOf(face, "request.sent").filter(({ purpose }) => purpose === "turn");
  const broken = sent.filter(({ brokenBy }) => brokenBy !== undefined);
  expect(broken).toHaveLength(compactions(face.entries).length);
  for (const { brokenBy, reusedBytes } of broken) {
    expect(brokenBy).toBe("message 0");
    const { tools, system = "" } = server.requests[0]?.body ?? {};
    expect(reusedBytes).toBeGreaterThanOrEqual(Buffer.byteLength(system));
    expect(reusedBytes).toBeLessThanOrEqual(Buffer.byteLength(JSON.stringify(tools)) + Buffer.byteLength(system) + 200);
  }
  const asked = server.requests.findIndex(({ body }) => isSummarising(body));
  const [before, summarising] = [server.requests[asked - 1]?.body, server.requests[asked]?.body];
  expect([summarising?.system, summarising?.tools]).toEqual([before?.system, before?.tools]);
  const shared = (summarising?.messages.length ?? 0) - 1;
  expect(summarising?.messages.slice(0, shared)).toEqual(before?.messages.slice(0, shared));
});

test("a summary is shown to nobody as the answer, and what it cost is the turn's", async () => {
  const { face, workspace } = await smallWindow({ summary: () => script().says(JSON.stringify(SUMMARY)) });
  await ask(face, undefined, TASK, workspace);
  expect(face.deltas.map(({ text }) => text).join("")).not.toContain("openQuestions");
  expect(compactions(face.entries)[0]?.data.spent?.tokens).toBeGreaterThan(2_500);
});

test.each([
  ["no JSON", () => script().says("Well, it was a long conversation.")],
  ["a call of a tool", () => script().calls("files_write", { path: "evil.txt", text: "x" })],
  ["an error", () => script().status(400, {}, { type: "error", error: { type: "bad", message: "no" } })],
])("a summary that is %s: the turn goes on with what loopd itself knows of the calls", async (_, summary) => {
  const { face, server, workspace } = await smallWindow({ summary });
  const { end } = await ask(face, undefined, TASK, workspace);
  expect(end.data.finish).toBe("done");
  const [epoch] = compactions(face.entries);
  expect(epoch?.data).not.toHaveProperty("summary");
  expect(epoch?.data.unsummarised).not.toBe("");
  expect(lastTexts(server)[0]).toMatch(knownCall(1));
  expect(lastTexts(server)[1]).toBe(TASK);
  expect(dataOf(face, "tool.requested").filter(({ name }) => name !== "files_read")).toEqual([]);
  expectWithinWindow(server);
});

test("a model of the endpoint that is there for summaries writes them, from a request of its own that fits", async () => {
  const { face, server, workspace } = await smallWindow();
  await face.connection.request("endpoint.set", { name: "test", changes: { models: { summariser: "tiny" } } });
  const { end } = await ask(face, undefined, TASK, workspace);
  expect(end.data.finish).toBe("done");
  const asked = server.requests.filter(({ body }) => isSummarising(body));
  expect(textsOf(asked[0]?.body ?? NO_REQUEST)[0]).toContain("part 1 tells the number 17");
  for (const { body } of asked) {
    expect(body.model).toBe("tiny");
    expect(body.tools ?? []).toEqual([]);
    expect(body.messages).toHaveLength(1);
    expect(textsOf(body)[0]).toMatch(/^USER: [^]*^CALL files_read [^]*^RESULT: /m);
  }
  expectWithinWindow(server);
  expect(lastTexts(server)[0]).toContain(SUMMARY.facts[0]);
});

test("a request that the server finds too large is asked again smaller, and a turn that cannot be smaller says so", async () => {
  const tooLong = { type: "error", error: { type: "invalid_request_error", message: "prompt is too long: 9 > 8" } };
  const isRefused: boolean[] = [];
  const { face, server, workspace } = await smallWindow({
    instead: (_, read) => {
      if (read !== 4 || isRefused.length > 0) return undefined;
      isRefused.push(true);
      return script().status(400, {}, tooLong);
    },
  });
  await face.connection.request("endpoint.set", { name: "test", changes: { window: 100_000 } });
  const { end } = await ask(face, undefined, TASK, workspace);
  expect(end.data.finish).toBe("done");
  expect(dataOf(face, "request.failed")).toMatchObject([{ code: "endpoint-context-overflow" }]);
  const failed = server.requests[4]?.text.length ?? 0;
  const again = server.requests.slice(5).find(({ body }) => !isSummarising(body));
  expect(again?.text.length).toBeLessThan(0.9 * failed);
  expect(lastTexts(server)).toContain(TASK);

  const hopeless = await smallWindow({ instead: () => script().status(400, {}, tooLong) });
  const over = await ask(hopeless.face, undefined, TASK, hopeless.workspace);
  expect(over.end.data).toMatchObject({ finish: "failed", error: { code: "endpoint-context-overflow" } });
  expect(hopeless.server.requests).toHaveLength(1);
});

test("killed while a summary is written, the next helper asks for it again and the turn is done once", async () => {
  const held = gate();
  let summaries = 0;
  const { face, helper, server, workspace, restart } = await smallWindow({
    summary: () => {
      summaries += 1;
      const said = script().says(JSON.stringify(SUMMARY));
      return summaries === 1 ? said.holds(held) : said;
    },
  });
  const { turn } = await face.submit({ input: TASK, workspace });
  await face.untilKind("request.sent", ({ data }) => data.purpose === "summarise");
  await helper.kill();
  held.release();
  const { face: again } = await restart();
  const end = await again.untilKind("turn.finished", (entry) => entry.turn === turn);
  expect(end.data.finish).toBe("done");
  expect(dataOf(again, "tool.started")).toHaveLength(10);
  const first = again.entries.findIndex(({ kind, data }) => kind === "request.sent" && data.purpose === "summarise");
  expect(again.entries[first + 1]).toMatchObject({ kind: "request.sent", data: { purpose: "summarise" } });
  expect(compactions(again.entries).length).toBeLessThanOrEqual(2);
  expectWithinWindow(server);
});

test("cancelled while a summary is written, the turn ends at once and no epoch opens", async () => {
  const held = gate();
  const { face, workspace } = await smallWindow({
    summary: () => script().says(JSON.stringify(SUMMARY)).holds(held),
  });
  const { session } = await face.submit({ input: TASK, workspace });
  await face.untilKind("request.sent", ({ data }) => data.purpose === "summarise");
  await face.connection.request("turn.cancel", { session, by: "me" });
  const end = await face.untilKind("turn.finished");
  held.release();
  expect(end.data.finish).toBe("cancelled");
  expect(compactions(face.entries)).toEqual([]);
  await face.connection.request("session.compact", { session, by: "me" });
  await face.untilKind("epoch.opened", ({ data }) => data.reason === "asked");
});

test("private values stay placeholders in summaries, in requests for them and after them", async () => {
  const mail = "anna.example@mail.example";
  const { face, server, workspace } = await smallWindow({
    summary: (body) => {
      const [token = ""] = /<email:1:[a-z0-9]+>/.exec(JSON.stringify(body)) ?? [];
      return script().says(JSON.stringify({ ...SUMMARY, facts: [`The mail goes to ${token}.`] }));
    },
  });
  await face.connection.request("endpoint.set", { name: "test", changes: { trust: "remote" } });
  const { end } = await ask(face, undefined, `${TASK} Then write to ${mail}.`, workspace);
  expect(end.data.finish).toBe("done");
  for (const { text } of server.requests) expect(text).not.toContain(mail);
  expect(lastTexts(server)[0]).toMatch(/The mail goes to <email:1:[a-z0-9]+>\./);
  expect(lastTexts(server)[1]).toMatch(/Then write to <email:1:[a-z0-9]+>\.$/);
  expect(compactions(face.entries)[0]?.data.summary?.facts).toEqual([`The mail goes to ${mail}.`]);
});

test("what a person adds in the middle of a turn survives word by word", async () => {
  const held = gate();
  const { face, server, workspace } = await smallWindow({ holds: { part: 2, held } });
  const { session } = await face.submit({ input: TASK, workspace });
  await server.received(2);
  await face.connection.request("turn.steer", { session, text: "And mind the «commas», all of them." });
  held.release();
  await face.untilKind("turn.finished");
  expect(compactions(face.entries).length).toBeGreaterThan(0);
  expect(JSON.stringify(server.requests.at(-1)?.body.messages)).toContain(
    "The person adds: And mind the «commas», all of them.",
  );
  expectWithinWindow(server);
});

test("asked for while nothing runs, a conversation is made smaller at once, with what the person wants kept", async () => {
  const { face, server, workspace } = await smallWindow({ parts: 3 });
  const { session } = await ask(face, undefined, "Read the first three.", workspace);
  const asked = { session, by: "me", note: "the number of part 2" };
  await face.connection.request("session.compact", asked);
  const opened = await face.untilKind("epoch.opened", ({ data }) => data.reason === "asked");
  expect(opened.turn).toBeUndefined();
  expect(opened.data.tokensAfter).toBeLessThanOrEqual(0.75 * (opened.data.tokensBefore ?? 0));
  expect(lastTexts(server).at(-1)).toContain("The person wants this kept: the number of part 2");
  const { end } = await ask(face, session, "Read them again.");
  expect(end.data.finish).toBe("done");
  expect(lastTexts(server).join("\n")).toContain(SUMMARY.facts[0]);
  expectWithinWindow(server);
});

test("asked for in a turn, a conversation is made smaller before the next request; too short a one says why it is not", async () => {
  const held = gate();
  const { face, server, workspace } = await smallWindow({ parts: 5, holds: { part: 4, held } });
  const { session, turn } = await face.submit({ input: TASK, workspace });
  await server.received(4);
  await face.connection.request("session.compact", { session, by: "me" });
  held.release();
  const opened = await face.untilKind("epoch.opened", ({ data }) => data.reason === "asked");
  expect(opened.turn).toBe(turn);
  const end = await face.untilKind("turn.finished");
  expect(end.data.finish).toBe("done");
  expect(lastTexts(server)).toContain(TASK);
  const other = await smallWindow({ parts: 0 });
  const short = await ask(other.face, undefined, "Just say it.", other.workspace);
  await other.face.connection.request("session.compact", { session: short.session, by: "me" });
  const skipped = await other.face.untilKind("epoch.skipped");
  expect(skipped.data).toMatchObject({ reason: "asked", why: expect.stringContaining("at least a quarter smaller") });
});

test("a fork shares what was made smaller, and cleared, nothing of a summary is left", async () => {
  const { face, server, workspace } = await smallWindow();
  const { session } = await ask(face, undefined, TASK, workspace);
  const copy = await fork(face, session);
  await ask(face, copy, "Once more, please.");
  const other = server.requests.find(({ body }) => textsOf(body).includes("Once more, please."));
  expect(other?.text).toContain(SUMMARY.facts[0]);
  await face.connection.request("session.clear", { session, by: "me" });
  const before = server.requests.length;
  await ask(face, session, "And now?");
  for (const { text } of server.requests.slice(before, before + 1)) {
    expect(text).not.toContain(SUMMARY.facts[0]);
    expect(text).not.toContain("What was called before this");
    expect(text).not.toContain(TASK);
  }
  const entries = await history(face, session);
  expect(entries.some(({ kind }) => kind === "session.cleared")).toBe(true);
  expect(readFileSync(join(workspace, "part-1.txt"), "utf8")).toContain("part 1 tells");
});
