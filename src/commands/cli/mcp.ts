import { type Command, Option } from "commander";
import { type McpServerConfig, mcpNameSchema } from "../../protocol/config.ts";
import { asLoopdError, exitCodeOf } from "../../protocol/errors.ts";
import type { McpServerRow } from "../../protocol/requests.ts";
import { count, plural } from "../present/quantity.ts";
import { ExitWith, sayFailure, usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { importedServers } from "./mcp-import.ts";
import { entryOf, keyAndValue, type ServerFlags } from "./mcp-options.ts";
import { examples, several } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { statusLines } from "./mcp-status.ts";

interface AddOptions extends ServerFlags {
  from?: string;
  replace?: boolean;
  json?: boolean;
}
type Entry = { name: string; server: Partial<McpServerConfig> };

/** `loopd mcp`: servers whose tools the model can call. */
export function addMcp(program: Command): void {
  const mcp = program
    .command("mcp")
    .description("Connect MCP servers, whose tools the model can call.")
    .addHelpText("after", examples("loopd mcp add --from ~/.cursor/mcp.json", "loopd mcp status"));

  mcp
    .command("add")
    .argument("[name...]", "what to call it; with --from, which ones to take (default: all)")
    .description("Add a server, start it once and tell its tools.")
    .option("--command <program>", "program to start")
    .option("--arg <word>", "argument of the program; once for each", several, [])
    .option("--env <name=value>", "variable of the program; ${VAR} comes from the helper's environment", pairs("--env"))
    .option("--cwd <folder>", "folder to start it in")
    .option("--url <url>", "address of a running server: http(s) or ws(s)")
    .option("--header <name=value>", "header to send to it", pairs("--header"))
    .addOption(new Option("--type <type>", "how to talk to it").choices(["stdio", "http", "sse", "ws"]))
    .option("--time-limit <time>", "limit of one call, such as 30s or 5m; progress restarts it")
    .option("--trust", "believe what it says about reading only; its reading tools need no approval")
    .option("--listed", "put its tools into every prompt; otherwise the model looks for them")
    .option("--from <file>", "take the servers of a file of Claude Desktop, Cursor or VS Code")
    .option("--replace", "replace servers of the same name")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "loopd mcp add files --command npx --arg -y --arg @modelcontextprotocol/server-filesystem --arg ~/Documents",
        "loopd mcp add tracker --url https://example.com/mcp --header 'Authorization=Bearer ${TRACKER_TOKEN}'",
        "loopd mcp add --from ~/.cursor/mcp.json",
      ) +
        "\n\nIn single quotes, ${VAR} is kept and read from the helper's environment, so no secret need be in a file.",
    )
    .action(add);

  mcp
    .command("list")
    .description("List the servers as they are, without starting any.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd mcp list --json"))
    .action(async ({ json }: { json?: boolean }) => {
      const { servers } = await withHelper((connection) => connection.request("mcp.list", {}));
      show(servers, json);
    });

  mcp
    .command("status")
    .argument("[name]", "only this server")
    .description("Start every enabled server and tell how it is: tools, tokens, process, memory, last error.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd mcp status", "loopd mcp status files --json"))
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const { servers } = await withHelper((connection) => connection.request("mcp.status", { name }));
      show(servers, json);
    });

  mcp
    .command("remove")
    .argument("<name>", "the server")
    .description("Forget a server and end it.")
    .addHelpText("after", examples("loopd mcp remove files"))
    .action(async (name: string) => {
      await withHelper((connection) => connection.request("mcp.remove", { name }));
      print(`Removed ${name}.`);
    });
}

function pairs(flag: string) {
  return (text: string, before: Record<string, string> = {}): Record<string, string> => ({
    ...before,
    ...keyAndValue(flag, text),
  });
}

function show(servers: readonly McpServerRow[], json: boolean | undefined): void {
  if (json === true) return printJson(servers);
  if (servers.length === 0) print("No MCP server is connected. Add one: loopd mcp add --help");
  for (const row of servers) print(statusLines(row).join("\n"));
}

async function add(names: string[], options: AddOptions): Promise<void> {
  const { entries, ignored } = options.from === undefined ? oneEntry(names, options) : fromFile(names, options);
  const added: McpServerRow[] = [];
  const exitCode = await withHelper(async (connection) => {
    let worst = 0;
    for (const { name, server } of entries) {
      try {
        const params = { name, server: { ...server }, isReplacing: options.replace === true };
        const row = (await connection.request("mcp.add", params)).server;
        added.push(row);
        if (row.state !== "running" && row.state !== "disabled") worst ||= exitCodeOf("mcp-failed");
        if (options.json !== true) print(outcomeOf(row));
      } catch (thrown) {
        const error = asLoopdError(thrown);
        sayFailure(error, options.json === true ? "json" : "words");
        worst ||= exitCodeOf(error.code);
      }
    }
    return worst;
  });
  for (const line of ignored) say(line);
  if (options.json === true) printJson(added);
  throw new ExitWith(exitCode);
}

function outcomeOf(row: McpServerRow): string {
  if (row.state === "disabled") return `Added ${row.name}; it is disabled, so it was not started.`;
  if (row.state === "running") {
    return `Added ${row.name}: ${plural(row.tools.length, "tool")}, ${count(row.tokens)} tokens if all were in every prompt.`;
  }
  return `Added ${row.name}, but it does not work yet: ${row.lastError ?? row.state} The entry stays; mend it with --replace, or: loopd mcp remove ${row.name}`;
}

function oneEntry(names: readonly string[], options: AddOptions): { entries: Entry[]; ignored: string[] } {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) {
    throw usage("Give the server one name. Example: loopd mcp add files --command npx --arg -y --arg some-server");
  }
  if (!mcpNameSchema.safeParse(name).success) {
    throw usage(
      `${name} cannot be its name: letters, digits, dash, single underscore; at most 32, the first a letter or digit.`,
    );
  }
  return { entries: [{ name, server: entryOf(options) }], ignored: [] };
}

function fromFile(names: readonly string[], options: AddOptions): { entries: Entry[]; ignored: string[] } {
  if (options.command !== undefined || options.url !== undefined)
    throw usage("Give either --from or what to start, not both.");
  const { servers, ignored } = importedServers(options.from ?? "");
  const known = new Map(servers.map((entry) => [entry.name, entry]));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0) {
    throw usage(
      `${options.from} has no server ${missing.join(", ")}. It has: ${[...known.keys()].join(", ") || "none"}.`,
    );
  }
  const chosen = names.length === 0 ? servers : servers.filter(({ name }) => names.includes(name));
  const extra = entryOf({ ...options, isPartial: true });
  return { entries: chosen.map(({ name, server }) => ({ name, server: { ...server, ...extra } })), ignored };
}
