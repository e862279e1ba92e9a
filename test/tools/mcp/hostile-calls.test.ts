import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Question } from "../../../src/protocol/question.ts";
import { connected, hostile } from "../../fakes/mcp/connected.ts";
import { isRunning } from "../../fakes/processes.ts";

const ONE = { h: hostile() };

test("a server that dies in a call: the call says so, and the next one starts it anew", async () => {
  const { call, status } = await connected(ONE);
  const died = await call("h__die");
  expect(died).toMatchObject({ kind: "error", isSideEffectPossible: true });
  expect(died.text).toMatch(/^ERROR: MCP server h: It went away while this call ran.*exit code 3.*out of luck/);
  expect(died.text).not.toContain("\u001b");
  expect(await status("h")).toMatchObject({ state: "waiting", lastError: expect.stringContaining("exit code 3") });
  expect(await call("h__echo", { text: "back" })).toMatchObject({ kind: "ok", text: "echo: back" });
  expect(await status("h")).toMatchObject({ state: "running", restarts: 1 });
});

test("a server that hangs in a call and ignores that it is stopped: the call ends anyway, the server hears of it", async () => {
  const { call, world } = await connected({ h: hostile("works", "") });
  const file = await world.file("heard.txt", "");
  const other = await connected({ h: hostile("works", file) });
  const stop = new AbortController();
  const hung = other.call("h__hang", {}, { signal: stop.signal });
  while (!readFileSync(file, "utf8").includes("call hang")) await new Promise((done) => setTimeout(done, 20));
  stop.abort();
  await hung;
  expect((await other.call("h__echo", { text: "alive" })).text).toBe("echo: alive");
  expect(readFileSync(file, "utf8")).toContain("cancelled");
  expect((await call("h__echo", { text: "unharmed" })).kind).toBe("ok");
});

test("a tool that takes any object gets every argument that the model gave", async () => {
  const { call } = await connected(ONE);
  expect((await call("h__free", { a: 1, b: { c: [2] } })).text).toBe('{"a":1,"b":{"c":[2]}}');
});

test("two hundred hung calls leave one server and no call", async () => {
  const { call, status, processes } = await connected(ONE);
  await call("h__echo", { text: "up" });
  for (let round = 0; round < 200; round += 1) {
    const stop = new AbortController();
    const hung = call("h__hang", {}, { signal: stop.signal });
    setImmediate(() => stop.abort());
    await hung;
  }
  expect(await status("h")).toMatchObject({ runningCalls: 0, restarts: 0, state: "running" });
  expect(await processes()).toHaveLength(1);
});

test.each(["flood", "endless"])(
  "a server whose output never ends (%s) is ended, and the call says why",
  async (name) => {
    const { call, processes, log } = await connected(ONE);
    const outcome = await call(`h__${name}`);
    expect(outcome).toMatchObject({ kind: "error", text: expect.stringContaining("floods its standard output") });
    expect((await call("h__echo", { text: "anew" })).text).toBe("echo: anew");
    expect(await processes()).toHaveLength(1);
    expect(log.length).toBeLessThan(100);
  },
);

test("lines that are no messages are skipped and logged", async () => {
  const { call, log } = await connected(ONE);
  expect(await call("h__noise")).toMatchObject({ kind: "ok", text: "after the noise" });
  const odd = log.filter((line) => line.includes("no message"));
  expect(odd.length).toBeGreaterThanOrEqual(4);
  expect(odd.join("")).not.toContain("\u001b");
});

test("an answer of 50 MB is cut, and the whole of it kept; one of 100 MB is an error at once", async () => {
  const { call, world } = await connected(ONE);
  const large = await call("h__large");
  expect(large.kind).toBe("ok");
  expect(large.text.length).toBeLessThan(20_000);
  expect(await world.blob(large.blob)).toHaveLength(50_000_000);
  const huge = await call("h__huge");
  expect(huge).toMatchObject({ kind: "error", text: expect.stringMatching(/The answer has 100 MB.*at most 64 MiB/) });
  expect((await call("h__echo", { text: "fine" })).text).toBe("echo: fine");
});

test("answers with other ids, twice, or malformed", async () => {
  const { call, log, status } = await connected(ONE);
  expect((await call("h__strangers")).text).toBe("for you");
  expect((await call("h__twice")).text).toBe("first");
  expect(await call("h__malformed")).toMatchObject({ kind: "error", text: expect.stringContaining("malformed") });
  expect((await call("h__echo", { text: "sane" })).text).toBe("echo: sane");
  expect(await status("h")).toMatchObject({ state: "running", restarts: 0 });
  expect(log.join("\n")).toMatch(/unknown message ID/i);
});

test("parts that are no text are named in the text, and only real images and sounds are content", async () => {
  const { call } = await connected(ONE);
  const { text, content } = await call("h__parts");
  expect(content).toMatchObject([{ type: "audio", mediaType: "audio/wav", bytes: 5 }]);
  expect(text).toMatch(
    /image\/png, empty or no base64[^]*unknown type[^]*audio\/wav[^]*demo:\/\/a\]\ninside[^]*demo:\/\/b/,
  );
  expect(text).toContain("cannot show: hologram");
  expect(text).not.toContain("<script>");
  expect(await call("h__fails")).toMatchObject({ kind: "error", text: "ERROR: no such thing" });
});

test("grandchildren, also those that left the group, end with the server", async () => {
  const { call, servers, processes } = await connected(ONE);
  const pids = JSON.parse((await call("h__family")).text) as number[];
  expect(pids.filter(isRunning)).toHaveLength(2);
  await servers.close();
  expect(pids.filter(isRunning)).toEqual([]);
  expect(await processes()).toEqual([]);
});

test("grandchildren of a server that died are ended before it is started anew", async () => {
  const { call, processes } = await connected(ONE);
  const pids = JSON.parse((await call("h__family")).text) as number[];
  await call("h__die");
  await call("h__echo", { text: "again" });
  expect(pids.filter(isRunning)).toEqual([]);
  expect(await processes()).toHaveLength(1);
});

test("progress restarts the limit and is told", async () => {
  const { call } = await connected(ONE);
  const told: string[] = [];
  let restarts = 0;
  const ask = () => Promise.resolve({ resolution: "denied" as const });
  const context = { ask, progress: (text: string) => void told.push(text), restartLimit: () => void (restarts += 1) };
  expect((await call("h__steps", { count: 3 }, context)).text).toContain("decline");
  expect(restarts).toBe(3);
  expect(told[0]).toBe("step 1 · 1 of 3");
});

test("what a server asks: an answer must fit the form; without a form nobody is bothered", async () => {
  const { call } = await connected(ONE);
  const form = { type: "object", properties: { colour: { type: "string", pattern: "^(a+)+$" } }, required: ["colour"] };
  const asked: Question[] = [];
  const answers = [{ colour: 7 }, { colour: "red" }];
  const ask = (question: Question) => {
    asked.push(question);
    return Promise.resolve({ resolution: "answered" as const, answer: answers.shift() ?? {} });
  };
  expect(JSON.parse((await call("h__ask", form, { ask })).text)).toEqual({
    action: "accept",
    content: { colour: "red" },
  });
  expect(asked.map(({ text }) => text)).toEqual([
    "Which colour?",
    "The last answer does not fit: colour: expected string. Which colour?",
  ]);
  expect(asked[0]).toMatchObject({ from: "mcp h", form: { properties: { colour: { type: "string" } } } });
  const denied = () => Promise.resolve({ resolution: "denied" as const });
  expect((await call("h__ask", form, { ask: denied })).text).toContain("decline");
  const cancelled = () => Promise.resolve({ resolution: "cancelled" as const });
  expect((await call("h__ask", form, { ask: cancelled })).text).toContain("cancel");
  asked.length = 0;
  expect((await call("h__lure", {}, { ask })).text).not.toContain("accept");
  expect(asked).toEqual([]);
});

test("secrets of the configuration stay out of results, errors and the log", async () => {
  const env = { API_TOKEN: "${THE_TOKEN}", SPEED: "${SPEED:-fast}" };
  const { call, log } = await connected({ h: { ...hostile(), env } }, { THE_TOKEN: "s3cr3t-value", OTHER_KEY: "mine" });
  expect((await call("h__secret")).text).toBe("token [hidden], mode fast");
  const seen = (await call("h__environment")).text;
  expect(seen).not.toMatch(/s3cr3t-value|OTHER_KEY|mine/);
  expect(seen).toContain("LOOPD_CALL");
  expect(log.join("\n")).not.toContain("s3cr3t-value");
});
