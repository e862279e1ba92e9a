import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openConfigFile } from "../../../helper-daemon/config-file.ts";
import { detectEndpoints } from "../../../helper-daemon/endpoints/detect.ts";
import { createProfiles, type Profiles } from "../../../helper-daemon/endpoints/profiles.ts";
import { endpointProfileSchema } from "../../../src/protocol/config.ts";
import { methods } from "../../../src/protocol/requests.ts";
import { answerJson, runtimes, type SeenRequest, startRuntime } from "../../fakes/runtime-server.ts";

function freshProfiles(): { home: string; profiles: Profiles } {
  const home = mkdtempSync(join(tmpdir(), "loopd-detect-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return { home, profiles: createProfiles(home, openConfigFile(home)) };
}

const detect = (profiles: Profiles, ports: number[], isOffer = false) =>
  detectEndpoints(profiles, { ports, isOffer }, new AbortController().signal);

/** Something that speaks no HTTP, or nothing at all. */
async function squatter(says: string | undefined): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    if (says !== undefined) socket.end(says);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test("each runtime is known by its answers; only GET without credentials leaves, and no prompt", async () => {
  const servers = await Promise.all([
    startRuntime(runtimes.llamaServer(8_192, 131_072)),
    startRuntime(runtimes.ollama(undefined, 131_072)),
    startRuntime(runtimes.lmStudio(4_096, 131_072)),
    startRuntime(runtimes.vllm(16_384)),
    startRuntime({ "/v1/models": { data: [{ id: "jan-nano" }] } }),
  ]);
  const { profiles } = freshProfiles();
  const found = await detect(
    profiles,
    servers.map(({ port }) => port),
  );
  expect(methods["endpoint.detect"].result.parse({ found }).found).toEqual(found);
  expect(
    found.map(({ runtime, name, dialect, models, window }) => [runtime, name, dialect, models[0], window]),
  ).toEqual([
    ["llama-server", "llama", "anthropic", "qwen3-8b", 8_192],
    ["Ollama", "ollama", "anthropic", "qwen3:8b", undefined],
    ["LM Studio", "lmstudio", "anthropic", "qwen3-8b", 4_096],
    ["vLLM", "vllm", "anthropic", "Qwen/Qwen3-8B", 16_384],
    ["unknown", "local", "openai", "jan-nano", undefined],
  ]);
  for (const { seen } of servers) {
    expect(seen.length).toBeGreaterThan(0);
    for (const { method, headers, body } of seen) {
      expect([method, body]).toEqual(["GET", ""]);
      for (const name of ["authorization", "x-api-key", "cookie"]) expect(headers).not.toHaveProperty(name);
    }
  }
  expect(profiles.list().map(({ name }) => name)).toEqual(["rehearsal"]);
});

test("who only sits on the port is not taken for a runtime, and cannot hold the search up", async () => {
  const page = (_: SeenRequest, response: ServerResponse) =>
    void response.writeHead(200, { "content-type": "text/html" }).end("<html>printer</html>");
  const elsewhere = await startRuntime(runtimes.vllm(4_096));
  const away = (_: SeenRequest, response: ServerResponse) =>
    void response.writeHead(302, { location: `${elsewhere.url}/v1/models` }).end();
  const servers = await Promise.all([
    startRuntime({ "*": page }),
    startRuntime({ "*": away }),
    startRuntime({ "*": {} }),
    startRuntime({ "*": { version: 5, models: "all", data: { id: "x" }, default_generation_settings: [] } }),
    startRuntime({ "*": (_: SeenRequest, response: ServerResponse) => answerJson(response, { data: [] }, 500) }),
  ]);
  const ports = [...servers.map(({ port }) => port), await squatter(undefined), await squatter("SSH-2.0-x\r\n"), 9];
  expect(await detect(freshProfiles().profiles, ports)).toEqual([]);
  expect(elsewhere.seen).toEqual([]);
});

test("names that could harm a terminal or a shell are left out; without one nothing is offered", async () => {
  const evil = ["\u001b]0;x\u0007", "$(rm -rf ~)", "a b", "x;y", "-flag", "`id`", "x".repeat(300)];
  const list = (ids: string[]) => ({ "/v1/models": { data: ids.map((id) => ({ id })) } });
  const [some, none] = await Promise.all([startRuntime(list([...evil, "good:7b"])), startRuntime(list(evil))]);
  const { profiles } = freshProfiles();
  expect((await detect(profiles, [some.port, none.port])).map(({ models }) => models)).toEqual([["good:7b"], []]);
  expect((await detect(profiles, [none.port], true)).length).toBe(0);
});

test("an offer is made once, also after a restart; what is there already is named and not offered", async () => {
  const server = await startRuntime(runtimes.llamaServer(8_192, 131_072));
  const { home, profiles } = freshProfiles();
  expect((await detect(profiles, [server.port], true)).map(({ name }) => name)).toEqual(["llama"]);
  expect(await detect(profiles, [server.port], true)).toEqual([]);
  expect(await detect(createProfiles(home, openConfigFile(home)), [server.port], true)).toEqual([]);
  const profile = endpointProfileSchema.parse({
    dialect: "anthropic",
    url: `http://localhost:${server.port}/v1`,
    model: "qwen3-8b",
  });
  profiles.add({ name: "llama", profile, use: false });
  expect(await detect(profiles, [server.port])).toMatchObject([{ name: "llama-2", knownAs: ["llama"] }]);
});
