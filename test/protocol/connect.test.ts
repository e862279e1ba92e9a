import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../src/protocol/connect.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

/** A helper of another make: says hello, then what it is told to say. */
async function strangeHelper(says: string): Promise<string> {
  const folder = temporaryFolder("strange");
  const socketPath = join(folder, "s");
  const server = createServer((socket: Socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const result = { protocolVersion: 1, version: "9", pid: 1, home: "/" };
      socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, result })}\n${says}\n`);
    });
  });
  await new Promise<void>((listening) => server.listen(socketPath, listening));
  onTestFinished(() => {
    server.close();
    removeFolder(folder);
  });
  return socketPath;
}

test("what a newer helper says and this face cannot parse ends the connection with a reason, not the face", async () => {
  const entry = { v: 1, seq: 1, id: "e", session: "s", at: "", boot: "b", mono: 0, kind: "dream.dreamt", data: {} };
  const params = { subscription: "f1", entries: [entry] };
  const socketPath = await strangeHelper(JSON.stringify({ jsonrpc: "2.0", method: "entries.added", params }));
  const connection = await connect({ socketPath, token: "t", client: "test" }, () => {});
  const reason = await connection.closed;
  expect(reason).toMatchObject({ code: "protocol-garbage", message: expect.stringContaining("newest loopd") });
  await expect(connection.request("helper.status", {})).rejects.toMatchObject({ code: "protocol-garbage" });
});

test("a header that cannot be given is named with the reason", async () => {
  const connection = await connect({ socketPath: await strangeHelper(""), token: "t", client: "test" }, () => {});
  const refused = (headers: Record<string, string>) =>
    connection.request("endpoint.set", { name: "x", changes: {}, headers }).catch((error: Error) => error.message);
  expect(await refused({ Host: "h" })).toContain("headers.Host: another header; loopd itself says");
  expect(await refused({ "X A": "h" })).toContain("headers.X A: a header's name, such as X-Organisation");
  connection.close();
});
