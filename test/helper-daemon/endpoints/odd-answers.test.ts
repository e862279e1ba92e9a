import type { RequestListener } from "node:http";
import { createGzip } from "node:zlib";
import { describe, expect, test } from "vitest";
import { messageFrames, wholeMessage } from "../../fakes/model-events.ts";
import { script } from "../../fakes/model-server.ts";
import { completionFrames, wholeCompletion } from "../../fakes/openai-events.ts";
import { serve } from "../../fakes/serve.ts";
import { ask } from "./ask-endpoint.ts";
import { askWatched, DIALECTS } from "./stream-contract.ts";

const limits = { requestAttempts: 1 };
const RENDERED = {
  anthropic: { frames: messageFrames, whole: wholeMessage },
  openai: { frames: completionFrames, whole: wholeCompletion },
};
const [says] = script().says("Hé, it works").steps;
if (says === undefined) throw new Error("the script has a step");
const said = { type: "responded", content: [{ type: "text", text: "Hé, it works" }], stopReason: "end_turn" };

describe.each(DIALECTS)("the %s dialect", (dialect) => {
  const { frames, whole } = RENDERED[dialect];
  const stream = frames(says, "m", 1)
    .map(({ wire }) => wire)
    .join("");
  const document = JSON.stringify(whole(says, "m", 1));

  test.each([
    ["a stream called JSON", stream, "application/json"],
    ["a stream called HTML, behind a mark of its bytes' order", `\ufeff${stream}`, "text/html"],
    ["a stream behind comments", `: one\n\n: two\n\n${stream}`, "text/plain"],
    ["a document called a stream", document, "text/event-stream"],
    ["a document called text, behind blank space", ` \n\n\n${document}`, "text/plain"],
    ["a document beside an error that is none", document.replace(/^\{/, '{"error":"",'), "application/json"],
    ["a document beside an empty error", document.replace(/^\{/, '{"error":{},'), "application/json"],
  ])("%s is read for what it is", async (_name, body, type) => {
    const { reply } = await askWatched(dialect, script().sends(body, type), { limits });
    expect(reply).toMatchObject(said);
  });

  test.each([
    ["<!doctype html><title>Sign in</title>", "text/event-stream", 200, "endpoint-bad-response", "a login or firewall"],
    ["<html><title>Blocked</title>", "text/html", 403, "endpoint-unauthorized", "a login or firewall"],
    ["<html><title>Who?</title>", "text/html", 407, "endpoint-unauthorized", "--proxy http://user:password@host:port"],
    ["Not here.", "text/event-stream", 200, "endpoint-bad-response", 'no answer but "Not here."'],
    ["", "text/event-stream", 200, "endpoint-bad-response", "without a single event"],
    ['{"error":{"type":"overloaded_error","message":"busy"}}', "text/plain", 200, "endpoint-overloaded", "busy"],
    [
      '{"error":{"message":"n_ctx: 1","code":"context_length_exceeded"}}',
      "",
      200,
      "endpoint-context-overflow",
      "n_ctx",
    ],
    ['{"error":{"code":"constructor","message":"odd"}}', "application/json", 200, "endpoint-bad-response", "odd"],
  ] as const)("%j as %s with status %i says what to do", async (body, type, status, code, words) => {
    const { reply } = await askWatched(dialect, script().sends(body, type, status), { limits });
    expect(reply).toMatchObject({ type: "failed", code, message: expect.stringContaining(words) });
  });

  test("signs of life are waited for much longer than silence, but not for ever", async () => {
    const alive = (beats: number): RequestListener => {
      return (_request, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        let left = beats;
        const timer = setInterval(() => {
          left -= 1;
          if (left > 0) return void response.write(": still reading\n\n");
          clearInterval(timer);
          response.end(stream);
        }, 50);
        response.on("close", () => clearInterval(timer));
      };
    };
    const slow = await ask({
      url: await serve(alive(20)),
      profile: { dialect },
      limits: { ...limits, streamIdleMs: 400 },
    });
    expect(slow.reply).toMatchObject(said);
    const hanging = { ...limits, streamIdleMs: 150 };
    const never = await ask({ url: await serve(alive(Infinity)), profile: { dialect }, limits: hanging });
    expect(never.reply).toMatchObject({
      type: "failed",
      code: "endpoint-timed-out",
      message: expect.stringContaining("is there, but sent no part of an answer for 1.5 s"),
    });
  });

  test("events that say nothing new are signs of life too", async () => {
    const beat = dialect === "anthropic" ? 'event: ping\ndata: {"type":"ping"}\n\n' : 'data: {"choices":[]}\n\n';
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const timer = setInterval(() => response.write(beat), 30);
      response.on("close", () => clearInterval(timer));
    });
    const { reply } = await ask({ url, profile: { dialect }, limits: { ...limits, streamIdleMs: 100 } });
    expect(reply).toMatchObject({ type: "failed", code: "endpoint-timed-out" });
  });

  test("counts that no prompt has are unknown", async () => {
    const usage =
      dialect === "anthropic"
        ? { input_tokens: 1e300, output_tokens: 2 }
        : { prompt_tokens: 1e300, completion_tokens: 2 };
    const body = JSON.stringify({ ...whole(says, "m", 1), usage });
    const { reply } = await askWatched(dialect, script().sends(body, "application/json"), { limits });
    expect(reply).toMatchObject(said);
    expect(reply).not.toHaveProperty("usage");
  });
});

test("a call whose arguments came as an object never runs where the answer was cut off in other words", async () => {
  const call = { index: 0, id: "1", function: { name: "a", arguments: { x: 1 } } };
  const chunk = { choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: "content_filter" }] };
  const filtered = await askWatched("openai", script().sends(`data: ${JSON.stringify(chunk)}\n\n`), { limits });
  expect(filtered.reply).toMatchObject({ content: [{ input: {}, unparsed: '{"x":1}' }] });
  const content = [{ type: "tool_use", id: "1", name: "a", input: { x: 1 } }];
  const message = JSON.stringify({ type: "message", content, stop_reason: "length" });
  const long = await askWatched("anthropic", script().sends(message, "application/json"), { limits });
  expect(long.reply).toMatchObject({ content: [{ input: {}, unparsed: '{"x":1}' }] });
});

test.each([
  ["anthropic", "text/event-stream", 200],
  ["openai", "application/json", 200],
  ["openai", "text/plain", 500],
] as const)(
  "little that unpacks to more than any answer has (%s, %s, %i) is given up on the way",
  async (dialect, type, status) => {
    const block = Buffer.alloc(1024 * 1024, type === "application/json" ? "[" : "x");
    let unpacked = 0;
    const url = await serve((_request, response) => {
      response.writeHead(status, { "content-type": type, "content-encoding": "gzip" });
      const packer = createGzip({ level: 1 });
      packer.on("error", () => {});
      packer.pipe(response);
      response.on("close", () => packer.destroy());
      const more = () => {
        while (!packer.destroyed && unpacked < 400) {
          unpacked += 1;
          if (!packer.write(block)) return void packer.once("drain", more);
        }
        if (!packer.destroyed) packer.end();
      };
      more();
    });
    const { reply } = await ask({ url, profile: { dialect }, limits });
    expect(reply).toMatchObject({ type: "failed", message: expect.stringContaining("more than any answer can hold") });
  },
);
