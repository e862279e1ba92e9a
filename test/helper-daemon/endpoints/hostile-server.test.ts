import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { failureOfNetwork } from "../../../helper-daemon/endpoints/network-failure.ts";
import { rejectingBadStatus } from "../../../helper-daemon/endpoints/bad-status.ts";
import { script, startModelServer } from "../../fakes/model-server.ts";
import { serve } from "../../fakes/serve.ts";
import { ask } from "./ask-endpoint.ts";

test.each([
  ["anthropic", "text/event-stream", 200],
  ["anthropic", "application/json", 200],
  ["anthropic", "text/plain", 400],
  ["openai", "text/event-stream", 200],
  ["openai", "application/json", 200],
  ["openai", "text/plain", 400],
] as const)(
  "an answer without end (%s, %s, %i) is given up before it fills the memory",
  async (dialect, contentType, status) => {
    const block = Buffer.alloc(1024 * 1024, "x");
    const url = await serve((_request, response) => {
      response.writeHead(status, { "content-type": contentType });
      response.write("data: ");
      const more = () => {
        while (!response.destroyed && response.write(block));
      };
      response.on("drain", more);
      more();
    });
    const { reply } = await ask({ url, profile: { dialect }, limits: { requestAttempts: 1 } });
    expect(reply).toMatchObject({ type: "failed" });
    expect((reply as { message: string }).message.length).toBeLessThan(1000);
  },
);

test("a complete answer that no entry could hold is refused", async () => {
  const server = await startModelServer(
    script()
      .says("x".repeat(4 * 1024 * 1024))
      .oneChunk(),
  );
  try {
    const { reply } = await ask({ url: server.url, limits: { requestAttempts: 1 } });
    expect(reply).toMatchObject({
      type: "failed",
      code: "endpoint-bad-response",
      message: expect.stringContaining("3 MiB"),
    });
  } finally {
    await server.close();
  }
});

test("an error body that never ends in time is given up like any silence", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(500, { "content-type": "application/json" });
    response.write('{"error":');
  });
  const { reply } = await ask({ url, limits: { requestAttempts: 1, streamIdleMs: 100 } });
  expect(reply).toMatchObject({ type: "failed", code: "endpoint-timed-out" });
});

test("a key is not carried along a redirect", async () => {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push(request.url);
    if (request.url === "/stolen") return void response.end();
    response.writeHead(308, { location: "/stolen" }).end();
  });
  const { reply } = await ask({ url, key: "the-key", profile: { auth: "x-api-key" } });
  expect(reply).toMatchObject({ type: "failed", code: "endpoint-bad-response" });
  expect(seen).toEqual(["/v1/messages"]);
});

test.each(["anthropic", "openai"] as const)(
  "what %s says in JSON counts only where all of it came",
  async (dialect) => {
    const half = '{"type":"message","content":[{"type":"tool_use","id":"1","name":"a","input":{}}],"stop_re';
    const cut = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write(half, () => response.destroy());
    });
    expect(await ask({ url: cut, profile: { dialect } })).toMatchObject({
      reply: { code: "endpoint-bad-response", message: expect.stringContaining("tried 2 times") },
    });
    const short = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(half);
    });
    expect(await ask({ url: short, profile: { dialect } })).toMatchObject({
      reply: { code: "endpoint-bad-response", message: expect.stringContaining("sent no answer but") },
    });
  },
);

test("the reason for silence survives both SDKs, also where it sounds like a time limit of theirs", async () => {
  const silent = rejectingBadStatus(() => {
    const reason = Object.assign(new Error("connect ETIMEDOUT 10.0.0.9:8080"), { code: "ETIMEDOUT" });
    return Promise.reject(new TypeError("fetch failed", { cause: reason }));
  });
  const options = { baseURL: "http://10.0.0.9:8080", maxRetries: 0, fetch: silent };
  const messages = [{ role: "user" as const, content: "hi" }];
  const thrown = await Promise.all([
    new Anthropic({ ...options, authToken: "none" }).messages
      .create({ model: "m", max_tokens: 1, messages })
      .catch((error: unknown) => error),
    new OpenAI({ ...options, apiKey: "none" }).chat.completions
      .create({ model: "m", messages })
      .catch((error: unknown) => error),
  ]);
  const asked = { name: "lan", url: "http://10.0.0.9:8080", model: "m", dialect: "openai" as const };
  for (const one of thrown) expect(failureOfNetwork(asked, one, false).message).toContain("(ETIMEDOUT)");
});

test("what the system says of a network is told in words that help", () => {
  const asked = {
    name: "lan",
    url: "http://user:secret@10.0.0.9:8080/v1?token=secret",
    model: "m",
    dialect: "anthropic" as const,
  };
  const told = (code: string) => {
    const cause = Object.assign(new Error(code), { code });
    return failureOfNetwork(asked, new TypeError("fetch failed", { cause }), false);
  };
  expect(told("EHOSTUNREACH")).toMatchObject({ code: "endpoint-unreachable", isRetryable: true });
  expect(told("EHOSTUNREACH").message).toMatch(/Privacy & Security → Local Network/);
  expect(told("DEPTH_ZERO_SELF_SIGNED_CERT")).toMatchObject({ code: "endpoint-unreachable", isRetryable: false });
  expect(told("ERR_SSL_WRONG_VERSION_NUMBER").message).toMatch(/does not speak TLS/);
  expect(told("ECONNRESET").message).toMatch(/broke before an answer came \(ECONNRESET\)/);
  for (const code of ["EHOSTUNREACH", "ENOTFOUND", "ECONNREFUSED", "ECONNRESET"]) {
    expect(told(code).message).toContain("http://10.0.0.9:8080/v1");
    expect(told(code).message).not.toContain("secret");
  }
});
