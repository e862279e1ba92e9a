import type { Question } from "../../protocol/question.ts";
import { type FormField, formFields, questionChoices } from "../../protocol/form-fields.ts";
import type { ParamsOf } from "../../protocol/requests.ts";
import type { Json } from "../../protocol/values.ts";
import { chosen, understood } from "../present/form-answer.ts";
import { oneLine } from "../present/terminal-text.ts";
import { usage } from "./failure.ts";

/** What the command line says to a question. */
export type Given =
  | { type: "words"; text: string }
  | { type: "fields"; fields: readonly string[] }
  | { type: "decline"; reason?: string };

type Meant = Pick<ParamsOf<"card.resolve">, "resolution" | "answer" | "reason">;

/**
 * What is meant by it: a choice by its number or its words, the values of a form. Where the question is not known, words
 * stay words. @throws LoopdError `usage`, naming the field and what was expected.
 */
export function meantBy(question: Question | undefined, given: Given): Meant {
  if (given.type === "decline") return { resolution: "denied", reason: given.reason };
  if (given.type === "words") return { resolution: "answered", answer: wordsFor(question, given.text) };
  const fields = question === undefined ? [] : formFields(question);
  if (question !== undefined && question.form === undefined) {
    throw usage("This question has no form, so it takes no --field. Answer it in words.");
  }
  return { resolution: "answered", answer: fieldValues(fields, given.fields) };
}

function wordsFor(question: Question | undefined, text: string): Json {
  if (question?.form !== undefined) return objectIn(text);
  const choices = question === undefined ? [] : questionChoices(question);
  return (
    chosen(
      choices.map((choice) => ({ value: choice, title: choice })),
      text,
    )?.value ?? text
  );
}

/** A form may also be answered by its JSON. */
function objectIn(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === "object") return value;
  } catch {
    // Said below.
  }
  throw usage("This question is a form. Answer it with --field NAME=VALUE for each field, or with one JSON object.");
}

function fieldValues(fields: readonly FormField[], words: readonly string[]): Json {
  const values = new Map<string, Json>();
  for (const word of words) {
    const split = word.indexOf("=");
    if (split < 1) throw usage(`--field takes NAME=VALUE, not ${oneLine(word, 100)}.`);
    const name = word.slice(0, split);
    const value = valueFor(fields, name, word.slice(split + 1));
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (Array.isArray(before) && Array.isArray(value)) values.set(name, [...before, ...value]);
    else throw usage(`The field ${oneLine(name, 100)} is given twice.`);
  }
  return Object.fromEntries(values);
}

/** An unknown field is the helper's to refuse: it names the ones there are. */
function valueFor(fields: readonly FormField[], name: string, words: string): Json {
  const field = fields.find((one) => one.name === name);
  if (field === undefined) return words;
  // A list may come in several parts, so only the whole of it can be too short.
  const meant = understood(field.type === "choices" ? { ...field, least: undefined } : field, words);
  if ("value" in meant) return meant.value;
  throw usage(`The field ${oneLine(name, 100)} does not fit: expected ${oneLine(meant.expected, 500)}.`);
}
