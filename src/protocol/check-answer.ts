import * as z from "zod";
import type { Question } from "./question.ts";
import { type FormField, formFields, questionChoices } from "./form-fields.ts";
import type { Json } from "./values.ts";

/** Longest answer to a question, in characters; of a form, those of its JSON. */
const MAX_ANSWER_CHARACTERS = 100_000;

const MOST_NAMED = 20;
const formats: Record<string, { schema: z.ZodType; words: string }> = {
  email: { schema: z.email(), words: "an e-mail address" },
  uri: { schema: z.url(), words: "an address such as https://example.com" },
  date: { schema: z.iso.date(), words: "a date such as 2026-01-31" },
  "date-time": { schema: z.iso.datetime({ offset: true }), words: "a time such as 2026-01-31T09:00:00Z" },
};

/** What keeps an answer from fitting its question, as a sentence for whoever gave it; undefined if it fits. */
export function answerProblem(question: Question, answer: Json | undefined): string | undefined {
  if (question.form !== undefined) return formProblem(question, answer);
  if (typeof answer !== "string") return "The answer must be text.";
  if (answer.trim() === "") return "The answer is empty.";
  if (answer.length > MAX_ANSWER_CHARACTERS) return tooLong(answer.length);
  const choices = questionChoices(question);
  if (choices.length === 0 || choices.includes(answer)) return undefined;
  return `It must be one of: ${listed(choices)}.`;
}

/** What a value must be to fit a field, in words: "a whole number from 1 to 5"; undefined if it is. */
export function fieldProblem(field: FormField, value: Json): string | undefined {
  return isFitting(field, value) ? undefined : expectation(field);
}

/** What a field takes, in words: "one of: small, large". */
export function expectation(field: FormField): string {
  const { type, choices, format = "", least, most } = field;
  switch (type) {
    case "text":
      return Object.hasOwn(formats, format)
        ? (formats[format]?.words ?? "")
        : `text${range(least, most, "characters")}`;
    case "number":
      return `a number${range(least, most, "")}`;
    case "integer":
      return `a whole number${range(least, most, "")}`;
    case "boolean":
      return "true or false";
    case "choice":
      return `one of: ${listed(choices.map(({ title }) => title))}`;
    case "choices":
      return `a list${range(least, most, "entries")} out of: ${listed(choices.map(({ title }) => title))}`;
    case "any":
      return "any value";
  }
}

function formProblem(question: Question, answer: Json | undefined): string | undefined {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    return "The answer must be an object with the fields of the form.";
  }
  const size = JSON.stringify(answer).length;
  if (size > MAX_ANSWER_CHARACTERS) return tooLong(size);
  const fields = formFields(question);
  const names = fields.map(({ name }) => name);
  const unknown = Object.keys(answer).find((key) => !names.includes(key));
  if (unknown !== undefined) {
    return `There is no field ${clipped(unknown)}. Fields: ${listed(names) || "none"}.`;
  }
  for (const field of fields) {
    const value = Object.hasOwn(answer, field.name) ? answer[field.name] : undefined;
    if (value === undefined && field.isRequired) {
      return `The field ${clipped(field.name)} is missing: expected ${expectation(field)}.`;
    }
    const expected = value === undefined ? undefined : fieldProblem(field, value);
    if (expected !== undefined) return `The field ${clipped(field.name)} does not fit: expected ${expected}.`;
  }
  return undefined;
}

function isFitting(
  { type, choices, format = "", least = -Infinity, most = Infinity }: FormField,
  value: Json,
): boolean {
  const isWithin = (size: number) => size >= least && size <= most;
  const isChoice = (one: Json) => choices.some((choice) => choice.value === one);
  switch (type) {
    case "text": {
      if (typeof value !== "string" || !isWithin([...value].length)) return false;
      return !Object.hasOwn(formats, format) || formats[format]?.schema.safeParse(value).success === true;
    }
    case "number":
      return typeof value === "number" && isWithin(value);
    case "integer":
      return typeof value === "number" && Number.isInteger(value) && isWithin(value);
    case "boolean":
      return typeof value === "boolean";
    case "choice":
      return isChoice(value);
    case "choices":
      return (
        Array.isArray(value) && isWithin(value.length) && new Set(value).size === value.length && value.every(isChoice)
      );
    case "any":
      return true;
  }
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const of = unit === "" ? "" : ` ${unit}`;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}${of}`;
  if (least !== undefined) return ` of at least ${least}${of}`;
  return most === undefined ? "" : ` of at most ${most}${of}`;
}

function listed(words: readonly string[]): string {
  const more = words.length - MOST_NAMED;
  const shown = words.slice(0, MOST_NAMED).map(clipped).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function clipped(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

function tooLong(characters: number): string {
  const most = MAX_ANSWER_CHARACTERS.toLocaleString("en-US");
  return `The answer is too long: ${characters.toLocaleString("en-US")} characters, at most ${most}. Save it as a file and name the file.`;
}
