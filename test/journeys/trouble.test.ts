import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { socketPathOf } from "../../src/protocol/connect.ts";
import { connectTo } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { gate, script } from "../fakes/model-server.ts";

test("a database that another program locks holds a turn up and loses nothing of it", async () => {
  const held = gate();
  const { helper, face, server, workspace } = await journey(script().says("answered").holds(held));
  let stalled: (code: string) => void = () => {};
  const hasStalled = new Promise<string>((resolve) => (stalled = resolve));
  const listener = await connectTo(helper.home, (name, value) => {
    if (name === "turn.stalled" && "code" in value) stalled(value.code);
  });
  await listener.request("entries.follow", { after: 0 });
  await face.submit({ input: "hello", workspace });
  await server.received(1);
  const other = new Database(join(helper.home, "loopd.db"));
  other.exec("BEGIN IMMEDIATE");
  held.release();
  expect(await hasStalled).toBe("store-busy");
  await expect(face.submit({ input: "another", workspace })).rejects.toMatchObject({ code: "store-busy" });
  other.close();
  const end = await face.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "answered" });
  expect(server.requests).toHaveLength(1);
});

test("the helper stops although a client has asked for much and reads nothing", async () => {
  const { helper } = await journey(script().says("ok"));
  const token = readFileSync(join(helper.home, "run", "token"), "utf8").trim();
  const client = createConnection(socketPathOf(helper.home));
  client.on("error", () => {});
  client.pause();
  const hello = { protocolVersion: 1, token, client: "t" };
  client.write(`${JSON.stringify({ jsonrpc: "2.0", id: 0, method: "hello", params: hello })}\n`);
  for (let id = 1; id <= 5_000; id += 1) {
    client.write(`${JSON.stringify({ jsonrpc: "2.0", id, method: "tool.list", params: {} })}\n`);
  }
  const face = await connectTo(helper.home);
  await face.request("helper.stop", {});
  expect(await helper.exited).toBe(0);
  client.destroy();
});

test("a runner that failed tries again by itself, and the turn still ends once", async () => {
  const held = gate();
  const { helper, face, server, workspace } = await journey(script().says("lost").holds(held).says("kept"));
  const { session } = await face.submit({ input: "hello", workspace });
  await server.received(1);
  const other = new Database(join(helper.home, "loopd.db"));
  onTestFinished(() => void other.close());
  other.exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.kind = 'model.responded' BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  const stalled = new Promise<string>((resolve) => {
    void connectTo(helper.home, (name, value) => {
      if (name === "turn.stalled" && "code" in value) resolve(value.code);
    }).then((listener) => listener.request("entries.follow", { after: 0 }).then(() => held.release()));
  });
  expect(await stalled).toBe("store-failed");
  other.exec("DROP TRIGGER refuse");
  const end = await face.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "kept" });
  const { entries } = await face.connection.request("entries.read", { session, limit: 1000 });
  expect(entries.filter((entry) => entry.kind === "turn.finished")).toHaveLength(1);
});
