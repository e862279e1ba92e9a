import * as z from "zod";
import { type Json, jsonSchema } from "../../protocol/values.ts";
import { schemaProblem } from "./check-input.ts";
import { oneLineOf } from "./server-log.ts";

const MAX_NAME = 256;
const MAX_DESCRIPTION = 300;
const MAX_SCHEMA_CHARACTERS = 200_000;

/** A tool as its server describes it, cleaned and cut; the schema is the stranger's own. */
const listedToolSchema = z.strictObject({
  name: z.string().min(1).max(MAX_NAME),
  description: z.string().max(MAX_DESCRIPTION),
  inputSchema: jsonSchema,
  /** What the server says about it. Counts only where a person trusts the server. */
  isReadOnly: z.boolean(),
  isIdempotent: z.boolean(),
});
export type ListedTool = z.infer<typeof listedToolSchema>;

/** What a server can do, as it was when it was last asked. */
export const listingSchema = z.strictObject({
  version: z.literal(1),
  /** Name and version of the server. */
  about: z.string(),
  tools: z.array(listedToolSchema),
  hasResources: z.boolean(),
  /** What of the list could not be taken, in words for a person. */
  notes: z.array(z.string()),
});
export type Listing = z.infer<typeof listingSchema>;

/** One entry of `tools/list`, however malformed. The note says why a tool is not taken, or not as it was described. */
export function readListed(entry: unknown): { tool?: ListedTool; note?: string } {
  if (typeof entry !== "object" || entry === null) return { note: "an entry that is no tool" };
  const { name, title, description, inputSchema, annotations, execution } = entry as Record<string, unknown>;
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME)
    return { note: "a tool without a usable name" };
  const shown = oneLineOf(name, 80);
  if (fieldOf(execution, "taskSupport") === "required") {
    return { note: `${shown} runs only as an MCP task, which loopd does not offer` };
  }
  const words = [description, title, fieldOf(annotations, "title")].find((one) => typeof one === "string");
  const isReadOnly = fieldOf(annotations, "readOnlyHint") === true;
  const isIdempotent = isReadOnly || fieldOf(annotations, "idempotentHint") === true;
  const text = typeof words === "string" ? oneLineOf(words, MAX_DESCRIPTION) : "";
  const known = { name, description: text, isReadOnly, isIdempotent };
  if (isModest(inputSchema)) {
    const tool = { ...known, inputSchema: (inputSchema ?? {}) as Json };
    const problem = schemaProblem(tool.inputSchema);
    if (problem === undefined) return { tool };
    return { tool, note: `${shown} has a schema that is wrong (${problem}), so its arguments are not checked` };
  }
  return {
    tool: { ...known, inputSchema: {} },
    note: `${shown} has a schema that is too large, so its arguments are not checked`,
  };
}

/** Small enough to be kept; one that is nested too deep cannot even be written. */
function isModest(schema: unknown): boolean {
  try {
    return JSON.stringify(schema ?? null).length <= MAX_SCHEMA_CHARACTERS;
  } catch {
    return false;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
