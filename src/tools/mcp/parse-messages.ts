import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";

const OPENING = new Set(["{", "["].map((character) => character.charCodeAt(0)));
/** Characters around a line that say nothing. */
const BLANK = new Set([9, 10, 13, 32]);

/**
 * Messages of one line: none for an empty one, several for a batch. Undefined for what is no JSON-RPC, which is told
 * from its first byte wherever that is possible: a flood of it must cost next to nothing.
 */
export function parseMessages(line: Buffer): JSONRPCMessage[] | undefined {
  const first = line.find((byte) => !BLANK.has(byte));
  if (first === undefined) return [];
  if (!OPENING.has(first)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line.toString("utf8"));
  } catch {
    return undefined;
  }
  const messages = Array.isArray(value) ? value : [value];
  return messages.every(isMessage) ? messages : undefined;
}

function isMessage(value: unknown): value is JSONRPCMessage {
  if (typeof value !== "object" || value === null) return false;
  const { jsonrpc, method, id } = value as { jsonrpc?: unknown; method?: unknown; id?: unknown };
  return jsonrpc === "2.0" && (typeof method === "string" || id !== undefined);
}
