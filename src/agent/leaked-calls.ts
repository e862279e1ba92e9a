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
export function leakedCalls(text: string): { before: string; calls: LeakedCall[] } | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const places = FORMS.map(([opening, read]) => ({ at: text.indexOf(opening), opening, read }));
  const [first] = places.filter(({ at }) => at !== -1).sort((a, b) => a.at - b.at);
  if (first === undefined) return bounded("", wholeText(withoutEnds(text.trim())));
  const before = text.slice(0, first.at);
  if (isQuoted(before)) return undefined;
  return bounded(before.trimEnd(), first.read(withoutEnds(text.slice(first.at + first.opening.length))));
}

function bounded(before: string, calls: LeakedCall[] | undefined): ReturnType<typeof leakedCalls> {
  return calls === undefined || calls.length > MAX_CALLS ? undefined : { before, calls };
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
