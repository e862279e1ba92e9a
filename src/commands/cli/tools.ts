import type { Command } from "commander";
import type { ToolRow } from "../../protocol/requests.ts";
import { effectWords } from "../present/call.ts";
import { count, duration } from "../present/quantity.ts";
import { oneLine } from "../present/terminal-text.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { table } from "./table.ts";

/** `loopd tools`: what the model can call. */
export function addTools(program: Command): void {
  const tools = program
    .command("tools")
    .description("List and show what the model can call.")
    .addHelpText("after", examples("loopd tools", "loopd tools show shell_run"));

  tools
    .command("list")
    .description("List tools with what each costs in every prompt.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd tools list --json"))
    .action(list);

  tools
    .command("show")
    .argument("<name>", "the tool")
    .description("Show a tool and what it takes.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd tools show files_search"))
    .action(show);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { tools } = await withHelper((connection) => connection.request("tool.list", {}));
  if (json === true) return printJson(tools);
  const right = "right" as const;
  const columns = [
    { head: "NAME" },
    { head: "EFFECT" },
    { head: "LIMIT", align: right },
    { head: "TOKENS", align: right },
    { head: "DESCRIPTION" },
  ];
  const row = (tool: ToolRow) => [
    tool.name,
    tool.effect,
    duration(tool.timeLimitMs),
    count(tool.tokens),
    oneLine(tool.description, 80),
  ];
  const total = tools.reduce((sum, { tokens }) => sum + tokens, 0);
  print(table(columns, [...tools.map(row), [`${tools.length} tools`, "", "", count(total), ""]]));
}

async function show(name: string, { json }: { json?: boolean }): Promise<void> {
  const { tool } = await withHelper((connection) => connection.request("tool.show", { name }));
  if (json === true) return printJson(tool);
  const repeat = tool.isIdempotent ? "may be repeated" : "is never repeated by itself";
  print(`${tool.name} (${tool.group}): ${tool.description}`);
  print(
    `  ${tool.effect}: ${effectWords[tool.effect]} · at most ${duration(tool.timeLimitMs)} · ${repeat} · ${count(tool.tokens)} tokens`,
  );
  print(JSON.stringify(tool.inputSchema, null, 2));
}
