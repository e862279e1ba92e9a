import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";

/** The key that every WebSocket handshake ends with, by RFC 6455. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A small MCP server over WebSocket. Its tool `gone` drops the connection. */
export async function startWebSocketServer(): Promise<{ url: string }> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on("upgrade", (request, socket: Duplex) => {
    sockets.add(socket);
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
    const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, "Sec-WebSocket-Protocol: mcp", "", ""].join("\r\n"));
    let held = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (let frame = frameOf(held); frame !== undefined; frame = frameOf(held)) {
        held = held.subarray(frame.length);
        if (frame.text !== undefined) answer(JSON.parse(frame.text) as Message, socket);
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

interface Message {
  id?: number;
  method?: string;
  params?: { name?: string };
}

/** The first whole frame of a client, which is always masked. No text: a frame that is none. */
function frameOf(bytes: Buffer): { length: number; text: string | undefined } | undefined {
  if (bytes.length < 8) return undefined;
  const short = (bytes[1] ?? 0) & 127;
  const start = short === 126 ? 4 : 2;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  const length = start + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const text = Buffer.from(bytes.subarray(start + 4, length)).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { length, text: ((bytes[0] ?? 0) & 15) === 1 ? Buffer.from(text).toString("utf8") : undefined };
}

function answer({ id, method, params }: Message, socket: Duplex): void {
  if (id === undefined) return;
  if (params?.name === "gone") return void socket.destroy();
  const serverInfo = { name: "ws", version: "1" };
  const results: Record<string, object> = {
    initialize: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo },
    "tools/list": { tools: ["echo", "gone"].map((name) => ({ name, inputSchema: { type: "object" } })) },
    "tools/call": { content: [{ type: "text", text: "here" }] },
  };
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, result: results[method ?? ""] ?? {} }));
  const head = body.length < 126 ? [0x81, body.length] : [0x81, 126, body.length >> 8, body.length & 255];
  socket.write(Buffer.concat([Buffer.from(head), body]));
}
