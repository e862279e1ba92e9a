import canonicalize from "canonicalize";
import * as z from "zod";
import { defineTool, type Tool, type ToolResult } from "../define-tool.ts";
import { rankTools } from "../rank-tools.ts";
import { toolSchemaOf } from "../tool-schema.ts";
import { plainLine } from "../visible-text.ts";

const MAX_TOOLS = 8;
/** Schemas may take so many bytes of the answer; tools beyond it are named without theirs. */
const MAX_BYTES = 12_000;
const MAX_DESCRIPTION = 400;
const MAX_NAMES = 12;

const input = z.object({
  query: z.string().trim().max(300).optional(),
  names: z.array(z.string().max(200)).max(MAX_TOOLS).optional(),
});
type Input = z.output<typeof input>;

/** All tools at this moment, and which of them are in every prompt. */
export interface ToolShelf {
  tools(): readonly Tool[];
  isListed(tool: Tool): boolean;
}

/** The constant that tells a model of tools which its epoch does not list, with all that it needs to call them. */
export function createFindTools(shelf: ToolShelf): Tool<Input> {
  return defineTool<Input>({
    name: "find_tools",
    group: "system",
    effect: "state",
    isIdempotent: true,
    timeLimit: "internal",
    description:
      "Find more tools by words, then run them with call_tool. There are some for memory, earlier conversations, state, clipboard, apps, web pages, notify, speak, permissions, delegating, connected servers.",
    input,
    examples: [{ query: "remember a note" }],
    run: async (request) => answerTo(request, shelf),
  });
}

function answerTo({ query = "", names = [] }: Input, shelf: ToolShelf): ToolResult {
  const tools = shelf.tools().filter(({ name }) => name !== "find_tools" && name !== "call_tool");
  const named = tools.filter(({ name }) => names.includes(name));
  const missing = names.filter((name) => !named.some((tool) => tool.name === name));
  const ranked = rankTools(tools, [query, ...missing].join(" ")).filter((tool) => !named.includes(tool));
  const found = [...named, ...ranked].slice(0, MAX_TOOLS);
  if (found.length > 0) return { text: described(found, shelf), taints: sourcesOfTools(found) };
  const isAsking = query !== "" || names.length > 0;
  return { text: [isAsking ? "Nothing fits. There are:" : "There are:", ...groupsOf(tools)].join("\n") };
}

/** Where the words of these tools come from, as far as nobody vouches for them. */
export function sourcesOfTools(tools: readonly Tool[]): string[] {
  return [...new Set(tools.flatMap(({ source }) => source ?? []))];
}

function described(found: readonly Tool[], shelf: ToolShelf): string {
  let bytes = 0;
  let hidden = 0;
  const parts = found.map((tool) => {
    const { name, description, input_schema: schema } = toolSchemaOf(tool);
    const how = shelf.isListed(tool) ? "call it directly" : "with call_tool";
    const head = `${name} (${how}): ${plainLine(description, MAX_DESCRIPTION)}`;
    const whole = `${head}\n  arguments: ${canonicalize(schema)}`;
    bytes += Buffer.byteLength(whole);
    if (bytes <= MAX_BYTES) return whole;
    hidden += 1;
    return head;
  });
  const rest = hidden > 0 ? [`Ask by names for the arguments of ${hidden} more.`] : [];
  return [...parts, ...rest].join("\n");
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
