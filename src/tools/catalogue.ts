import type { CallContext, Outcome, ParsedCall, RunnableCall, ToolBook, ToolFace } from "../agent/ports.ts";
import type { Limits } from "../protocol/config.ts";
import { LoopdError } from "../protocol/errors.ts";
import type { ToolRow } from "../protocol/requests.ts";
import type { Facts, Json, Millis, ToolSchema } from "../protocol/values.ts";
import { builtInTools, listedByDefault, listedInSmallWindows, SMALL_WINDOW } from "./built-in-tools.ts";
import type { Place, Tool } from "./define-tool.ts";
import { meantName, nearTools } from "./near-tool.ts";
import { parseArguments } from "./parse-arguments.ts";
import { inspectCall, runCall } from "./run-tool.ts";
import { callTool } from "./system/call-tool.ts";
import { finalAnswer } from "./system/final-answer.ts";
import { createFindTools, sourcesOfTools } from "./system/find-tools.ts";
import { tokensOf, toolSchemaOf } from "./tool-schema.ts";
import { plainLine } from "./visible-text.ts";

/** Every tool there is, for the loop (`book`), for faces (`rows`) and for running calls. */
export interface Catalogue {
  book: ToolBook;
  rows(): ToolRow[];
  /** Read-only facts about a call. Resolves for every call, whatever its arguments. */
  inspect(call: ParsedCall, place: Place): Promise<Facts>;
  /** Runs a decided call. Expected failures and thrown bugs alike are outcomes that the model can read. */
  run(call: RunnableCall, place: Place, context: CallContext): Promise<Outcome>;
}

/** What a catalogue is made of. Everything is asked each time, so a change counts at the next call. */
export interface CatalogueOptions {
  /** Absent: all that come with loopd. */
  tools?: readonly Tool[];
  /** Tools of connected servers; the same array until they change. */
  connected?: () => readonly Tool[];
  limits: () => Limits;
  /** Names and groups that are in every prompt, besides `find_tools` and `call_tool`. Absent: the default set. */
  listed?: () => readonly string[] | undefined;
}

/** Time limit of a tool under these limits, in milliseconds of awake time: the override by name, else its tier. */
function timeLimitOf(tool: Tool, limits: Limits): Millis {
  if (Object.hasOwn(limits.tools, tool.name)) return limits.tools[tool.name] ?? limits.otherMs;
  if (typeof tool.timeLimit === "number") return tool.timeLimit;
  return { internal: limits.internalMs, mcp: limits.mcpMs, other: limits.otherMs }[tool.timeLimit];
}

/** All tools at one moment. */
interface Shelf {
  sorted: readonly Tool[];
  byName: ReadonlyMap<string, Tool>;
}

function shelve(tools: readonly Tool[]): Shelf {
  const sorted = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(sorted.map((tool) => [tool.name, tool]));
  if (byName.size < sorted.length) throw new LoopdError("internal", "Two tools have the same name.");
  return { sorted, byName };
}

const schemas = new WeakMap<Tool, ToolSchema>();

function schemaOf(tool: Tool): ToolSchema {
  const known = schemas.get(tool) ?? toolSchemaOf(tool);
  schemas.set(tool, known);
  return known;
}

/** Makes a catalogue. */
export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { connected = () => NONE, listed = () => undefined } = options;
  const findTools = createFindTools(() => shelf().sorted);
  const tools = options.tools ?? [...builtInTools, findTools, callTool];
  let last: { connected: readonly Tool[]; shelf: Shelf } | undefined;
  const shelf = (): Shelf => {
    const now = connected();
    if (last?.connected !== now) last = { connected: now, shelf: shelve([...tools, ...now]) };
    return last.shelf;
  };
  const isListed = (tool: Tool, window?: number): boolean => {
    const names = listed();
    if (tool === findTools || tool === callTool) return true;
    if (names?.includes(tool.name) || names?.includes(tool.group)) return true;
    const isSmall = window !== undefined && window < SMALL_WINDOW;
    // An epoch that opens for a turn with a schema names it; in others it is reached like every unlisted tool.
    if (isSmall && tool === finalAnswer) return false;
    const usual = isSmall ? listedInSmallWindows : listedByDefault;
    return tool.isListed ?? (names === undefined && (options.tools !== undefined || usual.has(tool.name)));
  };
  const suggest = (name: string, told?: readonly string[]): string => {
    const { sorted } = shelf();
    const names = sorted.map((tool) => tool.name);
    const near = nearTools(name, names, 2);
    const isTold = (tool: Tool): boolean => told?.includes(tool.name) ?? isListed(tool);
    const known = sorted.filter(isTold).map((tool) => tool.name);
    const how = told === undefined || near.every((one) => known.includes(one)) ? "" : " Run it with call_tool.";
    const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?${how}` : "";
    const others = sorted.length > known.length ? "; more with find_tools" : "";
    return `There is no tool ${plainLine(name, 60)}.${hint} Tools: ${known.join(", ")}${others}.`;
  };
  const find = (name: string): ToolFace | undefined => {
    const tool = shelf().byName.get(name);
    if (tool === undefined) return undefined;
    const { effect, isIdempotent, isDelegating } = tool;
    return { name, effect, isIdempotent, isDelegating, timeLimit: timeLimitOf(tool, options.limits()) };
  };

  return {
    book: {
      schemas: (more = [], window = undefined) => {
        const shown = shelf().sorted.filter((tool) => isListed(tool, window) || more.includes(tool.name));
        return shown.map(schemaOf);
      },
      schemaOf: (name) => {
        const tool = shelf().byName.get(name);
        return tool && schemaOf(tool);
      },
      find,
      meant: (name) => meantName(name, shelf().byName),
      sourcesOf: (names) => sourcesOfTools(shelf().sorted.filter(({ name }) => names.includes(name))),
      suggest,
      parse(name, input) {
        const tool = shelf().byName.get(name);
        return tool === undefined ? { type: "invalid", message: suggest(name) } : parseArguments(tool, input);
      },
    },
    rows: () => shelf().sorted.map((tool) => rowOf(tool, timeLimitOf(tool, options.limits()), isListed(tool))),
    inspect: (call, place) => inspectCall(shelf().byName.get(call.name), call, place),
    async run(call, place, context) {
      const tool = shelf().byName.get(call.name);
      if (tool !== undefined) return runCall(tool, call, place, context);
      return { kind: "error", text: `ERROR: ${suggest(call.name, call.listed)}`, isSideEffectPossible: false };
    },
  };
}

const NONE: readonly Tool[] = [];

function rowOf(tool: Tool, timeLimitMs: Millis, isListed: boolean): ToolRow {
  const schema = schemaOf(tool);
  const { name, group, effect, isIdempotent, description, server } = tool;
  const cost = { tokens: tokensOf(schema), inputSchema: schema.input_schema };
  const examples = [...tool.examples] as Json[];
  return { name, group, effect, isIdempotent, timeLimitMs, description, ...cost, isListed, server, examples };
}
