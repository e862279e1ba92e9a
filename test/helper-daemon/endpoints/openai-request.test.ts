import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { createBlobs } from "../../../helper-daemon/store/blobs.ts";
import type { Message } from "../../../src/protocol/values.ts";
import { type Behaviour, type ModelServer, script, startModelServer } from "../../fakes/model-server.ts";
import { ask, type AskOptions } from "./ask-endpoint.ts";

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const openai = { dialect: "openai" as const };

async function asked(request: AskOptions["request"], more: Partial<AskOptions> = {}) {
  server ??= await startModelServer(script().says("hi").repeatLast());
  const { reply } = await ask({
    url: server.url,
    profile: openai,
    ...(request === undefined ? {} : { request }),
    ...more,
  });
  expect(reply).toMatchObject({ type: "responded" });
  return server.requests.at(-1)?.text ?? "";
}

async function serving(behaviour: Behaviour): Promise<ModelServer> {
  await server?.close();
  return (server = await startModelServer(behaviour));
}

const TURN: Message[] = [
  {
    role: "user",
    content: [
      { type: "text", text: "look" },
      { type: "text", text: "[loopd n] a note" },
    ],
  },
  {
    role: "assistant",
    content: [
      { type: "thinking", thinking: "Hm", signature: "foreign" },
      { type: "redacted_thinking", data: "OPAQUE" },
      { type: "text", text: "I look." },
      { name: "files_list", input: { z: 1, a: { 2: "x", b: null } }, id: "i", type: "tool_use" },
      { type: "tool_use", id: "j", name: "files read!", input: {}, unparsed: '{"path":' },
    ],
  },
  {
    content: [
      { content: "one", tool_use_id: "i", type: "tool_result" },
      { type: "tool_result", tool_use_id: "j", content: "no", is_error: true },
      { type: "text", text: "beside the results" },
    ],
    role: "user",
  },
  { role: "assistant", content: [{ type: "thinking", thinking: "nothing else" }] },
  { role: "user", content: [{ type: "text", text: "go on" }] },
];

test("a conversation in the dialect's own shape", async () => {
  const body = JSON.parse(await asked({ messages: TURN })) as { messages: object[]; tools: object[] };
  expect(body.messages).toEqual([
    { role: "system", content: "You are a test." },
    { role: "user", content: "look\n\n[loopd n] a note" },
    {
      role: "assistant",
      content: "I look.",
      tool_calls: [
        { id: "i", type: "function", function: { name: "files_list", arguments: '{"z":1,"a":{"2":"x","b":null}}' } },
        { id: "j", type: "function", function: { name: "files_read_", arguments: "{}" } },
      ],
    },
    { role: "tool", tool_call_id: "i", content: "one" },
    { role: "tool", tool_call_id: "j", content: "ERROR: no" },
    { role: "user", content: "beside the results" },
    { role: "assistant", content: "" },
    { role: "user", content: "go on" },
  ]);
  expect(body.tools).toEqual([
    {
      type: "function",
      function: { name: "files_list", description: "List files.", parameters: { type: "object", properties: {} } },
    },
  ]);
  expect(JSON.stringify(body)).not.toMatch(/Hm|foreign|OPAQUE|nothing else|unparsed/);
});

test("every request extends the one before byte for byte, whatever the order of its keys", async () => {
  const texts: string[] = [];
  for (let length = 1; length <= TURN.length; length++) texts.push(await asked({ messages: TURN.slice(0, length) }));
  const end = '],"stream":true,"stream_options":{"include_usage":true}}';
  for (const [index, text] of texts.entries()) {
    expect(text.endsWith(end)).toBe(true);
    expect(text.startsWith((texts[index - 1] ?? end).slice(0, -end.length))).toBe(true);
  }
});

test("sampling and thinking only where somebody asked, behind everything else; no empty system or tools", async () => {
  const bare = JSON.parse(await asked({ system: "", tools: [] })) as object;
  expect(Object.keys(bare)).toEqual(["model", "max_tokens", "messages", "stream", "stream_options"]);
  const inference = { temperature: 0.5, topP: 0.9, thinkingTokens: 8_000 };
  const full = JSON.parse(await asked({ inference })) as Record<string, unknown>;
  expect(Object.keys(full).slice(-4)).toEqual(["stream_options", "temperature", "top_p", "reasoning_effort"]);
  expect(full).toMatchObject({ temperature: 0.5, top_p: 0.9, reasoning_effort: "medium" });
  for (const [thinkingTokens, effort] of [
    [1_024, "low"],
    [100_000, "high"],
  ] as const) {
    expect(JSON.parse(await asked({ inference: { thinkingTokens } }))).toMatchObject({ reasoning_effort: effort });
  }
});

test("images are parts of one user message behind the results; what cannot be sent is a word in its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "loopd-images-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const blobs = createBlobs(folder);
  const blob = await blobs.save(Buffer.from("png bytes"));
  const label = { type: "text" as const, text: "The images:" };
  const image = (mediaType: string) => ({ type: "image" as const, mediaType, blob });
  const messages: Message[] = [
    { role: "user", content: [{ type: "tool_result", tool_use_id: "i", content: "an image" }] },
    { role: "user", content: [label, image("image/png"), image("image/tiff")] },
    { role: "user", content: [image("image/tiff")] },
  ];
  const body = JSON.parse(await asked({ messages }, { readBlob: blobs.read })) as { messages: object[] };
  const stub = "[an image (image/tiff) that cannot be shown]";
  expect(body.messages.slice(1)).toEqual([
    { role: "tool", tool_call_id: "i", content: "an image" },
    {
      role: "user",
      content: [
        label,
        {
          type: "image_url",
          image_url: { url: `data:image/png;base64,${Buffer.from("png bytes").toString("base64")}` },
        },
        { type: "text", text: stub },
      ],
    },
    { role: "user", content: stub },
  ]);
});

test.each(["", "/", "/v1", "/v1/", "/v1/chat/completions"])("the address may end with %j", async (path) => {
  const { url } = await serving(script().says("hi"));
  const { reply } = await ask({ url: url + path, profile: openai });
  expect(reply).toMatchObject({ type: "responded" });
});

test.each([
  ["/api/openai/v3", "/api/openai/v3/chat/completions"],
  ["/chat/completions", "/chat/completions"],
])("an address with a path of its own keeps it: %s", async (path, wanted) => {
  const { url } = await serving(script().says("hi"));
  expect((await ask({ url: url + path, profile: openai })).reply).toMatchObject({ code: "endpoint-not-found" });
  expect(server?.requests.map((request) => request.path)).toEqual([wanted]);
});

test("a server that wants it otherwise says so once, is asked so at once and from then on", async () => {
  const refuse = (message: string) => script().status(400, {}, { error: { message, type: "invalid_request_error" } });
  const picky: Behaviour = (body) => {
    if ("max_tokens" in body)
      return refuse("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
    if ("stream_options" in body) return refuse("stream_options: Extra inputs are not permitted");
    return script().says("hi");
  };
  const { url, requests } = await serving(picky);
  const first = await ask({ url, profile: openai });
  expect(first).toMatchObject({ reply: { type: "responded" }, waits: [] });
  expect(requests).toHaveLength(3);
  await ask({ url, profile: openai });
  expect(requests).toHaveLength(4);
  expect(requests.at(-1)?.body).toMatchObject({ max_completion_tokens: 100 });
  // Another model there may be another server's.
  await ask({ url, profile: openai, request: { model: "other" } });
  expect(requests).toHaveLength(7);
});

test("a server that always says so is not asked for ever", async () => {
  const words = "max_completion_tokens and stream_options are not known here";
  const { url, requests } = await serving(
    script()
      .status(400, {}, { error: { message: words } })
      .repeatLast(),
  );
  const { reply } = await ask({ url, profile: openai, limits: { requestAttempts: 1 } });
  expect(reply).toMatchObject({ type: "failed", code: "endpoint-rejected", message: expect.stringContaining(words) });
  expect(requests).toHaveLength(2);
});
