import canonicalize from "canonicalize";
import { z } from "zod";
import type { Json, ToolSchema } from "../protocol/values.ts";
import type { Tool } from "./define-tool.ts";
import { isObject } from "./coerce.ts";

/** Reserved argument: why the model wants the call, for the person who approves. The tool itself never sees it. */
export const RATIONALE = "_rationale";

/** Whether calls of a tool can come before a person by default, so that the model is asked for its reason. */
export function takesRationale(tool: Pick<Tool, "effect">): boolean {
  return tool.effect !== "read" && tool.effect !== "state";
}

/** JSON Schema of what a model may send, without what costs prompt and says nothing. */
export function inputSchemaOf(tool: Tool): { [key: string]: Json } {
  const { $schema: _, ...schema } = z.toJSONSchema(tool.input, { io: "input" }) as { [key: string]: Json };
  return withoutIntegerBounds(schema) as { [key: string]: Json };
}

/** What the model is told of a tool. */
export function toolSchemaOf(tool: Tool): ToolSchema {
  const schema = inputSchemaOf(tool);
  if (takesRationale(tool)) {
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const rationale = { type: "string", description: "Why, for the person who approves" };
    schema["properties"] = { ...properties, [RATIONALE]: rationale };
  }
  return { name: tool.name, description: tool.description, input_schema: schema };
}

/** Prompt cost of a tool in tokens: ceil(UTF-8 bytes of its canonical JSON / 3.5). */
export function tokensOf(schema: ToolSchema): number {
  return Math.ceil(Buffer.byteLength(canonicalize(schema) ?? "") / 3.5);
}

/** zod states the range of safe integers for every integer; a model needs no telling. */
function withoutIntegerBounds(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutIntegerBounds);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== Number.MAX_SAFE_INTEGER && item !== Number.MIN_SAFE_INTEGER);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutIntegerBounds(item)]));
}
