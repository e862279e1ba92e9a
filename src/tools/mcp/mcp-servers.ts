import type { McpServerConfig } from "../../protocol/config.ts";
import type { McpServerRow } from "../../protocol/requests.ts";
import type { Tool } from "../define-tool.ts";

/** What the connected servers need from the helper. */
export interface McpOptions {
  /** `mcpServers` of the configuration, asked each time; the same object until it changes. */
  servers: () => Readonly<Record<string, McpServerConfig>>;
  /** Folder of the home that keeps the tool lists of earlier runs. */
  cacheFolder: string;
  /** Default limit of a call in milliseconds. */
  limitMs: () => number;
  environment: Readonly<Record<string, string | undefined>>;
  /** A line for the helper's log. */
  log: (level: "info" | "warn", fields: { server: string; [key: string]: unknown }, message: string) => void;
}

/** Every connected MCP server: one shared instance each, started when it is needed. */
export interface McpServers {
  /** Tools of all enabled servers, as far as they are known; the same array until something changes. */
  tools(): readonly Tool[];
  /** Resolves once the tools of every enabled server are known, or it cannot be asked now. */
  ready(signal: AbortSignal): Promise<void>;
  status(options: { name?: string; isStarting: boolean; signal: AbortSignal }): Promise<McpServerRow[]>;
  /** Marks (`LOOPD_CALL`) that the processes of all servers carry, so that what an earlier helper left can be ended. */
  marks(): string[];
  /** Ends every server with its whole process tree. */
  close(): Promise<void>;
}

/** Makes the servers; nothing is started yet. */
export function createMcpServers(_: McpOptions): McpServers {
  return {
    tools: () => [],
    ready: () => Promise.resolve(),
    status: () => Promise.resolve([]),
    marks: () => [],
    close: () => Promise.resolve(),
  };
}
