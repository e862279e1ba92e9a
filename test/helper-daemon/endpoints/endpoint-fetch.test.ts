import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request as httpRequest, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test, vi } from "vitest";
import { type EndpointSecrets, fetchFor, serverRoot } from "../../../helper-daemon/endpoints/endpoint-fetch.ts";
import { createModelPort } from "../../../helper-daemon/endpoints/model-port.ts";
import { probeEndpoint } from "../../../helper-daemon/endpoints/probe.ts";
import { type EndpointProfile, endpointProfileSchema, limitsSchema } from "../../../src/protocol/config.ts";
import { ask, question } from "./ask-endpoint.ts";

const fixture = (name: string) => resolve(import.meta.dirname, "../../fixtures/tls", name);
const CA = fixture("ca.pem");

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that tells what it got. */
async function mirror(kind: "http" | "https") {
  const seen: IncomingMessage[] = [];
  const listener = (request: IncomingMessage, response: { end(text: string): void }) => {
    seen.push(request);
    response.end("{}");
  };
  const tls = () => ({ cert: readFileSync(fixture("server.pem")), key: readFileSync(fixture("server-key.pem")) });
  const server = kind === "http" ? createServer(listener) : createTlsServer(tls(), listener);
  return { seen, url: `${kind}://127.0.0.1:${await listening(server)}` };
}

/** An HTTP proxy that wants another login; it forwards plain requests and tunnels the others. */
async function proxyServer(login: string | undefined) {
  const seen: string[] = [];
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (request.headers["proxy-authorization"] !== wanted) return void response.writeHead(407).end();
    const headers = { ...request.headers };
    delete headers["proxy-authorization"];
    const onward = httpRequest(request.url ?? "", { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on("connect", (request: IncomingMessage, socket) => {
    seen.push(`CONNECT ${request.url}`);
    if (request.headers["proxy-authorization"] !== wanted) return void socket.end("HTTP/1.1 407 No\r\n\r\n");
    const [host = "", port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return { seen, url: `http://127.0.0.1:${await listening(server)}` };
}

const profileAt = (url: string, changes: Partial<EndpointProfile> = {}) =>
  endpointProfileSchema.parse({ dialect: "anthropic", url, model: "m", ...changes });
const get = async (profile: EndpointProfile, secrets: EndpointSecrets = { key: undefined }) =>
  (await fetchFor(profile, secrets))(`${serverRoot(profile.url)}/v1/models`);
const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => "nothing failed",
    (thrown: Error) => `${thrown.message} ${String((thrown.cause as NodeJS.ErrnoException | undefined)?.code)}`,
  );

test("the profile's headers and key reach its server, and nothing that a caller or the environment adds", async () => {
  const { seen, url } = await mirror("http");
  vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:9");
  vi.stubEnv("http_proxy", "http://127.0.0.1:9");
  onTestFinished(() => void vi.unstubAllEnvs());
  const secrets = { key: "sk-own", headers: { "x-organisation": "acme", "user-agent": "bridge/1" } };
  const fetch = await fetchFor(profileAt(url, { auth: "x-api-key" }), secrets);
  const strange = {
    authorization: "Bearer from-the-environment",
    "x-stainless-lang": "js",
    "openai-organization": "o",
  };
  await fetch(`${url}/v1/messages`, { method: "POST", body: "{}", headers: strange });
  expect(seen[0]?.headers).toMatchObject({
    ...{ "x-api-key": "sk-own", "x-organisation": "acme", "user-agent": "bridge/1" },
    ...{ "anthropic-version": "2023-06-01", "content-type": "application/json" },
  });
  expect(seen[0]?.headers.authorization).toBeUndefined();
  expect(JSON.stringify(seen[0]?.headers)).not.toMatch(/stainless|openai-org/);
  const bearer = await fetchFor(profileAt(url, { dialect: "openai", auth: "bearer" }), { key: "sk-two" });
  await bearer(`${url}/v1/models`);
  expect(seen[1]?.headers).toMatchObject({ authorization: "Bearer sk-two" });
  expect(seen[1]?.headers).not.toHaveProperty("anthropic-version");
});

test("an answer that was packed although nobody asked for it is read, also in two layers and cut short", async () => {
  const whole = JSON.stringify({ words: "x".repeat(5_000) });
  const packed: Record<string, [string, Buffer]> = {
    "/gzip": ["gzip", gzipSync(whole)],
    "/both": ["GZIP, br", brotliCompressSync(gzipSync(whole))],
    "/cut": ["gzip", gzipSync(whole, { level: 0 }).subarray(0, 9_000)],
    "/broken": ["br", Buffer.from("no brotli at all")],
    "/unknown": ["constructor", Buffer.from(whole)],
  };
  const server = createServer((request, response) => {
    const [encoding, bytes] = packed[request.url ?? ""] ?? ["identity", Buffer.from(whole)];
    response.writeHead(200, { "content-encoding": encoding, "set-cookie": ["a=1", "b=2"] }).end(bytes);
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  const fetch = await fetchFor(profileAt(url), { key: undefined });
  const textOf = async (path: string) => (await fetch(url + path)).text();
  for (const path of ["/", "/gzip", "/both", "/unknown"]) expect(await textOf(path), path).toBe(whole);
  expect(whole.startsWith(await textOf("/cut"))).toBe(true);
  expect((await textOf("/cut")).length).toBeGreaterThan(1_000);
  await expect(textOf("/broken")).rejects.toThrow();
  expect((await fetch(url)).headers.get("set-cookie")).toBe("a=1, b=2");
});

test("another origin is refused before anything is sent", async () => {
  const [own, other] = [await mirror("http"), await mirror("http")];
  const fetch = await fetchFor(profileAt(own.url), { key: "k" });
  expect(await failureOf(fetch(`${other.url}/v1/messages`, { method: "POST", body: "{}" }))).toContain("did not ask");
  expect(await failureOf(fetch(own.url.replace("127.0.0.1", "localhost")))).toContain("did not ask");
  expect(other.seen).toEqual([]);
});

test("an authority of one's own is trusted where the profile names it, and only there", async () => {
  const { url, seen } = await mirror("https");
  expect(await failureOf(get(profileAt(url)))).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  expect((await get(profileAt(url, { ca: CA }))).status).toBe(200);
  expect(await failureOf(get(profileAt(url)))).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  expect(seen).toHaveLength(1);
  const folder = mkdtempSync(join(tmpdir(), "loopd-ca-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const own = join(folder, "own.pem");
  expect(await failureOf(get(profileAt(url, { ca: own })))).toMatch(/own\.pem cannot be read \(ENOENT\).*--no-ca/);
  writeFileSync(own, readFileSync(CA));
  expect((await get(profileAt(url, { ca: own }))).status).toBe(200);
});

test("a request for a model says which file or option mends its certificate", async () => {
  const { url } = await mirror("https");
  const { reply } = await ask({ url });
  expect(reply).toMatchObject({ type: "failed", code: "endpoint-unreachable" });
  expect(JSON.stringify(reply)).toContain("loopd endpoints set x --ca FILE");
  const gone = await ask({ url, profile: { ca: "/nowhere/ca.pem" } });
  expect(JSON.stringify(gone.reply)).toContain("/nowhere/ca.pem cannot be read");
});

test("plain and encrypted requests go through the profile's proxy with its login, which the endpoint never sees", async () => {
  const proxy = await proxyServer("jo:p:w");
  const [plain, encrypted] = [await mirror("http"), await mirror("https")];
  const secrets = { key: "sk", proxyLogin: "jo:p:w" };
  expect((await get(profileAt(plain.url, { proxy: proxy.url }), secrets)).status).toBe(200);
  expect((await get(profileAt(encrypted.url, { proxy: proxy.url, ca: CA }), secrets)).status).toBe(200);
  expect(proxy.seen).toEqual([`GET ${plain.url}/v1/models`, `CONNECT ${new URL(encrypted.url).host}`]);
  for (const { headers } of [...plain.seen, ...encrypted.seen])
    expect(headers).not.toHaveProperty("proxy-authorization");
});

test("what the proxy does wrong is said to be the proxy's", async () => {
  const proxy = await proxyServer("jo:pw");
  const { url } = await mirror("http");
  const tls = await mirror("https");
  expect(await failureOf(get(profileAt(url, { proxy: proxy.url })))).toMatch(/proxy .* wants another login.*--proxy/);
  expect(await failureOf(get(profileAt(tls.url, { proxy: proxy.url, ca: CA })))).toMatch(
    /proxy .* wants another login/,
  );
  const { reply } = await ask({ url, profile: { proxy: "http://127.0.0.1:9" } });
  expect(JSON.stringify(reply)).toMatch(/The proxy http:\/\/127\.0\.0\.1:9 did not let loopd through/);
});

test("a server that repeats a header in its error does not get it shown", async () => {
  const server = createServer((request, response) => {
    const words = { error: { message: `bad header ${String(request.headers["x-token"])}` } };
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(words));
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  const port = createModelPort({
    resolve: () => ({ profile: profileAt(url), key: undefined, headers: { "x-token": "tok-very-secret" } }),
    limits: () => limitsSchema.parse({}),
  });
  const reply = await port(question, new AbortController().signal, () => {});
  expect(reply).toMatchObject({ type: "failed", message: expect.stringContaining("bad header [secret]") as string });
});

test("an error nested a hundred thousand deep is an error like any other", async () => {
  const body = "[".repeat(100_000) + "]".repeat(100_000);
  const server = createServer((_, response) => {
    response.writeHead(400, { "content-type": "application/json" }).end(body);
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  expect((await ask({ url })).reply).toMatchObject({ type: "failed", code: "endpoint-rejected" });
  const options = { name: "x", profile: profileAt(url), key: undefined, now: new Date(0) };
  const probed = await probeEndpoint({ ...options, signal: new AbortController().signal });
  expect(probed.failure?.code).toBe("endpoint-rejected");
});
