import { createHash } from "node:crypto";
import type { McpServerConfig } from "../../protocol/config.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { McpServerRow } from "../../protocol/requests.ts";
import type { Tool } from "../define-tool.ts";
import { tokensOf, toolSchemaOf } from "../tool-schema.ts";
import { loadChecks } from "./check-input.ts";
import { launchKeyOf } from "./launch.ts";
import { McpServer } from "./server.ts";
import { createServerShelf } from "./server-shelf.ts";
import { openToolCache } from "./tool-cache.ts";
import { pause } from "./wait.ts";

/** What the connected servers need from the helper. */
export interface McpOptions {
  /** `mcpServers` of the configuration, asked each time; the same object until it changes. */
  servers: () => Readonly<Record<string, McpServerConfig>>;
  /** Folder of the home that keeps the tool lists of earlier runs. */
  cacheFolder: string;
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
  /** How each server is. `isStarting`: those that do not run are started first. @throws LoopdError `unknown-server` */
  status(options: { name?: string; isStarting: boolean; signal: AbortSignal }): Promise<McpServerRow[]>;
  /** Marks (`LOOPD_CALL`) that the processes of all servers carry, so that what an earlier helper left can be ended. */
  marks(): string[];
  /** Ends every server with its whole process tree. */
  close(): Promise<void>;
}

/** A turn does not wait longer for a server that has failed before. */
const IMPATIENT_MS = 2_000;
/** While a server runs, the configuration is looked at so often: one that was removed must not run on. */
const LOOK_EVERY_MS = 5_000;

/** Makes the servers; nothing is started yet. */
export function createMcpServers({ servers: configured, cacheFolder, environment, log }: McpOptions): McpServers {
  const home = createHash("sha256").update(cacheFolder).digest("hex").slice(0, 12);
  const markOf = (name: string) => `mcp-${home}-${name}`;
  const cache = openToolCache(cacheFolder);
  const servers = new Map<string, McpServer>();
  /** Names whose earlier server is still being ended. */
  const ending = new Map<string, Promise<void>>();
  const shelf = createServerShelf(servers);
  let seen: Readonly<Record<string, McpServerConfig>> | undefined;
  let isClosed = false;
  let look: NodeJS.Timeout | undefined;

  const end = (name: string, server: McpServer) => {
    servers.delete(name);
    const ended = server.close().catch(() => undefined);
    const all = Promise.all([ending.get(name), ended]).then(() => {
      if (ending.get(name) === all) ending.delete(name);
    });
    ending.set(name, all);
  };
  const open = (name: string, config: McpServerConfig, key: string) => {
    const options = { name, config, key, mark: markOf(name), cache, environment };
    const write = (level: "info" | "warn", message: string) => log(level, { server: name }, message);
    const after = ending.get(name) ?? Promise.resolve();
    servers.set(name, new McpServer({ ...options, log: write, after, onChange: shelf.changed }));
  };
  /** Brings the servers in line with the configuration. */
  const reconcile = () => {
    const now = configured();
    if (now === seen || isClosed) return;
    seen = now;
    for (const [name, server] of [...servers]) {
      const config = Object.hasOwn(now, name) ? now[name] : undefined;
      const isSame = config !== undefined && launchKeyOf(name, config) === server.key;
      if (isSame && !(config.disabled && !server.config.disabled)) continue;
      if (!isSame) cache.remove(server.key);
      end(name, server);
    }
    for (const [name, config] of Object.entries(now)) {
      const known = servers.get(name);
      if (known === undefined) open(name, config, launchKeyOf(name, config));
      else known.config = config;
    }
    shelf.changed();
    if (enabled().length > 0) void loadChecks().catch(() => undefined);
  };
  const enabled = () => [...servers.values()].filter((server) => !server.config.disabled);
  const watchConfiguration = () => {
    look ??= setInterval(reconcile, LOOK_EVERY_MS).unref();
  };
  const start = async (server: McpServer, signal: AbortSignal, manner: "patient" | "now") => {
    watchConfiguration();
    const limit = new AbortController();
    const both = AbortSignal.any([signal, limit.signal]);
    if (manner === "patient" && server.hasFailed) {
      void pause(IMPATIENT_MS, both).then(
        () => limit.abort(),
        () => undefined,
      );
    }
    await server.connect(both, manner).catch(() => undefined);
    limit.abort();
  };

  return {
    tools() {
      reconcile();
      return shelf.tools();
    },
    async ready(signal) {
      reconcile();
      if (enabled().length === 0) return;
      watchConfiguration();
      const unknown = enabled().filter((server) => server.listing === undefined);
      await Promise.all([loadChecks(), ...unknown.map((server) => start(server, signal, "patient"))]);
    },
    async status({ name, isStarting, signal }) {
      reconcile();
      if (name !== undefined && !servers.has(name)) throw unknownServer(name, [...servers.keys()]);
      const chosen = [...servers].filter(([one]) => name === undefined || one === name);
      const idle = chosen.filter(([, server]) => isStarting && !server.config.disabled);
      await Promise.all(idle.map(([, server]) => start(server, signal, "now")));
      const rows = chosen.map(async ([one, server]): Promise<McpServerRow> => {
        const tools = shelf.tools().filter((tool) => tool.server === one);
        const tokens = tools.reduce((sum, tool) => sum + tokensOf(toolSchemaOf(tool)), 0);
        return { ...(await server.status()), tools: tools.map((tool) => tool.name), tokens };
      });
      return (await Promise.all(rows)).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    marks: () => Object.keys(configured()).map(markOf),
    async close() {
      isClosed = true;
      clearInterval(look);
      for (const [name, server] of [...servers]) end(name, server);
      await Promise.all(ending.values());
    },
  };
}

/** A name that no server has. */
export function unknownServer(name: string, known: readonly string[]): LoopdError {
  const names = known.length === 0 ? "none" : [...known].sort().join(", ");
  return new LoopdError("unknown-server", `There is no MCP server "${name}". Known: ${names}. See: loopd mcp list`);
}
