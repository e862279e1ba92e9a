import { readFileSync } from "node:fs";
import * as z from "zod";
import { type McpServerConfig, mcpNameSchema, mcpServerSchema } from "../../protocol/config.ts";
import { usage } from "./failure.ts";
import { parseJsonWithComments } from "./json-with-comments.ts";

/** What of a file of another program could be taken. */
export interface ImportedServers {
  servers: { name: string; server: Partial<McpServerConfig> }[];
  /** What was left out or needs a person, one sentence each. Tells no value: it may be a secret. */
  ignored: string[];
}

const objectSchema = z.record(z.string(), z.unknown());
/** What other programs call a transport. */
const TYPES: Readonly<Record<string, McpServerConfig["type"]>> = {
  stdio: "stdio",
  http: "http",
  "streamable-http": "http",
  streamableHttp: "http",
  sse: "sse",
  ws: "ws",
  websocket: "ws",
};
const TAKEN = ["command", "args", "env", "cwd", "url", "headers", "disabled"] as const;
const LEAST_MS = 10;
const MOST_MS = 86_400_000;

/**
 * Reads the servers of a file of Claude Desktop or Cursor (`mcpServers`) or VS Code (`servers`, or `mcp.servers` in its
 * settings), with comments and trailing commas.
 * @throws LoopdError `usage`
 */
export function importedServers(file: string): ImportedServers {
  const entries = Object.entries(serversIn(parsedFile(file), file));
  const ignored: string[] = [];
  const servers: ImportedServers["servers"] = [];
  for (const [given, value] of entries) {
    const name = usableName(given, new Set(servers.map((one) => one.name)));
    if (name === undefined) {
      ignored.push(`${JSON.stringify(given)} was not taken: no usable name can be made of it.`);
      continue;
    }
    if (name !== given) ignored.push(`${JSON.stringify(given)} is called ${name} here.`);
    const { server, problems, isTaken } = importedServer(value);
    ignored.push(...problems.map((problem) => `${name}: ${problem}`));
    if (isTaken) servers.push({ name, server });
  }
  if (entries.length === 0) ignored.push(`${file} names no servers.`);
  return { servers, ignored };
}

function parsedFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw usage(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown"}).`);
  }
  try {
    return parseJsonWithComments(text);
  } catch {
    throw usage(`${file} is not valid JSON, not even with comments and trailing commas.`);
  }
}

function serversIn(value: unknown, file: string): Record<string, unknown> {
  const root = objectSchema.safeParse(value).data ?? {};
  const places = [root["mcpServers"], root["servers"], objectSchema.safeParse(root["mcp"]).data?.["servers"]];
  const found = [...places, root["mcp.servers"]].find((place) => objectSchema.safeParse(place).success);
  if (found !== undefined) return objectSchema.parse(found);
  throw usage(`${file} has no "mcpServers" (Claude Desktop, Cursor) and no "servers" or "mcp.servers" (VS Code).`);
}

/** The name, or what is left of it when only what a name may have is kept. */
function usableName(given: string, taken: ReadonlySet<string>): string | undefined {
  const clean = given
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/_{2,}/g, "_")
    .replace(/^[^A-Za-z0-9]+/, "")
    .replace(/-+$/, "")
    .slice(0, 32);
  return mcpNameSchema.safeParse(clean).success && !taken.has(clean) ? clean : undefined;
}

function importedServer(value: unknown): { server: Partial<McpServerConfig>; problems: string[]; isTaken: boolean } {
  const problems: string[] = [];
  const entry = objectSchema.safeParse(value).data;
  const refused = (why: string) => ({ server: {}, problems: [`not taken: ${why}.`], isTaken: false });
  if (entry === undefined) return refused("it is no object");
  const server: Record<string, unknown> = {};
  for (const key of TAKEN) if (entry[key] !== undefined && entry[key] !== null) server[key] = entry[key];
  server["url"] ??= entry["serverUrl"];
  if (server["url"] === undefined) delete server["url"];
  const { type, timeout } = entry;
  if (typeof type === "string" && TYPES[type] !== undefined) server["type"] = TYPES[type];
  else if (type !== undefined) problems.push(`its type is not known, so it is told from its command or url.`);
  if (typeof timeout === "number" && timeout >= LEAST_MS && timeout <= MOST_MS) server["timeLimitMs"] = timeout;
  for (const key of ["env", "headers"]) {
    const values = objectSchema.safeParse(server[key]).data;
    if (values !== undefined) server[key] = asTexts(values);
  }
  const known = [...TAKEN, "type", "timeout", "serverUrl"] as readonly string[];
  const others = Object.keys(entry).filter((key) => !known.includes(key));
  if (others.length > 0) problems.push(`left out, as loopd has no such setting: ${others.join(", ")}.`);
  const own = translated(server, problems);
  const parsed = mcpServerSchema.safeParse(own);
  if (parsed.success) return { server: own as Partial<McpServerConfig>, problems, isTaken: true };
  const [issue] = parsed.error.issues;
  return refused(`${issue?.path.join(".") || "the entry"}: ${issue?.message ?? "it does not fit"}`);
}

/** Other programs take numbers and truth values for variables; null stands for none. */
function asTexts(values: Record<string, unknown>): Record<string, unknown> {
  const said = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(
    said.map(([name, value]) => [name, ["number", "boolean"].includes(typeof value) ? String(value) : value]),
  );
}

/** Every text with `${env:VAR}` as loopd writes it; what another program would have filled in is named. */
function translated(value: unknown, problems: string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => translated(one, problems));
  const entries = objectSchema.safeParse(value).data;
  if (entries !== undefined)
    return Object.fromEntries(Object.entries(entries).map(([key, one]) => [key, translated(one, problems)]));
  if (typeof value !== "string") return value;
  return value.replace(/\$\{([^}]*)\}/g, (whole, inside: string) => {
    const [kind = "", ...rest] = inside.split(":");
    const name = rest.join(":");
    if (kind === "env" && /^[A-Za-z_]\w*$/.test(name)) return `\${${name}}`;
    if (inside === "userHome") return "${HOME}";
    if (kind === "input" && name !== "") {
      const variable = name
        .replace(/\W+/g, "_")
        .replace(/^(?=\d)/, "_")
        .toUpperCase();
      problems.push(
        `\${input:${name}} is asked for by VS Code; here it is \${${variable}}: set that variable for the helper, or replace it in the entry.`,
      );
      return `\${${variable}}`;
    }
    if (!/^[A-Za-z_]\w*(?::-.*)?$/.test(inside) || /^workspaceFolder|^file|^cwd$|^pathSeparator$/.test(inside))
      problems.push(`${whole} is filled in by the other program, not by loopd: put a real value there.`);
    return whole;
  });
}
