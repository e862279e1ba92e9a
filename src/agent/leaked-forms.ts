import { isShallow } from "../protocol/shallow-json.ts";
import type { Json } from "../protocol/values.ts";

type JsonObject = { [key: string]: Json };

/** A call as text says it. */
export interface LeakedCall {
  name: string;
  input: JsonObject;
}

const MAX_LINES = 64;

/** All calls, or undefined where a part is none or there are no parts. */
function all(parts: readonly string[], read: (part: string) => LeakedCall | undefined): LeakedCall[] | undefined {
  const calls = parts.map(read);
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

/** The parts of a text between an opening and its closing, where there is nothing but space around them. */
function partsBetween(text: string, opening: string, closing: string): string[] | undefined {
  const [before, ...parts] = text.split(opening);
  if (before === undefined || before.trim() !== "" || parts.length === 0) return undefined;
  const bodies = parts.map((part) => part.trim());
  return bodies.map((body) => (body.endsWith(closing) ? body.slice(0, -closing.length).trim() : body));
}

/** `{…}</tool_call> <tool_call>{…}`: the last closing tag is often missing. Also lists, functions and keys with values. */
export function taggedCalls(rest: string): LeakedCall[] | undefined {
  const bodies = partsBetween(`<tool_call>${rest}`, "<tool_call>", "</tool_call>");
  const [only] = bodies ?? [];
  if (bodies?.length === 1 && only?.startsWith("[")) return jsonCalls(only);
  return all(bodies ?? [], (body) => {
    if (body.startsWith("<function=")) return functionCall(body);
    return body.includes("<arg_key>") ? keyedCall(body) : jsonCall(parsed(body));
  });
}

/** `{…}` or a list of them between marks. */
export function markedCalls(rest: string): LeakedCall[] | undefined {
  return jsonCalls(rest.replace(/<(?:\|\/|\/\|)tool_call\|>\s*$/, ""));
}

/** `<function=name>` around JSON or around `<parameter=key>` for each argument, all of them text. */
export function functionCall(text: string): LeakedCall | undefined {
  const [, name, body] = /^<function=([\w.-]{1,128})>([^]*)<\/function>$/.exec(text.trim()) ?? [];
  if (name === undefined || body === undefined) return undefined;
  if (!body.trimStart().startsWith("<parameter=")) return called(name, parsed(body.trim() === "" ? "{}" : body));
  const values = textValues(
    body,
    /^<parameter=|<\/parameter>\s*<parameter=/,
    /^([\w.-]{1,128})>\n?([^]*)$/,
    "</parameter>",
  );
  return values && { name, input: values };
}

/** `name`, then `<arg_key>key</arg_key><arg_value>value</arg_value>` for each argument. */
function keyedCall(text: string): LeakedCall | undefined {
  const [, name, body] = /^([\w.-]{1,128})\s*(<arg_key>[^]*)$/.exec(text) ?? [];
  if (name === undefined || body === undefined) return undefined;
  const pair = /^([\w.-]{1,128})<\/arg_key>\s*<arg_value>([^]*)$/;
  const values = textValues(body, /^<arg_key>|<\/arg_value>\s*<arg_key>/, pair, "</arg_value>");
  return values && { name, input: values };
}

/** `<invoke name="…">` around `<parameter name="…">` for each argument; whatever encloses them. */
export function invokedCalls(rest: string): LeakedCall[] | undefined {
  const inner = rest
    .trim()
    .replace(/<\/(?:function_calls|minimax:tool_call)>$/, "")
    .trimEnd();
  if (!inner.endsWith("</invoke>")) return undefined;
  return all(partsBetween(inner, "<invoke name=", "</invoke>") ?? [], (part) => {
    const [, name, body = ""] = /^"([\w.-]{1,128})">([^]*)$/.exec(part) ?? [];
    if (name === undefined) return undefined;
    if (body.trim() === "") return { name, input: {} };
    const pair = /^"([\w.-]{1,128})">\n?([^]*)$/;
    const values = textValues(body, /^<parameter name=|<\/parameter>\s*<parameter name=/, pair, "</parameter>");
    return values && { name, input: values };
  });
}

/** Arguments that are all text, as one pattern takes them apart and another tells key from value. */
function textValues(body: string, between: RegExp, pair: RegExp, closing: string): JsonObject | undefined {
  const text = body.trim();
  const [before, ...parts] = text.split(between);
  if (before !== "" || parts.length === 0 || !text.endsWith(closing)) return undefined;
  const values: JsonObject = {};
  for (const [index, part] of parts.entries()) {
    const [, key, value] = pair.exec(index === parts.length - 1 ? part.slice(0, -closing.length) : part) ?? [];
    if (key === undefined || value === undefined) return undefined;
    values[key] = value.replace(/\n$/, "");
  }
  return values;
}

/** A JSON list of calls, or `name{…}`, `name[ARGS]{…}` and `name[CALL_ID]id[ARGS]{…}` behind each mark. */
export function listedCalls(rest: string): LeakedCall[] | undefined {
  const list = parsed(rest);
  if (Array.isArray(list)) return jsonCalls(rest);
  return all(rest.split("[TOOL_CALLS]"), (part) => {
    const form = /^([\w.-]{1,128})\s*(?:\[CALL_ID\]\s*[\w-]{1,64}\s*)?(?:\[ARGS\]\s*)?(\{[^]*)$/;
    const [, name, body] = form.exec(part.trim()) ?? [];
    return name === undefined || body === undefined ? jsonCall(parsed(part)) : called(name, parsed(body));
  });
}

/** Calls between full-width marks: the name, then JSON, in a code block or not. */
export function deepSeekCalls(rest: string): LeakedCall[] | undefined {
  const inner = rest.trim().replace(/<\uFF5Ctool\u2581calls\u2581end\uFF5C>$/, "");
  return all(partsBetween(inner, "<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>") ?? [], (part) => {
    const [head = "", body, ...others] = part.split("<｜tool▁sep｜>");
    if (body === undefined || others.length > 0) return undefined;
    const [, fenced, json] = /^([\w.-]{1,128})\s*```json\s([^]*)```$/.exec(body.trim()) ?? [];
    return fenced === undefined ? called(head.trim(), parsed(body)) : called(fenced, parsed(json ?? ""));
  });
}

/** `functions.name:0`, then JSON, between marks. */
export function kimiCalls(rest: string): LeakedCall[] | undefined {
  const inner = rest.trim().replace(/<\|tool_calls_section_end\|>$/, "");
  return all(partsBetween(inner, "<|tool_call_begin|>", "<|tool_call_end|>") ?? [], (part) => {
    const [, name, body] = /^([\w.-]{1,128}):\d{1,4}\s*<\|tool_call_argument_begin\|>([^]*)$/.exec(part) ?? [];
    return name === undefined || body === undefined ? undefined : called(name, parsed(body));
  });
}

/** `functions.name <|constrain|>json<|message|>{…}`. */
export function channelCalls(rest: string): LeakedCall[] | undefined {
  const [, name, body] = /^([\w.-]{1,128})\s*(?:<\|constrain\|>\w{1,16}\s*)?<\|message\|>([^]*)$/.exec(rest) ?? [];
  const call = name === undefined || body === undefined ? undefined : called(name, parsed(body));
  return call && [call];
}

/** One call as JSON, a list of them, or one on each line, with or without semicolons. */
export function jsonCalls(text: string): LeakedCall[] | undefined {
  const whole = parsed(text);
  if (Array.isArray(whole))
    return all(
      whole.map((_, index) => String(index)),
      (index) => jsonCall(whole[Number(index)]),
    );
  if (whole !== undefined) return all([text], () => jsonCall(whole));
  if (!text.trimStart().startsWith("{")) return undefined;
  const lines = text.split(/\n|;(?=\s*\{)/).filter((line) => line.trim() !== "");
  return lines.length > MAX_LINES ? undefined : all(lines, (line) => jsonCall(parsed(line)));
}

/** `{"name": …, "arguments" or "parameters": …}`, also inside `function`, and the words of a few others for the same. */
function jsonCall(value: Json | undefined): LeakedCall | undefined {
  if (!isObject(value)) return undefined;
  const inner = isObject(value["function"]) ? value["function"] : value;
  const name = inner["name"] ?? inner["tool_name"] ?? inner["function"] ?? inner["tool"];
  const given = inner["arguments"] ?? inner["parameters"] ?? inner["args"];
  if (typeof name !== "string" || given === undefined) return undefined;
  return called(name, typeof given === "string" ? parsed(given) : given);
}

function called(name: string, values: Json | undefined): LeakedCall | undefined {
  return /^[\w.-]{1,128}$/.test(name) && isObject(values) && isShallow(values) ? { name, input: values } : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
