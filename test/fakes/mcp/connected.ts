import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import type * as z from "zod";
import type { CallContext, Outcome } from "../../../src/agent/ports.ts";
import { limitsSchema, mcpServerSchema } from "../../../src/protocol/config.ts";
import type { McpServerRow } from "../../../src/protocol/requests.ts";
import type { Json } from "../../../src/protocol/values.ts";
import { createCatalogue } from "../../../src/tools/catalogue.ts";
import { createMcpServers, type McpServers } from "../../../src/tools/mcp/mcp-servers.ts";
import { endMarked } from "../../../src/tools/runner/end-processes.ts";
import { markedProcesses } from "../../../src/tools/runner/process-table.ts";
import { removeFolder, temporaryFolder } from "../helper.ts";
import { type World, world } from "../../tools/world.ts";

type Configs = Record<string, z.input<typeof mcpServerSchema>>;
type Context = Partial<Pick<CallContext, "signal" | "progress" | "restartLimit" | "ask">>;

/** Servers as the helper connects them, without a helper. */
export interface Connected {
  servers: McpServers;
  world: World;
  /** What went to the helper's log. */
  log: string[];
  /** Resolves once the log has a line with these words. */
  logged(words: string | RegExp): Promise<string>;
  /** Their tools, once they are known. */
  names(): Promise<string[]>;
  schema(name: string): Json | undefined;
  /** A call as the loop does it. */
  call(name: string, input?: Json, context?: Context): Promise<Outcome>;
  status(name: string): Promise<McpServerRow>;
  configure(configs: Configs): void;
  processes(): Promise<number[]>;
  cacheFolder: string;
  /** Another set of servers over the same cache, as after a restart of the helper. */
  again(): Connected;
}

/** How to start the hostile server. */
export function hostile(manner = "works", file = ""): { command: string; args: string[] } {
  return { command: process.execPath, args: [resolve(import.meta.dirname, "hostile.mjs"), manner, file] };
}

/** Connects servers; all that they start is gone after the test. */
export async function connected(configs: Configs, environment: Record<string, string> = {}): Promise<Connected> {
  const folder = temporaryFolder("mcp");
  onTestFinished(() => removeFolder(folder));
  return connect(await world(), join(folder, "cache"), configs, { ...process.env, ...environment });
}

function connect(
  place: World,
  cacheFolder: string,
  configs: Configs,
  environment: Record<string, string | undefined>,
): Connected {
  const parsed = (all: Configs) =>
    Object.fromEntries(Object.entries(all).map(([name, config]) => [name, mcpServerSchema.parse(config)]));
  let now = parsed(configs);
  const log: string[] = [];
  const waiting = new Set<() => void>();
  const servers = createMcpServers({
    servers: () => now,
    cacheFolder,
    environment,
    log(level, { server }, message) {
      log.push(`${level} ${server}: ${message}`);
      for (const look of [...waiting]) look();
    },
  });
  const first = servers.marks();
  onTestFinished(async () => {
    await servers.close();
    await endMarked([...first, ...servers.marks()]);
  });
  const limits = limitsSchema.parse({});
  const { book, inspect, run } = createCatalogue({ tools: [], connected: servers.tools, limits: () => limits });
  const never = new AbortController().signal;
  let calls = 0;
  return {
    servers,
    world: place,
    log,
    logged: (words) =>
      new Promise((done) => {
        const look = () => {
          const line = log.find((one) => one.match(words));
          if (line === undefined) return;
          waiting.delete(look);
          done(line);
        };
        waiting.add(look);
        look();
      }),
    async names() {
      await servers.ready(never);
      return servers.tools().map(({ name }) => name);
    },
    schema: (name) => book.schemaOf(name)?.input_schema,
    async call(name, input = {}, context = {}) {
      await servers.ready(never);
      const read = book.parse(name, input);
      if (read.type === "invalid") return { kind: "invalid", text: read.message, isSideEffectPossible: false };
      calls += 1;
      const effect = book.find(name)?.effect ?? "exec";
      const call = { callId: `call.${calls}`, name, arguments: read.arguments, effect };
      const facts = await inspect(call, place.place);
      const whole = { ...call, facts, session: "s", turn: "t", attempt: 1, overrides: {} };
      return run(whole, place.place, {
        callId: call.callId,
        signal: never,
        progress: () => undefined,
        restartLimit: () => undefined,
        standStill: (until) => until,
        ask: () => Promise.reject(new Error("nobody is there to ask")),
        request: () => Promise.reject(new Error("there is no helper")),
        spawned: () => Promise.resolve(),
        ...context,
      });
    },
    async status(name) {
      const [row] = await servers.status({ name, isStarting: false, signal: never });
      if (row === undefined) throw new Error(`no server ${name}`);
      return row;
    },
    configure: (next) => void (now = parsed(next)),
    processes: async () => (await markedProcesses([...first, ...servers.marks()])).map(({ pid }) => pid),
    cacheFolder,
    again: () => connect(place, cacheFolder, configs, environment),
  };
}
