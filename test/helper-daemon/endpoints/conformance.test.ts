import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { messageFrames } from "../../fakes/model-events.ts";
import { completionFrames } from "../../fakes/openai-events.ts";
import { gate, script, startModelServer } from "../../fakes/model-server.ts";
import { ask } from "./ask-endpoint.ts";
import { CONDUCTS } from "./conformance.ts";
import { askWatched, DIALECTS } from "./stream-contract.ts";

const ENVIRONMENT = {
  ANTHROPIC_API_KEY: "environment-1",
  ANTHROPIC_AUTH_TOKEN: "environment-2",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:9/environment-3",
  ANTHROPIC_CUSTOM_HEADERS: "x-leak: environment-4\nauthorization: Bearer environment-5",
  OPENAI_API_KEY: "environment-6",
  OPENAI_ADMIN_KEY: "environment-7",
  OPENAI_BASE_URL: "http://127.0.0.1:9/environment-8",
  OPENAI_ORG_ID: "environment-9",
  OPENAI_PROJECT_ID: "environment-10",
  OPENAI_CUSTOM_HEADERS: "x-leak: environment-11\nauthorization: Bearer environment-12",
  OPENAI_WEBHOOK_SECRET: "environment-13",
};

const FRAMES = { anthropic: messageFrames, openai: completionFrames };

describe.each(DIALECTS)("the %s dialect, where the server", (dialect) => {
  test.each(CONDUCTS)(
    "$name",
    async ({ server, limits = {}, reply: wanted, requests: count = 1, waits: wantedWaits }) => {
      const { reply, requests, waits } = await askWatched(dialect, server, { limits });
      expect(reply).toMatchObject(wanted);
      if (!("usage" in wanted) && "content" in wanted && JSON.stringify(server).includes('"usage":null')) {
        expect(reply).not.toHaveProperty("usage");
      }
      expect(requests).toHaveLength(count);
      if (wantedWaits !== undefined) expect(waits).toEqual(wantedWaits);
    },
  );

  test("is aborted after the first words, while it thinks about it, and before it is asked", async () => {
    const stopping = new AbortController();
    const begun = await askWatched(dialect, script().stalls(), {
      signal: stopping.signal,
      tell: () => stopping.abort(),
    });
    expect(begun.reply).toEqual({ type: "aborted" });
    const held = gate();
    const waiting = new AbortController();
    const silent = await startModelServer(script().says("late").holds(held));
    const asking = ask({ url: silent.url, profile: { dialect }, signal: waiting.signal });
    await silent.received(1);
    waiting.abort();
    expect((await asking).reply).toEqual({ type: "aborted" });
    await silent.requests[0]?.ended;
    held.release();
    await silent.close();
    const before = await askWatched(dialect, script().says("hi"), { signal: AbortSignal.abort() });
    expect(before).toMatchObject({ reply: { type: "aborted" }, requests: [] });
  });

  test.each([
    ["none", "never-sent", {}],
    ["x-api-key", "the-key", { "x-api-key": "the-key" }],
    ["bearer", "the-key", { authorization: "Bearer the-key" }],
  ] as const)("gets what auth %s says and nothing of the environment", async (auth, key, expected) => {
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
    try {
      const { reply, requests } = await askWatched(dialect, script().says("hi"), { profile: { auth }, key });
      expect(reply).toMatchObject({ type: "responded" });
      const { headers = {}, path, text } = requests[0] ?? {};
      const { authorization, "x-api-key": apiKey } = headers as Record<string, string | undefined>;
      expect({ authorization, "x-api-key": apiKey }).toEqual({
        authorization: undefined,
        "x-api-key": undefined,
        ...expected,
      });
      const said = JSON.stringify([headers, path, text]);
      expect(said).not.toMatch(/environment|never-sent|x-leak|stainless|openai-(organization|project)/i);
      const unkeyed = await askWatched(dialect, script().says("hi"), { profile: { auth } });
      if (auth !== "none") expect(unkeyed).toMatchObject({ reply: { code: "endpoint-unauthorized" }, requests: [] });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("says everything and then never ends, saying so again and again: the answer counts", async () => {
    const [step] = script().says("whole").steps;
    const frames = step === undefined ? [] : FRAMES[dialect](step, "m", 1).map(({ wire }) => wire);
    const endless = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(frames.filter((wire) => !wire.includes("[DONE]")).join(""));
      const more = setInterval(() => response.write('data: {"type":"ping"}\n\n'), 100);
      response.on("close", () => clearInterval(more));
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    try {
      const { reply } = await ask({ url, profile: { dialect } });
      expect(reply).toMatchObject({ type: "responded", content: [{ type: "text", text: "whole" }] });
    } finally {
      endless.closeAllConnections();
      endless.close();
    }
  });

  test("repeats a key in its error: nobody reads it", async () => {
    const key = "sk-secret-0123456789";
    const { reply } = await askWatched(dialect, script().status(400, {}, { error: { message: `bad key ${key}` } }), {
      profile: { auth: "bearer" },
      key,
    });
    expect(reply).toMatchObject({ code: "endpoint-rejected", message: expect.stringContaining("[key]") });
    expect(JSON.stringify(reply)).not.toContain(key);
  });
});
