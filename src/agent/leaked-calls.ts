import {
  channelCalls,
  deepSeekCalls,
  functionCall,
  invokedCalls,
  jsonCalls,
  kimiCalls,
  type LeakedCall,
  listedCalls,
  markedCalls,
  taggedCalls,
} from "./leaked-forms.ts";
import { pythonCalls } from "./python-calls.ts";

/** Longer texts are no calls that a server failed to see. */
const MAX_CHARACTERS = 200_000;
const MAX_CALLS = 16;

/** Calls at the end of a text. `isMarked`: behind words that stand for nothing else. */
interface Leaked {
  before: string;
  calls: LeakedCall[];
  isMarked: boolean;
}

type Read = (rest: string) => LeakedCall[] | undefined;

/** What models write before their calls, and how what follows reads. */
const FORMS: readonly [opening: string, read: Read][] = [
  ["<tool_call>", taggedCalls],
  ["<function=", (rest) => one(functionCall(`<function=${rest}`))],
  ["[TOOL_CALLS]", listedCalls],
  ["<|python_tag|>", (rest) => jsonCalls(rest) ?? pythonCalls(rest)],
  ["<|tool_call|>", markedCalls],
  ["functools[", (rest) => jsonCalls(`[${rest}`)],
  ["<|START_ACTION|>", jsonCalls],
  ["<｜tool▁calls▁begin｜>", deepSeekCalls],
  ["<|tool_calls_section_begin|>", kimiCalls],
  ["<|channel|>commentary to=", channelCalls],
  ["<function_calls>", invokedCalls],
  ["<minimax:tool_call>", invokedCalls],
  ["<invoke name=", (rest) => invokedCalls(`<invoke name=${rest}`)],
];

/** What templates put behind the last word of a model. */
const ENDS = [
  "<|im_end|>",
  "<|eot_id|>",
  "<|eom_id|>",
  "<|end|>",
  "<|endoftext|>",
  "</s>",
  "<end_of_turn>",
  "<|call|>",
  "<|/tool_call|>",
  "</|tool_call|>",
  "<|END_ACTION|>",
  "<|END_OF_TURN_TOKEN|>",
  "<｜end▁of▁sentence｜>",
];

/**
 * The calls at the end of a text, in the words that models are trained on and servers fail to recognise: `<tool_call>`,
 * `[TOOL_CALLS]`, the python tag and their like. Undefined unless everything from the first of these words on is whole
 * calls, outside of a code block. Without such words, a text that is a call and nothing else counts too: bare JSON, or one
 * code block. Nothing is repaired.
 */
export function leakedCalls(text: string): Leaked | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const first = firstOpening(text);
  if (first === undefined) return bounded({ before: "", isMarked: false }, wholeText(withoutEnds(text.trim())));
  return first.isQuoted
    ? undefined
    : bounded({ before: first.before.trimEnd(), isMarked: true }, first.read(first.rest));
}

/**
 * A call at the end of a text, behind one of those words, that is none because its end is missing or it is not well
 * formed: what it calls, and all that was written of it. Undefined where anything else follows, such as an explanation.
 */
export function brokenCall(text: string): { before: string; name: string; written: string } | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const first = firstOpening(text);
  if (first === undefined || first.isQuoted || !isBrokenEnd(first.opening + first.rest)) return undefined;
  const name = nameIn(first.rest);
  return name === undefined ? undefined : { before: first.before.trimEnd(), name, written: first.opening + first.rest };
}

function firstOpening(text: string) {
  const places = FORMS.map(([opening, read]) => ({ at: text.indexOf(opening), opening, read }));
  const [first] = places.filter(({ at }) => at !== -1).sort((a, b) => a.at - b.at);
  if (first === undefined) return undefined;
  const before = text.slice(0, first.at);
  return {
    ...first,
    before,
    isQuoted: isQuoted(before),
    rest: withoutEnds(text.slice(first.at + first.opening.length)),
  };
}

/** Marks in front of a name that is not the value of a key. */
const MARKS = /^(?:\s|\[|<\|\w{1,40}\|>|<\uFF5C[^\uFF5C\s]{1,40}\uFF5C>|function(?=<)|<function=|<invoke name=|")*/;

function nameIn(rest: string): string | undefined {
  const head = rest.slice(0, 400);
  const keyed = /^\s*[[{][^]*?"(?:name|tool_name|function|tool)"\s*:\s*"([\w.-]{1,128})"/.exec(head)?.[1];
  return keyed ?? /^([\w.-]{1,128}?)(?:\.call)?["\s]*[>({[<:`]/.exec(head.replace(MARKS, ""))?.[1];
}

/** Whether a call ends with its closing mark, or lacks it. */
function isBrokenEnd(written: string): boolean {
  if (
    /<\/(?:tool_call|function|invoke|function_calls|minimax:tool_call)>|<\|\/|<\uFF5C[^\uFF5C]*end\uFF5C>|_end\|>/.test(
      written,
    )
  )
    return written.endsWith(">");
  if (/^(?:<tool_call>\s*)?<function=|<invoke name=|<arg_key>/.test(written)) return true;
  return isOpen(written.slice(written.search(/[({[]/)));
}

/** Whether brackets are open at the end of a text, those within double quotes left out. */
function isOpen(text: string): boolean {
  let depth = 0;
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\[^])*"?|[()[\]{}]/g)) {
    if (part.length > 1 && !part.endsWith('"')) return true;
    if ("([{".includes(part)) depth += 1;
    else if (")]}".includes(part)) depth -= 1;
  }
  return depth > 0;
}

function bounded(place: Omit<Leaked, "calls">, calls: LeakedCall[] | undefined): Leaked | undefined {
  return calls === undefined || calls.length > MAX_CALLS ? undefined : { ...place, calls };
}

/** Of a text without such words everything must be calls: words around JSON make it an example. */
function wholeText(text: string): LeakedCall[] | undefined {
  const [, language, body] = /^```(json|tool_call|tool_code|python|xml)?[ \t]*\n([^]*?)\n?```$/.exec(text) ?? [];
  if (body === undefined) return text.startsWith("[") ? (jsonCalls(text) ?? pythonCalls(text)) : jsonCalls(text);
  if (body.includes("```")) return undefined;
  return language === "tool_code" || language === "python" ? pythonCalls(body) : jsonCalls(body);
}

function withoutEnds(text: string): string {
  let rest = text.trimEnd();
  for (let end = endOf(rest); end !== undefined; end = endOf(rest)) rest = rest.slice(0, -end.length).trimEnd();
  return rest;
}

function endOf(text: string): string | undefined {
  return ENDS.find((end) => text.endsWith(end));
}

/** Whether what follows stands in a code block or between backticks: then it is an example. */
function isQuoted(before: string): boolean {
  return before.endsWith("`") || before.split("```").length % 2 === 0;
}

function one(call: LeakedCall | undefined): LeakedCall[] | undefined {
  return call && [call];
}
