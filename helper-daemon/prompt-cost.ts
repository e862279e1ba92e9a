import { systemText } from "../src/agent/context/system-text.ts";

/** Tokens, ceil(UTF-8 bytes / 3.5), of the system text of a new session in a folder. */
export function systemTokens(workspace: string, memoryIndex: string): number {
  return Math.ceil(Buffer.byteLength(systemText({ workspace, nonce: "00000000" }, memoryIndex)) / 3.5);
}
