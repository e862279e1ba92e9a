import canonicalize from "canonicalize";
import * as z from "zod";
import type { Json, ToolSchema } from "../protocol/values.ts";
import type { Tool } from "./define-tool.ts";
import { isObject } from "./coerce.ts";
import { projectSchema } from "./project-schema.ts";

/** Reserved argument: why the model wants the call, for the person who approves. The tool itself never sees it. */
export const RATIONALE = "_rationale";

/**
 * Whether a call may change something outside loopd. Such calls can come before a person, so the model is asked for its
 * reason, and one that was cut short may have done part of its work.
 */
export function mayChangeThings(tool: Pick<Tool, "effect">): boolean {
  return tool.effect !== "read" && tool.effect !== "state";
}

const inputSchemas = new WeakMap<Tool, { readonly [key: string]: Json }>();

/** JSON Schema of what a model may send, without what costs prompt and says nothing. Made once per tool. */
export function inputSchemaOf(tool: Tool): { readonly [key: string]: Json } {
  const known = inputSchemas.get(tool);
  if (known !== undefined) return known;
  const schema = tool.wireSchema ?? projectSchema(z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" }));
  inputSchemas.set(tool, schema);
  return schema;
}

/** What the model is told of a tool. */
export function toolSchemaOf(tool: Tool): ToolSchema {
  const schema = { ...inputSchemaOf(tool) };
  if (mayChangeThings(tool)) {
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
