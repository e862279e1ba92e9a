import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Aimock, messagesOf, type MockAnswer, startAimock } from "../fakes/aimock.ts";
import { startRouter } from "../fakes/claude-code-router.ts";
import type { Witness } from "../fakes/helper.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { expectSocketContract, type Listening, listenTo } from "../helper-daemon/endpoints/stream-contract-socket.ts";

const ROUTED = "gpt-5";

const read = (name: string) => ({
  name: "files_read",
  arguments: JSON.stringify({ path: `${name}.txt` }),
  id: `call_${name}`,
});

/** A turn of three steps: one call behind thoughts and words, two calls at once, an answer. */
function turnAbout(which: string): MockAnswer[] {
  return [
    { response: { reasoning: "I should look.", content: `I look for ${which}.`, toolCalls: [read(`${which}-a`)] } },
    { response: { toolCalls: [read(`${which}-b`), read(`${which}-missing`)] } },
    { response: { content: `The answer about ${which}: ünicode 🙂.` } },
  ];
}

/** A journey with the mock asked in both dialects and, through the router, in the Messages dialect again. */
async function journeyOver(mock: Aimock, whiches: readonly string[]): Promise<Journey & Listening> {
  const begun = await journey(script());
  const router = await startRouter(mock.url, ROUTED);
  const common = { auth: "none" as const, trust: "local" as const };
  const profiles = {
    anthropic: { ...common, dialect: "anthropic" as const, url: mock.url, model: "claude-sonnet-4-5" },
    openai: { ...common, dialect: "openai" as const, url: mock.url, model: ROUTED },
    router: { ...common, dialect: "anthropic" as const, url: router, model: "claude-sonnet-4-5" },
  };
  for (const [name, profile] of Object.entries(profiles)) {
    await begun.face.connection.request("endpoint.add", { name, profile });
  }
  for (const which of whiches) {
    for (const part of ["a", "b"])
      writeFileSync(join(begun.workspace, `${which}-${part}.txt`), `content of ${which}\n`);
  }
  const listening = await listenTo(begun.helper);
  onTestFinished(() => listening.close());
  return { ...begun, ...listening };
}

async function ended(face: Witness, request: Parameters<Witness["submit"]>[0]) {
  const { session, turn } = await face.submit(request);
  const { data } = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  return { session, data };
}

/** Within each stretch of requests, every one begins with all messages of the one before, byte for byte. */
function expectGrowing(asked: readonly string[][]): void {
  for (const [index, messages] of asked.entries()) {
    const before = asked[index - 1] ?? [];
    expect(messages.slice(0, before.length)).toEqual(before);
    expect(messages.length).toBeGreaterThan(before.length);
  }
}

/** Every call of a chat completion, and every result, in their order. */
function pairsIn(messages: readonly string[]): { calls: string[]; results: string[] } {
  const parsed = messages.map((one) => JSON.parse(one) as { tool_calls?: { id: string }[]; tool_call_id?: string });
  return {
    calls: parsed.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id)),
    results: parsed.flatMap(({ tool_call_id: id }) => id ?? []),
  };
}

test("through claude-code-router: tools, streaming, errors of calls, and a prefix that holds behind it too", async () => {
  const mock = await startAimock([...turnAbout("first"), ...turnAbout("second")]);
  const { face, workspace, heard, since } = await journeyOver(mock, ["first", "second"]);
  const first = await ended(face, { input: "read the first", workspace, endpoint: "router" });
  expect(first.data).toEqual({ finish: "done", text: "The answer about first: ünicode 🙂." });
  const second = await ended(face, { input: "read the second", session: first.session, endpoint: "router" });
  expect(second.data).toMatchObject({ finish: "done", text: "The answer about second: ünicode 🙂." });

  const asked = mock.asked();
  expect(asked.map(({ path, response }) => [path, response.status])).toEqual(
    Array(6).fill(["/v1/chat/completions", 200]),
  );
  expectGrowing(asked.map(messagesOf));
  const heads = asked.map(({ body }) => JSON.stringify((body as { tools?: object[] }).tools));
  expect(new Set(heads).size).toBe(1);
  const { calls, results } = pairsIn(asked.map(messagesOf).at(-1) ?? []);
  expect(calls).toHaveLength(6);
  expect(results).toEqual(calls);
  const outcomes = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));
  expect(outcomes.sort()).toEqual(["error", "error", "ok", "ok", "ok", "ok"]);
  // It counts nothing, says 0, and is not believed.
  const usages = face.entries.flatMap((entry) => (entry.kind === "model.responded" ? [entry.data.usage] : []));
  expect(usages).toEqual(Array(6).fill(undefined));
  expect(face.deltas.filter(({ channel }) => channel === "text").length).toBeGreaterThan(2);
  expectSocketContract({ heard, since });
});

test("one session over anthropic, openai and the router: each goes on with all that was said, and no thoughts of others", async () => {
  const whiches = ["anthropic", "openai", "router"];
  const mock = await startAimock(whiches.flatMap(turnAbout));
  const { face, workspace, heard, since } = await journeyOver(mock, whiches);
  let session: string | undefined;
  for (const endpoint of whiches) {
    const place = session === undefined ? { workspace } : { session };
    const end = await ended(face, { input: `the question about ${endpoint}`, ...place, endpoint });
    expect(end.data).toMatchObject({ finish: "done", text: `The answer about ${endpoint}: ünicode 🙂.` });
    ({ session } = end);
  }
  const asked = mock.asked().map(messagesOf);
  for (const from of [0, 3, 6]) expectGrowing(asked.slice(from, from + 3));
  const last = asked.at(-1) ?? [];
  const { calls, results } = pairsIn(last);
  expect(calls).toHaveLength(9);
  expect(results).toEqual(calls);
  const whole = last.join("\n");
  const wanted = whiches.flatMap((which) => [
    `the question about ${which}`,
    `I look for ${which}.`,
    `content of ${which}`,
    ...(which === "router" ? [] : [`The answer about ${which}: ünicode 🙂.`]),
  ]);
  const places = wanted.map((words) => whole.indexOf(words));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(whole).not.toContain("I should look.");
  expectSocketContract({ heard, since });
});
