import type { Json, ToolUseBlock } from "../protocol/values.ts";

/** The constant tool through which a model calls one that its epoch does not list. */
export const CALL_TOOL = "call_tool";

/** What a block really calls. */
interface InnerCall {
  name: string;
  arguments: Json;
  unparsed?: string;
}

/**
 * Looks into `call_tool({name, arguments})`: policy, cards and trace speak of the inner tool. One that names no tool stays
 * what it is, and its own schema says what was wrong. Some models write the arguments as a string of JSON.
 */
export function innerCall({ name, input, unparsed }: ToolUseBlock): InnerCall {
  if (
    name !== CALL_TOOL ||
    unparsed !== undefined ||
    typeof input !== "object" ||
    input === null ||
    Array.isArray(input)
  ) {
    return { name, arguments: input, unparsed };
  }
  const { name: inner, arguments: values = {}, ...beside } = input;
  if (typeof inner !== "string" || inner === CALL_TOOL) return { name, arguments: input };
  const { _rationale: said } = beside;
  const reason: { [key: string]: Json } = said === undefined ? {} : { _rationale: said };
  if (typeof values === "string") return { name: inner, ...parsed(values, reason) };
  return { name: inner, arguments: withReason(values, reason) };
}

function parsed(text: string, reason: { [key: string]: Json }): { arguments: Json; unparsed?: string } {
  if (text.trim() === "") return { arguments: reason };
  try {
    return { arguments: withReason(JSON.parse(text) as Json, reason) };
  } catch {
    return { arguments: {}, unparsed: text };
  }
}

function withReason(values: Json, reason: { [key: string]: Json }): Json {
  return typeof values === "object" && values !== null && !Array.isArray(values) ? { ...reason, ...values } : values;
}
