import { LoopdError } from "../../protocol/errors.ts";
import type { Limits } from "../../protocol/config.ts";
import { type Effect, effectSchema, type Json, type ToolSchema } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import { FINAL_ANSWER } from "../hooks/final-answer.ts";
import type { ParseResult, ToolBook } from "../ports.ts";
import { type AgentTool, checkInput } from "./agent-tool.ts";

/** Reserved argument: why the model wants the call, for the person who approves. The tool itself never sees it. */
const RATIONALE = "_rationale";
const MAX_RATIONALE_CHARACTERS = 500;
const MAX_TOLD_NAMES = 50;

const FINAL_SCHEMA: ToolSchema = {
  name: FINAL_ANSWER,
  description: "Answer in JSON. Only when a note asks for it.",
  input_schema: { type: "object", properties: { json: {} }, required: ["json"] },
};

/** The tools of an embedded loop, by name. */
export type AgentTools = ReadonlyMap<string, AgentTool>;

const EFFECTS = effectSchema.options.join(", ");

/** @throws LoopdError `invalid-params` naming the tool whose name, effect or schema cannot be used. */
export function shelve(tools: readonly AgentTool[]): AgentTools {
  const shelf = new Map<string, AgentTool>();
  for (const tool of [...tools].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!/^[\w-]{1,64}$/.test(tool.name)) {
      throw refused(tool.name, "a name has letters, digits, _ and -, at most 64 of them");
    }
    if (tool.name === FINAL_ANSWER || tool.name === "call_tool") throw refused(tool.name, "the loop keeps that name");
    if (shelf.has(tool.name)) throw refused(tool.name, "there are two of that name");
    if (!effectSchema.safeParse(tool.effect).success) throw refused(tool.name, `its effect is one of ${EFFECTS}`);
    shelf.set(tool.name, tool);
    schemaOf(tool);
  }
  return shelf;
}

/** What the loop must know of the tools. */
export function bookOf(tools: AgentTools, limits: Limits): ToolBook {
  const schemas = new Map([...tools].map(([name, tool]) => [name, schemaOf(tool)]));
  schemas.set(FINAL_ANSWER, FINAL_SCHEMA);
  const listed = [...schemas.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const suggest = (name: string) => {
    const known = [...tools.keys()].slice(0, MAX_TOLD_NAMES).join(", ");
    return `There is no tool ${plainLine(name, 60)}. Tools: ${known || "none"}.`;
  };
  return {
    schemas: () => listed,
    schemaOf: (name) => schemas.get(name),
    find: (name) => {
      if (name === FINAL_ANSWER) return { name, effect: "state", isIdempotent: true, timeLimit: limits.internalMs };
      const tool = tools.get(name);
      if (tool === undefined) return undefined;
      const own = Object.hasOwn(limits.tools, name) ? limits.tools[name] : tool.timeLimitMs;
      return { name, effect: tool.effect, isIdempotent: tool.isIdempotent === true, timeLimit: own ?? limits.otherMs };
    },
    parse: (name, input) => {
      const tool = tools.get(name);
      if (tool !== undefined) return parsed(tool, input);
      return name === FINAL_ANSWER ? parsedAnswer(input) : { type: "invalid", message: suggest(name) };
    },
    suggest,
  };
}

/** Whether a call may change something outside the loop, so that it can come before a person. */
export function mayChangeThings({ effect }: { effect: Effect }): boolean {
  return effect !== "read" && effect !== "state";
}

function refused(name: string, why: string): LoopdError {
  return new LoopdError("invalid-params", `The tool ${JSON.stringify(plainLine(name, 80))} cannot be used: ${why}.`);
}

function schemaOf(tool: AgentTool): ToolSchema {
  const { name, description } = tool;
  const schema = JSON.parse(JSON.stringify(jsonSchemaOf(tool))) as { [key: string]: Json };
  delete schema["$schema"];
  if (schema["type"] !== "object") throw refused(name, "its input must be an object");
  if (!mayChangeThings(tool)) return { name, description, input_schema: schema };
  const rationale = { type: "string", description: "Why, for the person who approves" };
  const properties = { ...(isObject(schema["properties"]) ? schema["properties"] : {}), [RATIONALE]: rationale };
  return { name, description, input_schema: { ...schema, properties } };
}

function jsonSchemaOf({ name, input }: AgentTool): Record<string, unknown> {
  try {
    return input["~standard"].jsonSchema.input({ target: "draft-2020-12" });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw refused(name, `its schema cannot be told to a model (${why})`);
  }
}

/** What is recorded, decided and approved is what the tool will get, so the schema's own output is checked once more. */
function parsed(tool: AgentTool, input: Json): ParseResult {
  const { [RATIONALE]: said, ...given } = isObject(input) ? input : {};
  const rationale = mayChangeThings(tool) && typeof said === "string" ? rationaleOf(said) : {};
  const checked = checkInput(tool, isObject(input) && mayChangeThings(tool) ? given : (input ?? {}));
  if ("problem" in checked) {
    const takes = canonicalize(schemaOf(tool).input_schema["properties"] ?? {});
    return { type: "invalid", message: `${checked.problem} It takes ${takes}. Nothing was run.`, ...rationale };
  }
  const values = jsonOf(checked.value);
  const again = values === undefined ? undefined : checkInput(tool, values);
  if (values !== undefined && again !== undefined && !("problem" in again)) {
    return { type: "parsed", arguments: values, ...rationale };
  }
  const message = `The schema of ${tool.name} does not take its own output, which is a mistake in the program, not in the call.`;
  return { type: "invalid", message, ...rationale };
}

function parsedAnswer(input: Json): ParseResult {
  if (isObject(input) && Object.hasOwn(input, "json"))
    return { type: "parsed", arguments: { json: input["json"] ?? null } };
  return { type: "invalid", message: 'It takes {"json": …} with the whole answer.' };
}

function rationaleOf(said: string): { rationale?: string } {
  const rationale = plainLine(said, MAX_RATIONALE_CHARACTERS);
  return rationale === "" ? {} : { rationale };
}

function jsonOf(value: unknown): Json | undefined {
  try {
    const text: string | undefined = JSON.stringify(value);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One line of someone else's words: hidden characters become spaces, and at most `limit` characters stay. */
function plainLine(text: string, limit: number): string {
  const line = text.slice(0, limit * 4).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp} ]+/gu, " ");
  return [...line.trim()].slice(0, limit).join("");
}
