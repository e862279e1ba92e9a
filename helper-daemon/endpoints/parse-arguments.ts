import { isShallow } from "../../src/protocol/shallow-json.ts";
import type { Json } from "../../src/protocol/values.ts";

/** Arguments of a call as they arrived: an object, or the text that was none and so must never run. */
export type ReceivedArguments = { input: { [key: string]: Json } } | { input: Record<string, never>; unparsed: string };

/**
 * Parses the text of a call's arguments strictly. Nothing is repaired: a repaired `{"path":"/tmp` could name another
 * file than the model meant. Empty text stands for no arguments.
 */
export function parseArguments(text: string): ReceivedArguments {
  if (text.trim() === "") return { input: {} };
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return { input: {}, unparsed: text };
  }
  return isShallowObject(value) ? { input: value } : { input: {}, unparsed: text };
}

function isShallowObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isShallow(value);
}
