import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { EntryData, EntryKind } from "../../src/protocol/entries.ts";
import { type Aimock, messagesOf, type MockAnswer, startAimock } from "../fakes/aimock.ts";
import { ask } from "../fakes/conversation.ts";
import type { Witness } from "../fakes/helper.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { expectSocketContract, type Listening, listenTo } from "../helper-daemon/endpoints/stream-contract-socket.ts";

const DIALECTS = ["anthropic", "openai"] as const;
type DialectName = (typeof DIALECTS)[number];
const MODEL = { anthropic: "claude-sonnet-4-5", openai: "gpt-5" } as const;

/** A journey whose home asks the mock, and somebody who listens to all of it. */
async function journeyTo(mock: Aimock, dialect: DialectName): Promise<Journey & Listening> {
  const begun = await journey(script());
  await addMock(begun.face, "mock", mock.url, dialect);
  for (const name of ["a", "b", "c"]) writeFileSync(join(begun.workspace, `${name}.txt`), `content of ${name}\n`);
  const listening = await listenTo(begun.helper);
  onTestFinished(() => listening.close());
  return { ...begun, ...listening };
}

async function addMock(face: Witness, name: string, url: string, dialect: DialectName): Promise<void> {
  const profile = { dialect, url, model: MODEL[dialect], auth: "none" as const, trust: "local" as const };
  await face.connection.request("endpoint.add", { name, profile, use: true });
}

const call = (name: string, input: object, id?: string) => ({ name, arguments: JSON.stringify(input), id });
const read = (name: string, id?: string) => call("files_read", { path: `${name}.txt` }, id);
const says = (content: string): MockAnswer => ({ response: { content } });

function dataOf<K extends EntryKind>({ entries }: Witness, kind: K): EntryData<K>[] {
  return entries.flatMap((entry) => (entry.kind === kind ? [entry.data as EntryData<K>] : []));
}

/** Each request begins with all messages of the one before, byte for byte, and is longer. */
function expectGrowing(mock: Aimock): void {
  const asked = mock.asked().map(messagesOf);
  for (const [index, messages] of asked.entries()) {
    const before = asked[index - 1] ?? [];
    expect(messages.slice(0, before.length)).toEqual(before);
    expect(messages.length).toBeGreaterThan(before.length);
  }
}

test.each(DIALECTS)("aimock over %s: reasoning, text, one call and several, wrong calls, usage", async (dialect) => {
  const counted = { input_tokens: 4_321, prompt_tokens: 4_321, output_tokens: 12, completion_tokens: 12 };
  const nothing = { input_tokens: 0, prompt_tokens: 0, output_tokens: 0, completion_tokens: 0 };
  const mock = await startAimock([
    { response: { reasoning: "I should look into a.", toolCalls: [read("a")] } },
    {
      response: { reasoning: "Now both.", content: "Two at once.", toolCalls: [read("b", "two"), read("c", "three")] },
    },
    {
      response: {
        blocks: [
          { type: "toolCall", ...call("no_such_tool", {}) },
          { type: "text", text: "Hm." },
        ],
      },
    },
    { response: { toolCalls: [read("missing"), call("files_list", {})], usage: nothing } },
    { response: { content: "All – read: ünicode 🙂 and 𝒎𝒐𝒓𝒆.", usage: counted } },
  ]);
  const { face, workspace, heard, since } = await journeyTo(mock, dialect);
  const { end } = await ask(face, undefined, "read them all", workspace);
  expect(end.data).toMatchObject({ finish: "done", text: "All – read: ünicode 🙂 and 𝒎𝒐𝒓𝒆." });
  const responses = dataOf(face, "model.responded");
  const shapes = responses.map(({ content }) => content.map(({ type }) => type));
  const mixed = dialect === "anthropic" ? ["tool_use", "text"] : ["text", "tool_use"];
  expect(shapes).toEqual([
    ["thinking", "tool_use"],
    ["thinking", "text", "tool_use", "tool_use"],
    mixed,
    ["tool_use", "tool_use"],
    ["text"],
  ]);
  expect(responses.map(({ stopReason }) => stopReason)).toEqual([...Array<string>(4).fill("tool_use"), "end_turn"]);
  // No prompt is nothing: a budget goes by its size then.
  expect(responses.at(-2)?.usage).toBeUndefined();
  expect(responses.at(-1)?.usage).toMatchObject({ inputTokens: 4_321, outputTokens: 12 });
  const outcomes = dataOf(face, "tool.finished").map(({ name, outcome }) => `${name} ${outcome}`);
  expect(outcomes.sort()).toEqual(
    [
      "files_read ok",
      "files_read ok",
      "files_read ok",
      "no_such_tool invalid",
      "files_read error",
      "files_list ok",
    ].sort(),
  );
  expect(mock.asked().map(({ response }) => response.status)).toEqual(Array(5).fill(200));
  expectGrowing(mock);
  expectSocketContract({ heard, since });
});

test.each(DIALECTS)(
  "aimock over %s: limited, failing and cut off, asked again each time, and no word twice",
  async (dialect) => {
    const mock = await startAimock([
      { response: { error: { message: "slow down", type: "rate_limit_error" }, status: 429, retryAfter: 1 } },
      { response: { error: { message: "something broke" }, status: 500 } },
      { response: { content: "This is never heard to its end." }, trouble: { truncateAfterChunks: 5, latency: 20 } },
      { response: { toolCalls: [read("a")] } },
      { response: { toolCalls: [read("b")] }, trouble: { truncateAfterChunks: 3, latency: 20 } },
      { response: { content: "Nothing of it." }, trouble: { chaos: { disconnectRate: 1 } } },
      says("read a"),
    ]);
    const { face, workspace, heard, since } = await journeyTo(mock, dialect);
    const { end } = await ask(face, undefined, "read a", workspace);
    expect(end.data).toMatchObject({ finish: "done", text: "read a" });
    expect(mock.asked()).toHaveLength(7);
    expect(dataOf(face, "request.sent")).toHaveLength(2);
    expect(dataOf(face, "tool.finished").map(({ text }) => text)).toEqual(["content of a\n"]);
    expect(heard.some((one) => "delta" in one && one.delta.channel === "reset")).toBe(true);
    expectSocketContract({ heard, since });
  },
);

test.each(DIALECTS)("aimock over %s: what makes no sense ends the turn with words that say so", async (dialect) => {
  const mock = await startAimock([
    { response: { content: "never" }, trouble: { chaos: { malformedRate: 1 } } },
    { response: { error: { message: "no such model", type: "not_found_error" }, status: 404 } },
    { response: { error: { message: "the key is wrong", type: "authentication_error" }, status: 401 } },
    {
      response: {
        error: { message: "prompt is too long: 210000 tokens > 200000 maximum", type: "invalid_request_error" },
        status: 400,
      },
    },
    says("well again"),
  ]);
  const { face, workspace, heard, since } = await journeyTo(mock, dialect);
  const { session, end } = await ask(face, undefined, "one", workspace);
  const ends = [end];
  for (const input of ["two", "three", "four", "five"]) ends.push((await ask(face, session, input)).end);
  expect(ends.map(({ data }) => data.error?.code ?? data.text)).toEqual([
    "endpoint-bad-response",
    "endpoint-not-found",
    "endpoint-unauthorized",
    "endpoint-context-overflow",
    "well again",
  ]);
  expectSocketContract({ heard, since });
});

test("aimock streams arguments that are no JSON: nothing runs, the model reads why", async () => {
  const cut = { name: "files_write", arguments: '{"path":"a.txt","text":"half', id: "cut" };
  const mock = await startAimock([
    { response: { toolCalls: [cut] } },
    { response: { toolCalls: [{ ...cut, id: "again" }], finishReason: "length" } },
    says("mended"),
  ]);
  const { face, workspace } = await journeyTo(mock, "openai");
  await ask(face, undefined, "write", workspace);
  expect(dataOf(face, "tool.finished").map(({ outcome }) => outcome)).toEqual(["invalid", "invalid"]);
  expect(dataOf(face, "tool.started")).toEqual([]);
});

test("aimock wants thinking back as it was signed: it does come back, redacted thinking too, over several turns", async () => {
  const thought = { reasoning: "Hm.", reasoningSignature: "c2lnbmVk", redactedThinking: ["c2VjcmV0"] };
  const turn: MockAnswer[] = [
    { response: { ...thought, toolCalls: [read("a")] } },
    { response: { ...thought, content: "Both too.", toolCalls: [read("b"), read("c")] } },
    { response: { ...thought, content: "done" } },
  ];
  const mock = await startAimock([...turn, ...turn]);
  const { face, workspace, heard, since } = await journeyTo(mock, "anthropic");
  const overrides = { thinkingTokens: 2_048 };
  const first = await face.submit({ input: "think", workspace, overrides });
  await face.untilKind("turn.finished");
  const second = await face.submit({ input: "think again", session: first.session, overrides });
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === second.turn);
  expect(end.data).toMatchObject({ finish: "done" });
  expect(mock.asked().map(({ response }) => response.status)).toEqual(Array(6).fill(200));
  expectGrowing(mock);
  expectSocketContract({ heard, since });
});
