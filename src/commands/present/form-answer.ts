import { fieldProblem } from "../../protocol/check-answer.ts";
import type { FieldChoice, FormField } from "../../protocol/form-fields.ts";
import type { Json } from "../../protocol/values.ts";

/** What a person's words mean: a value, or what was expected instead. */
export type Understood = { value: Json } | { expected: string };

/** The choice that words mean: its text, its number in the list (from 1), or its text in another case. */
export function chosen(choices: readonly FieldChoice[], words: string): FieldChoice | undefined {
  const said = words.trim();
  const exact = choices.find(({ value, title }) => value === words || title === said || value === said);
  if (exact !== undefined) return exact;
  if (/^\d{1,4}$/.test(said)) return choices[Number(said) - 1];
  const alike = choices.filter(({ title }) => title.toLowerCase() === said.toLowerCase());
  return alike.length === 1 ? alike[0] : undefined;
}

/** What a person's words mean in a field, checked. Lists are separated by commas. */
export function understood(field: FormField, words: string): Understood {
  const value = valueOf(field, words);
  const expected = fieldProblem(field, value);
  return expected === undefined ? { value } : { expected };
}

/** A field of a form in a window, with what it shows at first: words, a tick, or choices, each as its JSON. */
export interface FormItem {
  id: string;
  field: FormField;
  initial: string | boolean | string[];
}

/** The fields of a form as a window asks for them; ids are ours, because a stranger's names may be anything. */
export function formItems(fields: readonly FormField[]): FormItem[] {
  return fields.map((field, index) => ({ id: `field-${index + 1}`, field, initial: initialOf(field) }));
}

/** What a window's inputs, by id, mean: the answer to the form, or by id what was expected instead. */
export function formAnswer(
  items: readonly FormItem[],
  inputs: Readonly<Record<string, unknown>>,
): { answer: { [name: string]: Json } } | { problems: Record<string, string> } {
  const values: [string, Json][] = [];
  const problems: [string, string][] = [];
  for (const { id, field } of items) {
    const value = inputOf(field, inputs[id]);
    const expected = value === undefined ? undefined : fieldProblem(field, value);
    if (value === undefined && field.isRequired) problems.push([id, "This is needed"]);
    else if (expected !== undefined) problems.push([id, `Expected ${expected}`]);
    else if (value !== undefined) values.push([field.name, value]);
  }
  return problems.length > 0 ? { problems: Object.fromEntries(problems) } : { answer: Object.fromEntries(values) };
}

function initialOf({ type, preset, choices }: FormField): FormItem["initial"] {
  const known = (value: Json) => choices.some((choice) => choice.value === value);
  if (type === "boolean") return preset === true;
  if (type === "choices")
    return Array.isArray(preset) ? preset.filter(known).map((value) => JSON.stringify(value)) : [];
  if (preset === undefined || preset === null) return "";
  if (type === "choice") return known(preset) ? JSON.stringify(preset) : "";
  return typeof preset === "string" ? preset : JSON.stringify(preset);
}

/** What one input means; undefined where the person left it empty. */
function inputOf(field: FormField, input: unknown): Json | undefined {
  if (field.type === "boolean") return input === true;
  if (Array.isArray(input)) {
    const values = input.flatMap((one) => (typeof one === "string" ? [JSON.parse(one) as Json] : []));
    return values.length === 0 && !field.isRequired ? undefined : values;
  }
  if (typeof input !== "string" || input.trim() === "") return undefined;
  return field.type === "choice" ? (JSON.parse(input) as Json) : valueOf(field, input);
}

function valueOf({ type, choices }: FormField, words: string): Json {
  const said = words.trim();
  const choose = (one: string): Json => chosen(choices, one)?.value ?? one;
  switch (type) {
    case "text":
      return words;
    case "number":
    case "integer":
      return said === "" ? words : numberOf(said);
    case "boolean":
      if (/^(true|yes|y|1)$/i.test(said)) return true;
      return /^(false|no|n|0)$/i.test(said) ? false : words;
    case "choice":
      return choose(words);
    case "choices": {
      const whole = chosen(choices, words);
      const parts = said.split(",").filter((part) => part.trim() !== "");
      return whole === undefined ? parts.map(choose) : [whole.value];
    }
    case "any":
      return parsed(words);
  }
}

/** A number, or the words where they are none. */
function numberOf(words: string): Json {
  const value = Number(words);
  return Number.isFinite(value) ? value : words;
}

function parsed(words: string): Json {
  try {
    return JSON.parse(words) as Json;
  } catch {
    return words;
  }
}
