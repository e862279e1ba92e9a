import { estimateTokens } from "../src/agent/context/estimate-tokens.ts";
import { systemText } from "../src/agent/context/system-text.ts";

/** Tokens, ceil(UTF-8 bytes / 3.5), of the system text of a new session in a folder. */
export function systemTokens(workspace: string, memoryIndex: string): number {
  return estimateTokens(Buffer.byteLength(systemText({ workspace, nonce: "00000000" }, memoryIndex)), 1);
}
