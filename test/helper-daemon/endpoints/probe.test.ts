import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { type ProbeLimits, probeEndpoint } from "../../../helper-daemon/endpoints/probe.ts";
import { usableWindowOf } from "../../../helper-daemon/endpoints/usable-window.ts";
import { type EndpointProfile, endpointProfileSchema } from "../../../src/protocol/config.ts";
import { ableModel, completionsRoutes, messagesRoutes } from "../../fakes/runtime-chat.ts";
import { answerJson, type Route, runtimes, type SeenRequest, startRuntime } from "../../fakes/runtime-server.ts";

const NOW = new Date("2026-11-21T10:00:00Z");
const profileAt = (url: string, changes: Partial<EndpointProfile> = {}) =>
  endpointProfileSchema.parse({ dialect: "anthropic", url, model: "qwen3-8b", trust: "local", ...changes });

async function probe(routes: Record<string, Route>, changes: Partial<EndpointProfile> = {}, limits?: ProbeLimits) {
  const server = await startRuntime(routes);
  const profile = profileAt(server.url, changes);
  const signal = new AbortController().signal;
  const options = { name: "x", profile, key: undefined, now: NOW, signal, ...(limits === undefined ? {} : { limits }) };
  const probed = await probeEndpoint(options);
  const values = Object.fromEntries(Object.entries(probed.capabilities).map(([name, { value }]) => [name, value]));
  return { ...probed, values, profile, server };
}

test("everything that an able server can do is measured, each value with source and date", async () => {
  const { capabilities, values, failure, server } = await probe({
    ...runtimes.llamaServer(32_768, 262_144),
    ...messagesRoutes(ableModel),
  });
  expect(failure).toBeUndefined();
  expect(values).toMatchObject({
    ...{ reachable: true, dialect: "anthropic", runtime: "llama-server", models: "qwen3-8b", slots: 2 },
    ...{ loadedWindow: 32_768, claimedWindow: 262_144, countTokens: "counts tools too", toolChoice: "honoured" },
    ...{ parallelTools: "several at once", vision: false, thinking: "signed blocks", cacheReporting: "reported" },
  });
  expect(values["prefillRate"]).toBeGreaterThan(0);
  expect(values["decodeRate"]).toBeGreaterThan(0);
  expect(values).not.toHaveProperty("overflow");
  for (const { source, at } of Object.values(capabilities)) {
    expect(at).toBe(NOW.toISOString());
    expect(source).not.toBe("");
  }
  expect(server.seen.length).toBeLessThan(20);
  expect(server.seen.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(12_000);
});

test.each([
  ["llama-server", runtimes.llamaServer(8_192, 262_144), "qwen3-8b"],
  ["Ollama", runtimes.ollama(8_192, 262_144), "qwen3:8b"],
  ["LM Studio", runtimes.lmStudio(8_192, 262_144), "qwen3-8b"],
] as const)(
  "%s claims 256k and has loaded 8k: 8k count, also against what the person declared",
  async (runtime, routes, model) => {
    const { capabilities, values, profile } = await probe({ ...routes, ...messagesRoutes(ableModel) }, { model });
    expect(values).toMatchObject({ runtime, loadedWindow: 8_192, claimedWindow: 262_144 });
    expect(usableWindowOf(profile, capabilities)).toMatchObject({ tokens: 8_192, source: "loaded" });
    expect(usableWindowOf({ ...profile, window: 262_144 }, capabilities)).toMatchObject({ tokens: 8_192 });
    expect(usableWindowOf({ ...profile, window: 4_096 }, capabilities)).toEqual({ tokens: 4_096, source: "declared" });
  },
);

test("vLLM's served length is the window; a mere claim is none", async () => {
  const vllm = await probe({ ...runtimes.vllm(16_384), ...messagesRoutes(ableModel) }, { model: "Qwen/Qwen3-8B" });
  expect(vllm.values).toMatchObject({ runtime: "vLLM", loadedWindow: 16_384 });
  const list = { "/v1/models": { data: [{ id: "qwen3-8b", context_length: 262_144 }] } };
  const other = await probe({ ...list, ...messagesRoutes(ableModel) });
  expect(other.values).toMatchObject({ runtime: "unknown", claimedWindow: 262_144 });
  expect(usableWindowOf(other.profile, other.capabilities)).toEqual({ tokens: 4_096, source: "assumed" });
});

test("a model that is not in memory has no window yet; another one's does not count", async () => {
  const { values } = await probe(
    { ...runtimes.ollama(8_192, 131_072), ...messagesRoutes(ableModel) },
    { model: "llama3.2" },
  );
  expect(values).not.toHaveProperty("loadedWindow");
});

test("what a server cannot do is said", async () => {
  const poor = {
    ...ableModel,
    toolChoice: "ignores",
    calls: 1,
    sees: false,
    cached: undefined,
    thinks: "tags",
  } as const;
  const { values } = await probe({ ...messagesRoutes(poor), "/v1/messages/count_tokens": { input_tokens: 7 } });
  expect(values).toMatchObject({
    ...{ toolChoice: "ignored", parallelTools: "one seen", vision: "accepts images, saw nothing" },
    ...{ cacheReporting: "not reported", thinking: "<think> tags", countTokens: "ignores tools, not used" },
  });
  expect(values).not.toHaveProperty("runtime");
});

test("a full window: refused in words that loopd knows, or dropped in silence", async () => {
  const routes = (full: "refuses" | "drops") => ({
    ...runtimes.llamaServer(2_048, 32_768),
    ...messagesRoutes({ ...ableModel, window: 2_048, full }),
  });
  expect((await probe(routes("refuses"))).values["overflow"]).toBe("refused, and said so");
  expect((await probe(routes("drops"))).values["overflow"]).toBe("drops text silently");
});

test("the dialect that is really spoken is found, with the newer name of a limit", async () => {
  const completions = completionsRoutes({ ...ableModel, thinks: "field" });
  const route = completions["/v1/chat/completions"] as (request: SeenRequest, response: ServerResponse) => void;
  const { values, server } = await probe({
    ...runtimes.vllm(16_384),
    "/v1/chat/completions": (request: SeenRequest, response: ServerResponse) => {
      if (!request.body.includes('"max_tokens"')) return route(request, response);
      const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
      answerJson(response, { error: { message } }, 400);
    },
  });
  expect(values).toMatchObject({
    ...{ dialect: "openai", toolChoice: "honoured", parallelTools: "several at once", vision: "sees" },
    ...{ thinking: "reasoning_content", cacheReporting: "reported", countTokens: "absent" },
  });
  expect(server.seen.filter(({ path }) => path === "/v1/messages")).toHaveLength(1);
});

test("a probe asks where the adapter would: below a path of a gateway, or at an address pasted whole", async () => {
  const route = completionsRoutes(ableModel)["/v1/chat/completions"] ?? {};
  const gateway = await startRuntime({ "/team/openai/chat/completions": route, "/v1/chat/completions": route });
  const signal = new AbortController().signal;
  for (const path of ["/team/openai", "/team/openai/chat/completions", "/v1", "/v1/chat/completions", ""]) {
    const profile = profileAt(`${gateway.url}${path}`, { dialect: "openai" });
    const { capabilities } = await probeEndpoint({ name: "x", profile, key: undefined, now: NOW, signal });
    expect([path, capabilities["dialect"]?.value]).toEqual([path, "openai"]);
  }
});

test("nobody there, no right to ask, no such model: the failure says so and nothing else is kept", async () => {
  const refused = await probe({
    "/v1/messages": (_: SeenRequest, response: ServerResponse) =>
      answerJson(response, { error: { message: "bad key" } }, 401),
  });
  expect(refused.failure?.code).toBe("endpoint-unauthorized");
  expect(refused.server.seen).toHaveLength(1);
  expect(refused.values).toEqual({ reachable: false });
  const missing = await probe({});
  expect(missing.failure?.code).toBe("endpoint-not-found");
  const page = await probe({
    "*": (_: SeenRequest, response: ServerResponse) => void response.end("<html><title>Router</title>"),
  });
  expect(page.failure?.code).toBe("endpoint-bad-response");
  const signal = new AbortController().signal;
  const gone = await probeEndpoint({
    name: "x",
    profile: profileAt("http://127.0.0.1:9"),
    key: undefined,
    now: NOW,
    signal,
  });
  expect(gone.failure?.code).toBe("endpoint-unreachable");
});

const SHORT: ProbeLimits = { look: 1_500, first: 4_000, request: 1_500 };

test("a server that hangs, floods or answers nonsense about itself costs only its own values", async () => {
  const hangs = () => undefined;
  const floods = (_: SeenRequest, response: ServerResponse) => {
    const more = () => {
      while (!response.destroyed && response.write("[".repeat(65_536)));
    };
    response.writeHead(200, { "content-type": "application/json" }).on("drain", more);
    more();
  };
  const { values, failure } = await probe(
    {
      ...messagesRoutes(ableModel),
      "/props": { default_generation_settings: { n_ctx: 1e308 }, total_slots: -1 },
      "/api/version": hangs,
      "/api/v0/models": floods,
      "/v1/models": {
        data: [{ id: "qwen3-8b", max_model_len: "999999" }, { id: "\u001b[2Jevil" }, { id: "$(touch x)" }],
      },
      "/v1/messages/count_tokens": { input_tokens: -5 },
    },
    {},
    SHORT,
  );
  expect(failure).toBeUndefined();
  expect(values).toMatchObject({ reachable: true, runtime: "unknown", models: "qwen3-8b", countTokens: "absent" });
  expect(values).not.toHaveProperty("loadedWindow");
});

test("usage that cannot be true does not make rates; two slow answers end the measuring", async () => {
  const routes = messagesRoutes(ableModel);
  const real = routes["/v1/messages"] as (request: SeenRequest, response: ServerResponse) => void;
  const liar = (request: SeenRequest, response: ServerResponse) => {
    if (!request.body.includes('"stream":true')) return real(request, response);
    const events = [
      { type: "message_start", message: { usage: { input_tokens: 900_000_000, output_tokens: 1 } } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "x" } },
      { type: "message_delta", usage: { output_tokens: 900_000_000 } },
    ];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
  };
  const lied = await probe({ "/v1/messages": liar });
  expect(lied.capabilities["prefillRate"]?.source).toContain("estimated");
  expect(lied.values).not.toHaveProperty("decodeRate");
  let asked = 0;
  const tires = (request: SeenRequest, response: ServerResponse) => {
    asked += 1;
    if (asked === 1) real(request, response);
  };
  const slow = await probe({ "/v1/messages": tires }, {}, SHORT);
  expect(asked).toBe(3);
  expect(slow.values).toMatchObject({
    reachable: true,
    toolChoice: "not measured, too slow",
    vision: "not measured, too slow",
  });
  const never = await probe({ "/v1/messages": () => undefined }, {}, SHORT);
  expect(never.failure).toMatchObject({ code: "endpoint-timed-out" });
});

test("a probe can be cancelled while the server keeps it waiting", async () => {
  const abort = new AbortController();
  const server = await startRuntime({ "/v1/messages": () => abort.abort(new Error("enough")) });
  const options = { name: "x", profile: profileAt(server.url), key: undefined, now: NOW, signal: abort.signal };
  await expect(probeEndpoint(options)).rejects.toThrow("enough");
});
