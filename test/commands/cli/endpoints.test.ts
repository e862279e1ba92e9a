import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EndpointRow } from "../../../src/protocol/config.ts";
import type { FoundEndpoint } from "../../../src/protocol/endpoint-profile.ts";
import { ableModel, completionsRoutes, messagesRoutes } from "../../fakes/runtime-chat.ts";
import { runtimes, startRuntime } from "../../fakes/runtime-server.ts";
import { DOWN, ENTER, hasTerminal, inTerminal } from "./in-terminal.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

const CA = resolve(import.meta.dirname, "../../fixtures/tls/ca.pem");
const ADD = ["endpoints", "add", "x", "--url", "https://models.example/v1", "--model", "m"];

let cli: CliOnHome;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-endpoints-")));
});
afterEach(() => cli.remove());

const show = () => cli.json<EndpointRow>("endpoints", "show", "x");
const fileOf = (name: string) => readFileSync(join(cli.home, name), "utf8");

test("headers, certificates, proxy and further models are kept; what is secret of them is shown nowhere", async () => {
  const more = ["--header", "X-Organisation=acme-secret", "--header", "Authorization=Bearer bridge-secret"];
  const way = ["--ca", CA, "--proxy", "http://jo:proxy%20secret@proxy.example:3128"];
  const models = ["--fast-model", "m-mini", "--summariser-model", "m-short"];
  const added = await cli.run([...ADD, ...more, ...way, ...models]);
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  expect(added.stdout).toContain("headers x-organisation, authorization · fast m-mini · summariser m-short");
  expect(added.stdout).toContain(`certificates ${CA} · through http://proxy.example:3128 with a login`);
  const row = await show();
  expect(row).toMatchObject({
    ...{
      headers: ["x-organisation", "authorization"],
      hasProxyLogin: true,
      ca: CA,
      proxy: "http://proxy.example:3128",
    },
    ...{ models: { fast: "m-mini", summariser: "m-short" }, usableWindow: { tokens: 32_768, source: "assumed" } },
  });
  const listed = await cli.run(["endpoints", "list", "--json"]);
  const logs = (await cli.run(["helper", "logs", "-n", "1000", "--json"])).stdout;
  for (const text of [added.stdout, JSON.stringify(row), listed.stdout, logs, fileOf("config.json")])
    expect(text).not.toContain("secret");
  const kept = JSON.parse(fileOf("secrets.json")) as object;
  expect(kept).toMatchObject({
    proxies: { x: "jo:proxy secret" },
    headers: { x: { "x-organisation": "acme-secret" } },
  });
});

test("set changes and takes back one thing at a time; another origin forgets what was for the old one", async () => {
  await cli.run([...ADD, "--header", "A=1", "--header", "B=2", "--ca", CA, "--proxy", "http://u:p@p.example:1"]);
  await cli.run([
    "endpoints",
    "set",
    "x",
    "--header",
    "a=",
    "--header",
    "C=3",
    "--fast-model",
    "f",
    "--window",
    "8192",
  ]);
  expect(await show()).toMatchObject({ headers: ["b", "c"], models: { fast: "f" }, ca: CA, window: 8192 });
  await cli.run([
    "endpoints",
    "set",
    "x",
    "--no-ca",
    "--fast-model",
    "",
    "--no-window",
    "--proxy",
    "http://q.example:2",
  ]);
  const bare = await show();
  for (const name of ["ca", "models", "window"]) expect(bare).not.toHaveProperty(name);
  expect(bare).toMatchObject({ proxy: "http://q.example:2", hasProxyLogin: false, headers: ["b", "c"] });
  const moved = await cli.run(["endpoints", "set", "x", "--url", "https://elsewhere.example"]);
  expect(moved.stderr).toContain("Its headers were for the old address and are forgotten. Give them again: loopd");
  expect(await show()).toMatchObject({ headers: [] });
  expect(fileOf("secrets.json")).not.toMatch(/"[bc]"/);
});

test("what cannot be is refused, and changes nothing", async () => {
  const notPem = join(cli.workspace, "notes.txt");
  writeFileSync(notPem, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const refused = [
    ["--ca", notPem],
    ["--ca", join(cli.workspace, "nothing.pem")],
    ["--ca", cli.workspace],
    ["--proxy", "socks5://p.example:1"],
    ["--header", "novalue-secret"],
    ["--header", "Host=evil.example"],
    ["--header", "Bad Name=secret"],
    ["--header", "X-Line=a\r\nInjected: secret"],
    ["--header", "x-api-key=other-secret", "--key-env", "KEY"],
  ];
  for (const flags of refused) {
    const { exitCode, stderr } = await cli.run([...ADD, ...flags], { env: { KEY: "k" } });
    expect([exitCode, flags]).toEqual([2, flags]);
    expect(stderr.replace("novalue-secret", "")).not.toContain("secret");
  }
  expect((await cli.json<EndpointRow[]>("endpoints")).map(({ name }) => name)).toEqual(["rehearsal"]);
});

test("a probe's findings are printed with source and date, survive a restart, and say what to change", async () => {
  const server = await startRuntime({ ...runtimes.llamaServer(8_192, 262_144), ...completionsRoutes(ableModel) });
  await cli.run(["endpoints", "add", "x", "--url", server.url, "--model", "qwen3-8b", "--window", "262144"]);
  expect((await cli.run(["endpoints", "show", "x"])).stdout).toContain("Not probed yet: loopd endpoints probe x");
  const probed = await cli.run(["endpoints", "probe", "x"]);
  expect(probed.exitCode).toBe(0);
  expect(probed.stdout).toMatch(/WHAT +VALUE +SOURCE +WHEN\n/);
  expect(probed.stdout).toMatch(/window, loaded +8192 tokens +\/props default_generation_settings\.n_ctx +just now\n/);
  expect(probed.stdout).toMatch(/window, claimed +262144 tokens/);
  expect(probed.stdout).toContain("8192 tokens (loaded, not the 262144 declared)");
  expect(probed.stderr).toContain("loopd endpoints set x --dialect openai");
  await cli.run(["helper", "stop"]);
  expect(await show()).toMatchObject({
    usableWindow: { tokens: 8_192, source: "loaded" },
    capabilities: { dialect: { value: "openai" }, toolChoice: { value: "honoured" } },
  });
  await cli.run(["endpoints", "set", "x", "--url", "http://127.0.0.1:9"]);
  expect((await show()).capabilities).toEqual({});
  const failed = await cli.run(["endpoints", "probe", "x"]);
  expect(failed.exitCode).toBe(5);
  expect((await show()).capabilities).toMatchObject({ reachable: { value: false, source: "endpoint-unreachable" } });
  expect((await cli.run(["endpoints", "probe", "rehearsal"])).exitCode).toBe(2);
});

test("whoever leaves a probe ends it: the server is let go", async () => {
  let arrive: (response: ServerResponse) => void = () => {};
  const arrived = new Promise<ServerResponse>((done) => (arrive = done));
  const server = await startRuntime({ "/v1/messages": (_, response) => arrive(response) });
  await cli.run(["endpoints", "add", "x", "--url", server.url, "--model", "m"]);
  const probing = cli.begin(["endpoints", "probe", "x"]);
  const closed = once(await arrived, "close");
  probing.child.kill();
  await closed;
  expect((await show()).capabilities).toEqual({});
});

test("usage teaches how to count a model's tokens, and show tells the error", async () => {
  const text = "x".repeat(8_000);
  const message = (tokens: number) => [
    { type: "message_start", message: { usage: { input_tokens: tokens, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "yes" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
    { type: "message_stop" },
  ];
  const server = await startRuntime({
    "/v1/messages": ({ body }, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const events = message(Math.round(body.length / 3));
      response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
    },
  });
  await cli.run(["endpoints", "add", "x", "--url", server.url, "--model", "m", "--window", "200000", "--use"]);
  for (let turn = 0; turn < 2; turn++) expect((await cli.run(["ask", text])).exitCode).toBe(0);
  const { counting } = await show();
  expect(counting).toMatchObject([{ model: "m", requests: 2 }]);
  expect(counting[0]?.factor).toBeGreaterThan(1.05);
  expect((await cli.run(["endpoints", "show", "x"])).stdout).toMatch(
    /Counting for m: [\d.]+ bytes a token, learnt from 2 requests, error \d+\.\d %/,
  );
});

test("without a terminal a runtime that is found is shown with its command, and never added", async () => {
  const server = await startRuntime({ ...runtimes.lmStudio(4_096, 131_072), ...messagesRoutes(ableModel) });
  const ports = String(server.port);
  const command = `loopd endpoints add lmstudio --url ${server.url} --dialect anthropic --model qwen3-8b --use`;
  const { exitCode, stdout, stderr } = await cli.run(["endpoints", "detect", "--ports", ports]);
  expect([exitCode, stdout]).toEqual([
    0,
    `LM Studio at ${server.url}: qwen3-8b and 1 more, 4096 tokens loaded\n  ${command}\n`,
  ]);
  expect(stderr).toContain("Nothing was added");
  const found = await cli.json<(FoundEndpoint & { command: string })[]>("endpoints", "detect", "--ports", ports);
  expect(found).toMatchObject([{ runtime: "LM Studio", command }]);
  const asked = await cli.run(["ask", "How many files are here?"], { env: { LOOPD_DETECT_PORTS: ports } });
  expect(asked.exitCode).toBe(0);
  expect(asked.stderr).toContain(command);
  expect(asked.stderr).toContain("rehearsal model answers");
  expect(server.seen.every(({ method }) => method === "GET")).toBe(true);
  expect((await cli.json<EndpointRow[]>("endpoints")).map(({ name }) => name)).toEqual(["rehearsal"]);
  expect((await cli.run(["endpoints", "detect", "--ports", "9"])).stdout).toContain("No model runtime answers on 9");
  expect((await cli.run(["endpoints", "detect", "--ports", "0"])).exitCode).toBe(2);
});

test("headers and certificates of the environment go with one turn and are kept nowhere", async () => {
  const server = await startRuntime({});
  const env = {
    ...{ LOOPD_ENDPOINT_URL: server.url, LOOPD_ENDPOINT_MODEL: "m", LOOPD_ENDPOINT_DIALECT: "anthropic" },
    LOOPD_ENDPOINT_HEADERS: "X-Team=env-secret\nX-Other=two",
  };
  expect((await cli.run(["ask", "hello"], { env })).exitCode).toBe(5);
  expect(server.seen[0]?.headers).toMatchObject({ "x-team": "env-secret", "x-other": "two" });
  expect((await cli.run(["trace", "show", (await sessions())[0] ?? "", "--json"])).stdout).not.toContain("env-secret");
  const wrong = await cli.run(["ask", "hello"], { env: { ...env, LOOPD_ENDPOINT_HEADERS: "env-secret" } });
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("LOOPD_ENDPOINT_HEADERS")]);
  expect(wrong.stderr).not.toContain("env-secret");
});

const sessions = async () => (await cli.json<{ session: string }[]>("sessions")).map(({ session }) => session);

describe.skipIf(!hasTerminal)("in a terminal", () => {
  test("detect adds after one confirmation, asks it from then on, and corrects the dialect", async () => {
    const server = await startRuntime({ ...runtimes.llamaServer(8_192, 131_072), ...completionsRoutes(ableModel) });
    const terminal = inTerminal(cli, `endpoints detect --ports ${server.port}`);
    await terminal.shows("Add one and ask it from now on?");
    expect(server.seen.every(({ method }) => method === "GET")).toBe(true);
    terminal.keys(ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toContain("llama (asked): qwen3-8b");
    const [row] = await cli.json<EndpointRow[]>("endpoints");
    expect(row).toMatchObject({ name: "llama", isActive: true, dialect: "openai", trust: "local" });
    expect(row?.usableWindow).toMatchObject({ tokens: 8_192, source: "loaded" });
  });

  test("ask offers what runs here; accepted, it is asked at once and from then on", async () => {
    const server = await startRuntime({ ...runtimes.vllm(16_384), ...messagesRoutes(ableModel) });
    process.env.LOOPD_DETECT_PORTS = String(server.port);
    try {
      const terminal = inTerminal(cli, "ask Count to five");
      await terminal.shows("Use it?");
      terminal.keys(ENTER);
      expect(await terminal.exitCode).toBe(0);
      expect(terminal.shown()).toContain("one two three four five");
      expect(terminal.shown()).toContain("Qwen/Qwen3-8B at vllm");
    } finally {
      delete process.env.LOOPD_DETECT_PORTS;
    }
  });

  test("ask offers what runs here once; declined, the rehearsal model answers and it is not offered again", async () => {
    const server = await startRuntime({ ...runtimes.vllm(16_384), ...messagesRoutes(ableModel) });
    process.env.LOOPD_DETECT_PORTS = String(server.port);
    try {
      const first = inTerminal(cli, "ask How many files are here?");
      await first.shows("Use it?");
      first.keys(DOWN + ENTER);
      expect(await first.exitCode).toBe(0);
      const second = inTerminal(cli, "ask How many files are here?");
      expect(await second.exitCode).toBe(0);
      expect(second.shown()).not.toContain("Use it?");
      expect(second.shown()).toContain("rehearsal");
      expect(server.seen.every(({ method }) => method === "GET")).toBe(true);
    } finally {
      delete process.env.LOOPD_DETECT_PORTS;
    }
  });
});
