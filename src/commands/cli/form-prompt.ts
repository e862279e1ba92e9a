import { expectation, fieldProblem } from "../../protocol/check-answer.ts";
import type { FormField } from "../../protocol/form-fields.ts";
import type { Json } from "../../protocol/values.ts";
import { understood } from "../present/form-answer.ts";
import { fieldLabel } from "../present/question.ts";
import { oneLine } from "../present/terminal-text.ts";
import type { CardPrompt, PromptOption } from "./card-prompt.ts";

const NOTHING = "nothing";

/** Asks for each field of a form in turn. Undefined once the prompt is closed. */
export async function askForForm(
  fields: readonly FormField[],
  prompt: CardPrompt,
): Promise<{ [name: string]: Json } | undefined> {
  const values: [string, Json][] = [];
  for (const field of fields) {
    const said = await askForField(field, prompt);
    if (said === undefined) return undefined;
    if (said.value !== undefined) values.push([field.name, said.value]);
  }
  return Object.fromEntries(values);
}

type Said = { value: Json | undefined } | undefined;

function askForField(field: FormField, prompt: CardPrompt): Promise<Said> {
  if (field.type === "choices") return askForSeveral(field, prompt);
  if (field.type === "choice") return askForOne(field, field.choices, prompt);
  if (field.type !== "boolean") return askForWords(field, prompt);
  const answers = [
    { value: true, title: "Yes" },
    { value: false, title: "No" },
  ];
  return askForOne(field, answers, prompt);
}

async function askForOne(field: FormField, choices: FormField["choices"], prompt: CardPrompt): Promise<Said> {
  const options = optionsOf(choices);
  if (!field.isRequired) options.push({ value: NOTHING, label: "No answer" });
  const preset = choices.findIndex(({ value }) => value === field.preset);
  const picked = await prompt.select(messageOf(field), options, preset < 0 ? undefined : String(preset));
  return picked === undefined ? undefined : { value: choices[Number(picked)]?.value };
}

async function askForSeveral(field: FormField, prompt: CardPrompt): Promise<Said> {
  const { choices, preset, isRequired } = field;
  const initial = Array.isArray(preset) ? preset : [];
  let first = choices.flatMap(({ value }, index) => (initial.includes(value) ? [String(index)] : []));
  let message = messageOf(field);
  for (;;) {
    const picked = await prompt.several(message, optionsOf(choices), first);
    if (picked === undefined) return undefined;
    const value = picked.map((index) => choices[Number(index)]?.value ?? null);
    if (value.length === 0 && !isRequired) return { value: undefined };
    const expected = fieldProblem(field, value);
    if (expected === undefined) return { value };
    message = `${messageOf(field)}: choose ${expected}`;
    first = picked;
  }
}

async function askForWords(field: FormField, prompt: CardPrompt): Promise<Said> {
  const { isRequired, preset } = field;
  const check = (words: string) => {
    if (words.trim() === "") return isRequired ? `This is needed: ${expectation(field)}.` : undefined;
    const meant = understood(field, words);
    return "expected" in meant ? `Expected ${meant.expected}.` : undefined;
  };
  const first = preset === undefined || typeof preset === "string" ? preset : JSON.stringify(preset);
  const words = await prompt.text(messageOf(field), { first, check });
  if (words === undefined) return undefined;
  if (words.trim() === "") return { value: undefined };
  const meant = understood(field, words);
  return { value: "value" in meant ? meant.value : words };
}

function messageOf(field: FormField): string {
  const { description } = field;
  return `${fieldLabel(field)}${description === undefined ? "" : `: ${oneLine(description, 200)}`}`;
}

function optionsOf(choices: FormField["choices"]): PromptOption[] {
  return choices.map(({ title }, index) => ({ value: String(index), label: oneLine(title, 80) }));
}
