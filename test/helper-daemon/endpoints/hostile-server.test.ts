import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { failureOfNetwork } from "../../../helper-daemon/endpoints/network-failure.ts";
import { script, startModelServer } from "../../fakes/model-server.ts";
import { ask } from "./ask-endpoint.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ["text/event-stream", 200],
  ["application/json", 200],
  ["text/plain", 400],
])("an answer without end (%s, %i) is given up before it fills the memory", async (contentType, status) => {
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
  const { reply } = await ask({ url, limits: { requestAttempts: 1 } });
  expect(reply).toMatchObject({ type: "failed" });
  expect((reply as { message: string }).message.length).toBeLessThan(1000);
});

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

test("what the system says of a network is told in words that help", () => {
  const asked = { name: "lan", url: "http://user:secret@10.0.0.9:8080/v1?token=secret", model: "m" };
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
