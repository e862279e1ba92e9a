import type { Command } from "commander";
import type { ToolRow } from "../../protocol/requests.ts";
import { effectWords } from "../present/call.ts";
import { count, duration, plural } from "../present/quantity.ts";
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

/** Tokens that system text and listed tools may take together. */
const PROMPT_BUDGET = 1_500;

async function list({ json }: { json?: boolean }): Promise<void> {
  const { tools, systemTokens } = await withHelper((connection) => connection.request("tool.list", {}));
  if (json === true) return printJson(tools);
  const right = "right" as const;
  const columns = [
    { head: "NAME" },
    { head: "GROUP" },
    { head: "EFFECT" },
    { head: "LIMIT", align: right },
    { head: "TOKENS", align: right },
    { head: "PROMPT" },
    { head: "DESCRIPTION" },
  ];
  const row = (tool: ToolRow) => [
    tool.name,
    tool.server ?? tool.group,
    tool.effect,
    duration(tool.timeLimitMs),
    count(tool.tokens),
    tool.isListed ? "every" : "found",
    oneLine(tool.description, 60),
  ];
  print(table(columns, tools.map(row)));
  print(`\n${costWords(tools, systemTokens)}`);
}

/** What every prompt costs before anything is asked, and how the rest of the tools is reached. */
function costWords(tools: readonly ToolRow[], systemTokens: number): string {
  const listed = tools.filter(({ isListed }) => isListed);
  const tokens = listed.reduce((sum, tool) => sum + tool.tokens, 0);
  const total = tokens + systemTokens;
  const isOver = total > PROMPT_BUDGET;
  const sum = `${plural(listed.length, "tool")} ${count(tokens)} + system text ${count(systemTokens)} = ${count(total)} of ${count(PROMPT_BUDGET)} tokens`;
  const others = tools.length - listed.length;
  return [
    `In every prompt: ${sum}${isOver ? ", which is too much for a small model: list fewer in config.json (tools.listed)" : ""}.`,
    ...(others > 0
      ? [`${plural(others, "other")} ${others === 1 ? "is" : "are"} found with find_tools and run with call_tool.`]
      : []),
  ].join("\n");
}

async function show(name: string, { json }: { json?: boolean }): Promise<void> {
  const { tool } = await withHelper((connection) => connection.request("tool.show", { name }));
  if (json === true) return printJson(tool);
  const { effect, server, isIdempotent, isListed } = tool;
  const from = server === undefined ? tool.group : `from the connected server ${server}`;
  print(`${tool.name} (${from}): ${tool.description}`);
  const facts = [
    ["Effect", `${effect}: ${effectWords[effect]}`],
    ["Limit", `${duration(tool.timeLimitMs)} of awake time`],
    ["After a crash", isIdempotent ? "it simply runs again" : "you are asked what became of it"],
    ["Prompt", `${count(tool.tokens)} tokens, ${isListed ? "in every prompt" : "only when a model finds it"}`],
  ];
  for (const [what = "", words = ""] of facts) print(`  ${what.padEnd(14)}${words}`);
  print(`\nArguments:\n${JSON.stringify(tool.inputSchema, null, 2)}`);
  if (tool.examples.length > 0)
    print(`\nExamples:\n${tool.examples.map((one) => `  ${JSON.stringify(one)}`).join("\n")}`);
}
