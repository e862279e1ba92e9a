import canonicalize from "canonicalize";
import * as z from "zod";
import { defineTool, type Tool, type ToolContext, type ToolResult } from "../define-tool.ts";
import { rankTools } from "../rank-tools.ts";
import { toolSchemaOf } from "../tool-schema.ts";
import { plainLine } from "../visible-text.ts";

const MAX_TOOLS = 8;
/** Schemas may take so many bytes of the answer; tools beyond it are named without theirs. */
const MAX_BYTES = 12_000;
/** What the last line may take of the answer. */
const REST_BYTES = 60;
const MAX_DESCRIPTION = 600;
const MAX_NAMES = 12;

/** Nobody looks for these: a prompt or a note tells of each where it is of use. */
const CONSTANTS: ReadonlySet<string> = new Set(["find_tools", "call_tool", "final_answer"]);

const input = z.object({
  query: z.string().trim().max(300).optional(),
  names: z.array(z.string().max(200)).max(MAX_TOOLS).optional(),
});
type Input = z.output<typeof input>;

/** The constant that tells a model of tools which its epoch does not list, with all that it needs to call them. */
export function createFindTools(allTools: () => readonly Tool[]): Tool<Input> {
  return defineTool<Input>({
    name: "find_tools",
    group: "system",
    effect: "state",
    isIdempotent: true,
    timeLimit: "internal",
    description:
      "Find more tools by words, then run them with call_tool. There are some for searching in files, web pages, asking the person, memory, earlier conversations, state, clipboard, windows on the screen, apps, notify, speak, routines, permissions, delegating, connected servers.",
    input,
    examples: [{ query: "remember a note" }],
    run: async (request, context) => answerTo(request, allTools(), context),
  });
}

function answerTo({ query = "", names = [] }: Input, all: readonly Tool[], context: ToolContext): ToolResult {
  const tools = all.filter(({ name }) => !CONSTANTS.has(name));
  const named = tools.filter(({ name }) => names.includes(name));
  const missing = names.filter((name) => !named.some((tool) => tool.name === name));
  const ranked = rankTools(tools, [query, ...missing].join(" ")).filter((tool) => !named.includes(tool));
  const found = [...named, ...ranked].slice(0, MAX_TOOLS);
  if (found.length > 0) return { text: described(found, context), taints: sourcesOfTools(found) };
  const isAsking = query !== "" || names.length > 0;
  return { text: [isAsking ? "Nothing fits. There are:" : "There are:", ...groupsOf(tools)].join("\n") };
}

/** Where the words of these tools come from, as far as nobody vouches for them. */
export function sourcesOfTools(tools: readonly Tool[]): string[] {
  return [...new Set(tools.flatMap(({ source }) => source ?? []))];
}

/** The first ones with their arguments, as many as there is room for; the others by name and what they are for. */
function described(found: readonly Tool[], { listed, outputBytes }: ToolContext): string {
  const room = Math.min(MAX_BYTES, outputBytes - REST_BYTES);
  const perHead = room / (2 * found.length);
  const heads = found.map(({ name, description }) => {
    const how = listed.includes(name) ? "call it directly" : "with call_tool";
    return `${name} (${how}): ${shortened(description, Math.min(MAX_DESCRIPTION, Math.max(40, perHead - 40)))}`;
  });
  let bytes = heads.reduce((sum, head) => sum + Buffer.byteLength(head) + 1, 0);
  let hidden = 0;
  const parts = found.map((tool, index) => {
    const schema = `\n  arguments: ${canonicalize(toolSchemaOf(tool).input_schema)}`;
    const isFitting = bytes + Buffer.byteLength(schema) <= room;
    if (isFitting) bytes += Buffer.byteLength(schema);
    else hidden += 1;
    return `${heads[index] ?? ""}${isFitting ? schema : ""}`;
  });
  const rest = hidden > 0 ? [`Ask by names for the arguments of ${hidden} more.`] : [];
  return [...parts, ...rest].join("\n");
}

/** The beginning of a description, which shows that it goes on. */
function shortened(description: string, most: number): string {
  const line = plainLine(description, most + 1);
  return line.length > most ? `${plainLine(line, most - 1)}…` : line;
}

/** One line for each group and each connected server. */
function groupsOf(tools: readonly Tool[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { group, server, name } of tools) {
    const heading = server === undefined ? group : `${plainLine(server, 40)} (connected server)`;
    groups.set(heading, [...(groups.get(heading) ?? []), name]);
  }
  return [...groups].sort().map(([heading, names]) => {
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
    return `${heading}: ${names.slice(0, MAX_NAMES).join(", ")}${more}`;
  });
}
