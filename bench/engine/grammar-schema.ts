import type { RequestBody } from "./conversation.ts";

/** What the schema of a tool's arguments says, as far as the engine's grammar takes it. */
interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** Weights that mean nothing end no text and no list by themselves. */
const MOST_CHARACTERS = 24;
const MOST_ITEMS = 3;

/**
 * The schema of a tool as the request names it, for the engine's grammar: as it is, with an end for texts and lists.
 * @throws where the request names no such tool.
 */
export function grammarSchema({ tools = [] }: RequestBody, name: string): object {
  const faces = tools as { name?: string; input_schema?: Schema; function?: { name: string; parameters: Schema } }[];
  for (const face of faces) {
    if (face.name === name && face.input_schema !== undefined) return ending(face.input_schema);
    if (face.function?.name === name) return ending(face.function.parameters);
  }
  throw new Error(`The request names no tool ${name}.`);
}

function ending(schema: Schema): Schema {
  const { type, properties, items } = schema;
  if (schema.enum !== undefined || schema.const !== undefined) return schema;
  if (type === "string") return { ...schema, maxLength: MOST_CHARACTERS } as Schema;
  if (type === "array") return { ...schema, maxItems: MOST_ITEMS, ...(items && { items: ending(items) }) } as Schema;
  if (properties === undefined) return schema;
  const ended = Object.entries(properties).map(([key, value]): [string, Schema] => [key, ending(value)]);
  return { ...schema, properties: Object.fromEntries(ended) };
}
