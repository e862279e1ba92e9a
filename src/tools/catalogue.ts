import type { CallContext, Outcome, ParsedCall, RunnableCall, ToolBook, ToolFace } from "../agent/ports.ts";
import type { Limits } from "../protocol/config.ts";
import { LoopdError } from "../protocol/errors.ts";
import type { ToolRow } from "../protocol/requests.ts";
import type { Facts, Millis } from "../protocol/values.ts";
import { builtInTools } from "./built-in-tools.ts";
import type { Place, Tool } from "./define-tool.ts";
import { nearNames } from "./near-name.ts";
import { parseArguments } from "./parse-arguments.ts";
import { inspectCall, runCall } from "./run-tool.ts";
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

/** Time limit of a tool under these limits, in milliseconds of awake time: the override by name, else its tier. */
function timeLimitOf(tool: Tool, limits: Limits): Millis {
  if (Object.hasOwn(limits.tools, tool.name)) return limits.tools[tool.name] ?? limits.otherMs;
  if (typeof tool.timeLimit === "number") return tool.timeLimit;
  return { internal: limits.internalMs, mcp: limits.mcpMs, other: limits.otherMs }[tool.timeLimit];
}

/**
 * Makes a catalogue. Without `tools`, of all that come with loopd. `limits` is asked each time, so a change counts at the
 * next call.
 */
export function createCatalogue(options: { tools?: readonly Tool[]; limits: () => Limits }): Catalogue {
  const sorted = [...(options.tools ?? builtInTools)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const tools = new Map(sorted.map((tool) => [tool.name, tool]));
  if (tools.size < sorted.length) throw new LoopdError("internal", "Two tools have the same name.");
  const schemas = sorted.map(toolSchemaOf);

  const suggest = (name: string): string => {
    const names = [...tools.keys()];
    const near = nearNames(name, names, 2);
    const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
    return `There is no tool ${plainLine(name, 60)}.${hint} Tools: ${names.join(", ")}.`;
  };
  const find = (name: string): ToolFace | undefined => {
    const tool = tools.get(name);
    if (tool === undefined) return undefined;
    const { effect, isIdempotent } = tool;
    return { name, effect, isIdempotent, timeLimit: timeLimitOf(tool, options.limits()) };
  };

  return {
    book: {
      schemas: () => schemas,
      find,
      suggest,
      parse(name, input) {
        const tool = tools.get(name);
        return tool === undefined ? { type: "invalid", message: suggest(name) } : parseArguments(tool, input);
      },
    },
    rows() {
      return sorted.map((tool, index) => {
        const schema = schemas[index] ?? toolSchemaOf(tool);
        const { name, group, effect, isIdempotent, description } = tool;
        const timeLimitMs = timeLimitOf(tool, options.limits());
        const inputSchema = schema.input_schema;
        return { name, group, effect, isIdempotent, timeLimitMs, description, tokens: tokensOf(schema), inputSchema };
      });
    },
    inspect: (call, place) => inspectCall(tools.get(call.name), call, place),
    async run(call, place, context) {
      const tool = tools.get(call.name);
      if (tool !== undefined) return runCall(tool, call, place, context);
      return { kind: "error", text: `ERROR: ${suggest(call.name)}`, isSideEffectPossible: false };
    },
  };
}
