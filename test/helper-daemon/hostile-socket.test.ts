import { readFileSync, statSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, socketPathOf } from "../../src/protocol/connect.ts";
import { connectTo, removeFolder, startHelper, type TestHelper } from "../fakes/helper.ts";

let helper: TestHelper;
beforeAll(async () => {
  helper = await startHelper();
});
afterAll(async () => {
  await helper.kill();
  removeFolder(helper.home);
});

const token = (of = helper) => readFileSync(join(of.home, "run", "token"), "utf8").trim();

/** A client without manners: sends bytes, keeps what comes back. */
function rawClient(of = helper): Promise<{ socket: Socket; received(): string; ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = createConnection(socketPathOf(of.home), () => resolve({ socket, received: () => text, ended }));
    const ended = new Promise<void>((done) => socket.once("close", () => done()));
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.on("error", reject);
  });
}

async function isServing(): Promise<boolean> {
  const face = await connectTo(helper.home);
  const { pid } = await face.request("helper.status", {});
  face.close();
  return pid === helper.pid;
}

test("home, socket and token are for their owner alone", () => {
  expect(statSync(helper.home).mode & 0o777).toBe(0o700);
  expect(statSync(socketPathOf(helper.home)).mode & 0o777).toBe(0o600);
  expect(statSync(join(helper.home, "run", "token")).mode & 0o777).toBe(0o600);
  expect(statSync(join(helper.home, "loopd.db")).mode & 0o777).toBe(0o600);
});

test("a wrong token is refused, and nothing is answered before a good one", async () => {
  const options = { socketPath: socketPathOf(helper.home), token: "0".repeat(64), client: "test" };
  await expect(connect(options, () => {})).rejects.toMatchObject({ code: "wrong-token" });
  const client = await rawClient();
  client.socket.write('{"jsonrpc":"2.0","id":1,"method":"session.list","params":{}}\n');
  await new Promise((done) => client.socket.once("data", done));
  expect(client.received()).toContain("wrong-token");
  client.socket.destroy();
});

test("another protocol version is refused with both versions named", async () => {
  const client = await rawClient();
  client.socket.write(
    `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocolVersion":99,"token":"${token()}","client":"t"}}\n`,
  );
  await new Promise((done) => client.socket.once("data", done));
  expect(client.received()).toContain("helper-outdated");
  expect(client.received()).toMatch(/speaks protocol 1; this client speaks 99/);
  client.socket.destroy();
});

test("a client of another version may stop the helper, after a good token, and do nothing else", async () => {
  const own = await startHelper();
  const client = await rawClient(own);
  const hello = (secret: string) => ({
    jsonrpc: "2.0",
    id: 1,
    method: "hello",
    params: { protocolVersion: 99, token: secret, client: "t" },
  });
  const say = async (message: object) => {
    const before = client.received().length;
    client.socket.write(`${JSON.stringify(message)}\n`);
    await new Promise((done) => client.socket.once("data", done));
    return client.received().slice(before);
  };
  const stop = { jsonrpc: "2.0", id: 2, method: "helper.stop", params: {} };
  expect(await say(hello("0".repeat(64)))).toContain("wrong-token");
  expect(await say(stop)).toContain("wrong-token");
  expect(await say(hello(token(own)))).toContain("helper-outdated");
  expect(await say({ ...stop, method: "session.list" })).toContain("wrong-token");
  expect(await say(stop)).toContain("result");
  expect(await own.exited).toBe(0);
  removeFolder(own.home);
});

test.each([
  ["words", "hello there\n"],
  ["a number", "42\n"],
  ["binary", "\u0000\u0001\u0002\n"],
  ["an object that is no message", '{"foo":1}\n'],
])("garbage (%s) ends the connection with an error, and others are served", async (_, garbage) => {
  const client = await rawClient();
  client.socket.write(garbage);
  await client.ended;
  expect(client.received()).toContain("protocol-garbage");
  expect(await isServing()).toBe(true);
});

test("a 100 MB frame is refused long before it is all there", async () => {
  const client = await rawClient();
  client.socket.on("error", () => {});
  const chunk = Buffer.alloc(1024 * 1024, 0x61);
  let sent = 0;
  const pour = () => {
    while (sent < 100 && !client.socket.destroyed) {
      sent += 1;
      if (!client.socket.write(chunk)) return void client.socket.once("drain", pour);
    }
  };
  pour();
  await client.ended;
  expect(sent).toBeLessThan(100);
  expect(await isServing()).toBe(true);
});

test("a client that asks and never reads costs bounded memory and nobody else's time", async () => {
  const client = await rawClient();
  client.socket.pause();
  client.socket.on("error", () => {});
  client.socket.write(
    `{"jsonrpc":"2.0","id":0,"method":"hello","params":{"protocolVersion":1,"token":"${token()}","client":"t"}}\n`,
  );
  const before = await rss();
  // 60,000 requests whose answers would take about 300 MB.
  for (let id = 1; id <= 60_000; id += 1) {
    client.socket.write(`{"jsonrpc":"2.0","id":${id},"method":"tool.list","params":{}}\n`);
  }
  expect(await isServing()).toBe(true);
  expect((await rss()) - before).toBeLessThan(100 * 1024 * 1024);
  client.socket.destroy();
  expect(await isServing()).toBe(true);
});

async function rss(): Promise<number> {
  const face = await connectTo(helper.home);
  const { rssBytes } = await face.request("helper.status", {});
  face.close();
  return rssBytes;
}

test("unknown methods, wrong parameters and unknown names say what to do", async () => {
  const face = await connectTo(helper.home);
  const untyped = face.request as (method: string, params: unknown) => Promise<unknown>;
  await expect(untyped("session.show", { session: "nope" })).rejects.toMatchObject({
    code: "unknown-session",
    message: expect.stringContaining("loopd sessions list"),
  });
  await expect(untyped("endpoint.show", { name: "nope" })).rejects.toMatchObject({ code: "unknown-endpoint" });
  await expect(untyped("tool.show", { name: "files_raed" })).rejects.toMatchObject({
    code: "unknown-tool",
    message: expect.stringContaining("files_read"),
  });
  await expect(untyped("card.resolve", { cardId: "nope", resolution: "approved", by: "t" })).rejects.toMatchObject({
    code: "unknown-card",
  });
  const request = { requestId: "r", workspace: "/", input: "hi" };
  await expect(untyped("turn.submit", { ...request, endpoint: "nope" })).rejects.toMatchObject({
    code: "unknown-endpoint",
  });
  await expect(untyped("turn.submit", { ...request, overrides: { tools: ["nope"] } })).rejects.toMatchObject({
    code: "unknown-tool",
  });
  await expect(untyped("turn.submit", { ...request, workspace: "/no/such/folder" })).rejects.toMatchObject({
    code: "workspace-missing",
  });
  await expect(untyped("turn.submit", { ...request, input: "   " })).rejects.toMatchObject({ code: "invalid-params" });
  await expect(untyped("turn.submit", { ...request, input: "x".repeat(5_000_000) })).rejects.toMatchObject({
    code: "prompt-too-large",
  });
  face.close();
});

test("a request can be cancelled, and many can be open at once", async () => {
  const face = await connectTo(helper.home);
  const answers = await Promise.all(Array.from({ length: 200 }, () => face.request("helper.status", {})));
  expect(answers).toHaveLength(200);
  const controller = new AbortController();
  controller.abort();
  await expect(face.request("helper.status", {}, controller.signal)).rejects.toMatchObject({ code: "cancelled" });
  face.close();
});
