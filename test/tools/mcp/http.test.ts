import { expect, test } from "vitest";
import { connected } from "../../fakes/mcp/connected.ts";
import { startHttpServer } from "../../fakes/mcp/http-server.ts";
import { startWebSocketServer } from "../../fakes/mcp/websocket-server.ts";

test.each(["drop", "cut"])(
  "a stream that ends before the answer (%s) is an error at once, and the next call works",
  async (name) => {
    const { url } = await startHttpServer();
    const { call } = await connected({ h: { url } });
    const lost = await call(`h__${name}`);
    expect(lost).toMatchObject({ kind: "error", isSideEffectPossible: true });
    expect(lost.text).toMatch(/^ERROR: MCP server h: /);
    expect(await call("h__echo")).toMatchObject({ kind: "ok", text: "here" });
  },
);

test("a web page or an error page instead of an answer", async () => {
  const { url } = await startHttpServer();
  const { call } = await connected({ h: { url } });
  for (const name of ["garbage", "missing"]) {
    const { kind, text } = await call(`h__${name}`);
    expect(kind).toBe("error");
    expect(text.length).toBeLessThan(1000);
  }
  expect((await call("h__echo")).text).toBe("here");
});

test("a call that is stopped ends although the stream stays open", async () => {
  const { url, heard } = await startHttpServer();
  const { call, status } = await connected({ h: { url } });
  await call("h__echo");
  const before = heard.length;
  const stop = new AbortController();
  const hung = call("h__hang", {}, { signal: stop.signal });
  while (heard.length === before) await new Promise((done) => setTimeout(done, 10));
  stop.abort();
  await hung;
  expect((await status("h")).runningCalls).toBe(0);
  expect((await call("h__echo")).text).toBe("here");
});

test("a header that the server needs is sent from the environment and shown nowhere", async () => {
  const { url } = await startHttpServer({ token: "Bearer t0p-secret" });
  const headers = { Authorization: "Bearer ${TRACKER}" };
  const good = await connected({ h: { url, headers } }, { TRACKER: "t0p-secret" });
  expect((await good.call("h__echo")).text).toBe("here");
  const bad = await connected({ h: { url, headers } }, { TRACKER: "wr0ng-secret" });
  expect(await bad.names()).toEqual([]);
  const { lastError } = await bad.status("h");
  expect(lastError).toContain("HTTP 401");
  expect(lastError).not.toContain("wr0ng-secret");
  expect(bad.log.join("\n")).not.toContain("wr0ng-secret");
});

test("a redirect to another origin is not followed, and no header goes there", async () => {
  const other = await startHttpServer();
  const { url, heard } = await startHttpServer({ redirect: other.url });
  const { names, status } = await connected({ h: { url, headers: { "X-Api-Key": "s3cr3t-header" } } });
  expect(await names()).toEqual([]);
  expect(heard.length).toBeGreaterThan(0);
  expect(other.heard).toEqual([]);
  expect((await status("h")).lastError).toBeTruthy();
});

test("a WebSocket server: called, gone in a call, connected anew", async () => {
  const { url } = await startWebSocketServer();
  const { call, status } = await connected({ w: { url } });
  expect((await call("w__echo")).text).toBe("here");
  const gone = await call("w__gone");
  expect(gone).toMatchObject({ kind: "error", text: expect.stringContaining("The connection to it was lost") });
  expect((await call("w__echo")).text).toBe("here");
  expect(await status("w")).toMatchObject({ transport: "ws", restarts: 1 });
});

test("headers cannot go to a WebSocket server, and that is said", async () => {
  const { names, status } = await connected({ w: { url: "ws://127.0.0.1:9/", headers: { Key: "s3cr3t" } } });
  expect(await names()).toEqual([]);
  expect((await status("w")).lastError).toContain("headers cannot be sent");
});
