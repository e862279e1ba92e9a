import { isShallow } from "../protocol/shallow-json.ts";
import type { Json, ToolUseBlock } from "../protocol/values.ts";

/** The constant tool through which a model calls one that its epoch does not list. */
const CALL_TOOL = "call_tool";

type JsonObject = { [key: string]: Json };

/** What a block really calls. */
interface InnerCall {
  name: string;
  arguments: Json;
  unparsed?: string;
}

/**
 * Looks into `call_tool({name, arguments})`: policy, cards, time limits and trace speak of the inner tool. One that names
 * no tool stays what it is, and its own schema says what was wrong. Some models write the arguments as a string of JSON,
 * or beside the name; both count as if they stood where they belong.
 */
export function innerCall({ name, input, unparsed }: ToolUseBlock): InnerCall {
  if (name !== CALL_TOOL || unparsed !== undefined || !isObject(input)) return { name, arguments: input, unparsed };
  const { name: inner, arguments: values, _rationale: said, ...beside } = input;
  if (typeof inner !== "string" || inner.trim() === "" || inner.trim() === CALL_TOOL) return { name, arguments: input };
  const reason: JsonObject = said === undefined ? {} : { _rationale: said };
  const { arguments: found, ...rest } = typeof values === "string" ? parsed(values) : { arguments: values ?? beside };
  return { name: inner.trim(), arguments: isObject(found) ? { ...reason, ...found } : found, ...rest };
}

function parsed(text: string): { arguments: Json; unparsed?: string } {
  if (text.trim() === "") return { arguments: {} };
  try {
    const values = JSON.parse(text) as Json;
    if (isObject(values) && isShallow(values)) return { arguments: values };
  } catch {
    // Cut off or no JSON: the words that say so are the same as for arguments that arrived so.
  }
  return { arguments: {}, unparsed: text };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
