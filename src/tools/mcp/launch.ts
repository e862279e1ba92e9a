import { createHash } from "node:crypto";
import type { McpServerConfig } from "../../protocol/config.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { McpServerRow } from "../../protocol/requests.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A program to start, with every variable expanded. */
export interface StdioLaunch {
  transport: "stdio";
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd?: string;
}
/** A running server to talk to, with every variable expanded. */
export interface UrlLaunch {
  transport: "http" | "sse" | "ws";
  url: URL;
  headers: Readonly<Record<string, string>>;
}
/** How to get at a server. */
export type Launch = StdioLaunch | UrlLaunch;

/** How a configured server is talked to. */
export function transportOf({ type, command, url = "" }: McpServerConfig): McpServerRow["transport"] {
  if (type !== undefined) return type;
  if (command !== undefined) return "stdio";
  return /^wss?:/i.test(url) ? "ws" : "http";
}

/** Names the server as it is started or reached: the same as long as nothing of that changes. Tells no secret. */
export function launchKeyOf(name: string, config: McpServerConfig): string {
  const { command, args, env, cwd, url, type, headers } = config;
  const parts = JSON.stringify([name, type, command, args, Object.entries(env), cwd, url, Object.entries(headers)]);
  return createHash("sha256").update(parts).digest("hex").slice(0, 32);
}

/**
 * What a configuration says to start or to reach; `${VAR}` and `${VAR:-default}` come from the helper's environment.
 * @throws LoopdError `mcp-failed`, naming the variable that is not set, or what does not fit together.
 */
export function launchOf(config: McpServerConfig, environment: Environment): Launch {
  const missing = new Set<string>();
  const expand = (text: string) => expanded(text, environment, missing);
  const transport = transportOf(config);
  const { command, args, env, cwd, url, headers } = config;
  const launch =
    transport === "stdio"
      ? {
          transport,
          command: expand(command ?? ""),
          args: args.map(expand),
          env: mapValues(env, expand),
          cwd: cwd === undefined ? undefined : expand(cwd),
        }
      : { transport, url: expand(url ?? ""), headers: mapValues(headers, expand) };
  if (missing.size > 0) {
    const names = [...missing].join(", ");
    const one = [...missing][0];
    throw failed(
      `its configuration uses ${names}, which is not set in the helper's environment. Set it and restart the helper, or give a default: \${${one}:-value}`,
    );
  }
  if (launch.transport !== "stdio") return { ...launch, url: checkedUrl(launch.transport, launch.url, headers) };
  if (launch.command === "") throw failed("its configuration names no program to start");
  if ([launch.command, ...launch.args].some((word) => word.includes("\0")))
    throw failed("its command holds a NUL character");
  return launch;
}

function checkedUrl(transport: UrlLaunch["transport"], text: string, headers: McpServerConfig["headers"]): URL {
  const wanted = transport === "ws" ? /^wss?:$/ : /^https?:$/;
  if (!URL.canParse(text) || !wanted.test(new URL(text).protocol)) {
    throw failed(`its url is no ${transport === "ws" ? "ws or wss" : "http or https"} address`);
  }
  if (transport === "ws" && Object.keys(headers).length > 0) {
    throw failed("headers cannot be sent to a WebSocket server; put what it needs into its url");
  }
  return new URL(text);
}

const failed = (why: string) => new LoopdError("mcp-failed", `It cannot be started: ${why}.`);

/** As in a shell: a default also stands for an empty value. Other uses of `${` stay as they are. */
function expanded(text: string, environment: Environment, missing: Set<string>): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (_, name: string, other: string | undefined) => {
    const value = environment[name];
    if (other !== undefined) return value === undefined || value === "" ? other : value;
    if (value === undefined) missing.add(name);
    return value ?? "";
  });
}

function mapValues(record: Readonly<Record<string, string>>, change: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
