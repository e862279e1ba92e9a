import { type McpServerConfig, mcpServerSchema } from "../src/protocol/config.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { McpServerRow, ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Json } from "../src/protocol/values.ts";
import { type McpServers, unknownServer } from "../src/tools/mcp/mcp-servers.ts";
import type { ConfigFile, RawConfig } from "./config-file.ts";

/** The `mcpServers` of `config.json`, as a person changes them. */
export interface McpConfig {
  /**
   * Adds a server and starts it once, to see whether it works; it stays either way.
   * @throws LoopdError `server-exists`, `config-invalid`.
   */
  add(params: ParsedParamsOf<"mcp.add">): Promise<McpServerRow>;
  /** @throws LoopdError `unknown-server`. */
  remove(name: string): void;
}

/** Edits the connected servers of a home. */
export function createMcpConfig({ file, servers }: { file: ConfigFile; servers: McpServers }): McpConfig {
  const names = () => Object.keys(file.current().mcpServers);
  return {
    async add({ name, server, isReplacing }) {
      if (!isReplacing && names().includes(name)) {
        throw new LoopdError(
          "server-exists",
          `There already is an MCP server "${name}", so nothing was changed. Replace it with --replace, or: loopd mcp remove ${name}`,
        );
      }
      file.edit((raw) => void (serversOf(raw)[name] = withoutDefaults(server)));
      const signal = new AbortController().signal;
      const [row] = await servers.status({ name, isStarting: true, signal });
      if (row === undefined) throw unknownServer(name, names());
      return row;
    },
    remove(name) {
      if (!names().includes(name)) throw unknownServer(name, names());
      file.edit((raw) => void delete serversOf(raw)[name]);
      // Asked for, they see what is configured now, and end what is not.
      servers.tools();
    },
  };
}

function serversOf(raw: RawConfig): { [name: string]: Json } {
  return (raw["mcpServers"] ??= {}) as { [name: string]: Json };
}

/** The entry as a person would write it. */
function withoutDefaults(server: McpServerConfig): Json {
  const { command, url } = server;
  const defaults = mcpServerSchema.parse(command === undefined ? { url } : { command });
  const said = Object.entries(server).filter(([key, value]) => {
    const usual = defaults[key as keyof McpServerConfig];
    return key === "command" || key === "url" || JSON.stringify(value) !== JSON.stringify(usual);
  });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined)) as Json;
}
