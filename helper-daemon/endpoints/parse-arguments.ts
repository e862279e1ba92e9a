import { isShallow } from "../../src/protocol/shallow-json.ts";
import type { Json } from "../../src/protocol/values.ts";

/** Arguments of a call as they arrived: an object, or the text that was none and so must never run. */
export type ReceivedArguments = { input: { [key: string]: Json } } | { input: Record<string, never>; unparsed: string };

/** Stop reasons after which the end of a message may be missing, in the words of both dialects. */
const CUTTING: ReadonlySet<string> = new Set([
  "max_tokens",
  "model_context_window_exceeded",
  "length",
  "content_filter",
]);

/** Whether a message that ended so may lack its end. */
export function isCutOff(stopReason: string | undefined): boolean {
  return CUTTING.has(stopReason ?? "");
}

/**
 * The arguments of a call from what arrived of them: `text` in pieces, `given` in one, as an object or as text.
 * `mayLackItsEnd`: the answer was cut off, and this is its last call. Text shows whether it is whole; what came as an
 * object, or did not come at all, does not: a server may have mended it, so it never runs.
 */
export function receivedArguments(text: string, given: unknown, mayLackItsEnd: boolean): ReceivedArguments {
  const whole = text === "" && typeof given === "string" ? given : text;
  if (whole.trim() !== "") return parseArguments(whole);
  const object = typeof given === "object" && given !== null ? JSON.stringify(given) : "";
  if (mayLackItsEnd) return { input: {}, unparsed: object === "{}" ? "" : object };
  return parseArguments(given === undefined || given === null || object !== "" ? object : String(given));
}

/** Some models send the object as a string of JSON, or as the only item of a list. */
function unwrapped(value: Json): Json {
  if (Array.isArray(value)) return value.length === 1 ? (value[0] ?? null) : value;
  if (typeof value !== "string" || !value.trimStart().startsWith("{")) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/**
 * Parses the text of a call's arguments strictly. Nothing is repaired: a repaired `{"path":"/tmp` could name another
 * file than the model meant. Empty text stands for no arguments.
 */
function parseArguments(text: string): ReceivedArguments {
  if (text.trim() === "") return { input: {} };
  let value: Json;
  try {
    value = unwrapped(JSON.parse(text) as Json);
  } catch {
    return { input: {}, unparsed: text };
  }
  return isShallowObject(value) ? { input: value } : { input: {}, unparsed: text };
}

function isShallowObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isShallow(value);
}
