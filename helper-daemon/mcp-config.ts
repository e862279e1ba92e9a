import { LoopdError } from "../src/protocol/errors.ts";
import type { McpServerRow, ParsedParamsOf } from "../src/protocol/requests.ts";
import type { McpServers } from "../src/tools/mcp/mcp-servers.ts";
import type { ConfigFile } from "./config-file.ts";

/** The `mcpServers` of `config.json`, as a person changes them. */
export interface McpConfig {
  /** @throws LoopdError `server-exists`, `config-invalid`. */
  add(params: ParsedParamsOf<"mcp.add">): Promise<McpServerRow>;
  /** @throws LoopdError `unknown-server`. */
  remove(name: string): void;
}

/** Edits the connected servers of a home. */
export function createMcpConfig(_: { file: ConfigFile; servers: McpServers }): McpConfig {
  const missing = () => {
    throw new LoopdError("internal", "not built yet");
  };
  return { add: missing, remove: missing };
}
