import { isShallow } from "../protocol/shallow-json.ts";
import type { Json } from "../protocol/values.ts";

type JsonObject = { [key: string]: Json };

/** A call as text says it. */
interface LeakedCall {
  name: string;
  input: JsonObject;
}

/** Longer texts are no calls that a server failed to see. */
const MAX_CHARACTERS = 200_000;
const MAX_CALLS = 16;

/** What models write around their calls, and how what follows reads. */
const FORMS: readonly [opening: string, read: (rest: string) => LeakedCall[] | undefined][] = [
  ["<tool_call>", taggedCalls],
  ["<function=", (rest) => all([`<function=${rest}`], functionCall)],
  ["[TOOL_CALLS]", listedCalls],
  ["<|python_tag|>", (rest) => all([rest], jsonCall)],
];

/** What templates put behind the last word of a model. */
const ENDS = ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|endoftext|>", "</s>", "<end_of_turn>"];

/**
 * The calls at the end of a text, in the words that models are trained on and servers fail to recognise: `<tool_call>`,
 * `[TOOL_CALLS]`, the python tag. Undefined unless everything from the first of these words on is whole calls, outside of a
 * code block. Nothing is repaired.
 */
export function leakedCalls(text: string): { before: string; calls: LeakedCall[] } | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const places = FORMS.map(([opening, read]) => ({ at: text.indexOf(opening), opening, read }));
  const [first] = places.filter(({ at }) => at !== -1).sort((a, b) => a.at - b.at);
  if (first === undefined) return undefined;
  const before = text.slice(0, first.at);
  if (isQuoted(before)) return undefined;
  const calls = first.read(withoutEnds(text.slice(first.at + first.opening.length)));
  return calls === undefined || calls.length > MAX_CALLS ? undefined : { before: before.trimEnd(), calls };
}

function withoutEnds(text: string): string {
  let rest = text.trimEnd();
  for (let end = endOf(rest); end !== undefined; end = endOf(rest)) rest = rest.slice(0, -end.length).trimEnd();
  return rest;
}

function endOf(text: string): string | undefined {
  return ENDS.find((one) => text.endsWith(one));
}

/** Whether what follows stands in a code block or between backticks: then it is an example. */
function isQuoted(before: string): boolean {
  return before.endsWith("`") || before.split("```").length % 2 === 0;
}

function all(parts: readonly string[], read: (part: string) => LeakedCall | undefined): LeakedCall[] | undefined {
  const calls = parts.map(read);
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

/** `{…}</tool_call> <tool_call>{…}`: the last closing tag is often missing. */
function taggedCalls(rest: string): LeakedCall[] | undefined {
  const bodies = rest.split("<tool_call>").map((part) =>
    part
      .trim()
      .replace(/<\/tool_call>$/, "")
      .trim(),
  );
  return all(bodies, (body) => (body.startsWith("<function=") ? functionCall(body) : jsonCall(body)));
}

/** `<function=name>` around JSON or around `<parameter=key>` for each argument, all of them text. */
function functionCall(text: string): LeakedCall | undefined {
  const [, name, body] = /^<function=([\w.-]{1,128})>([^]*)<\/function>$/.exec(text.trim()) ?? [];
  if (name === undefined || body === undefined) return undefined;
  if (!body.trimStart().startsWith("<parameter=")) return called(name, parsed(body.trim() === "" ? "{}" : body));
  const input: JsonObject = {};
  for (const part of body
    .trim()
    .split(/^<parameter=|<\/parameter>\s*<parameter=/)
    .slice(1)) {
    const [, key, value] = /^([\w.-]{1,128})>\n?([^]*)$/.exec(part) ?? [];
    if (key === undefined || value === undefined) return undefined;
    input[key] = value.replace(/\n?<\/parameter>$/, "").replace(/\n$/, "");
  }
  return body.trimEnd().endsWith("</parameter>") ? { name, input } : undefined;
}

/** A JSON list of calls, or `name{…}` and `name[ARGS]{…}` behind each mark. */
function listedCalls(rest: string): LeakedCall[] | undefined {
  const list = parsed(rest);
  if (Array.isArray(list))
    return list.length === 0
      ? undefined
      : all(
          list.map((one) => JSON.stringify(one)),
          jsonCall,
        );
  return all(rest.split("[TOOL_CALLS]"), (part) => {
    const [, name, body] = /^([\w.-]{1,128})\s*(?:\[ARGS\]\s*)?(\{[^]*)$/.exec(part.trim()) ?? [];
    return name === undefined || body === undefined ? jsonCall(part) : called(name, parsed(body));
  });
}

/** `{"name": …, "arguments" or "parameters": …}`, also inside `function`. */
function jsonCall(text: string): LeakedCall | undefined {
  const value = parsed(text);
  if (!isObject(value)) return undefined;
  const inner = isObject(value["function"]) ? value["function"] : value;
  const { name, arguments: values, parameters } = inner;
  const given = values ?? parameters ?? {};
  return typeof name === "string" ? called(name, typeof given === "string" ? parsed(given) : given) : undefined;
}

function called(name: string, values: Json | undefined): LeakedCall | undefined {
  return isObject(values) && isShallow(values) ? { name, input: values } : undefined;
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
