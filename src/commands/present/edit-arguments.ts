import type { CardRow } from "../../protocol/requests.ts";
import type { Json } from "../../protocol/values.ts";
import { jsonText, oneLine, visibleText } from "./terminal-text.ts";

/** One argument as a form asks for it. */
export interface ArgumentField {
  /** Ours, because a tool's names may be anything. */
  id: string;
  name: string;
  /** `text`: as it is; `json`: written as JSON, left out where empty; `switch`: true or false. */
  kind: "text" | "json" | "switch";
  title: string;
  initial: string | boolean;
}

/** What a form came to: arguments, or by field what is wrong. */
export type EditedArguments = { arguments: Json } | { problems: Record<string, string> };

/** The field for arguments that the call does not have yet, and that for all of them as JSON. */
export const MORE = "more";
export const ALL = "all";

const LONGEST_TITLE = 60;
const LONGEST_PROBLEM = 300;

/** The arguments of a call as fields; undefined where they are no list of names and values. */
export function argumentFields({ arguments: values }: Pick<CardRow, "arguments">): ArgumentField[] | undefined {
  if (!isRecord(values)) return undefined;
  return Object.entries(values).map(([name, value], index): ArgumentField => {
    const field = { id: `argument-${index + 1}`, name, title: oneLine(name, LONGEST_TITLE) };
    if (typeof value === "boolean") return { ...field, kind: "switch", initial: value };
    // What a field would not show as it is, such as a character that reorders, is shown escaped.
    if (typeof value === "string" && visibleText(value) === value) return { ...field, kind: "text", initial: value };
    return { ...field, kind: "json", initial: jsonText(value, 2) };
  });
}

/** What was entered into the fields. */
export function argumentsFrom(
  fields: readonly ArgumentField[],
  inputs: Readonly<Record<string, unknown>>,
): EditedArguments {
  const values: [string, Json][] = [];
  const problems: Record<string, string> = {};
  for (const { id, name, kind } of fields) {
    const input = inputs[id];
    if (kind === "switch") values.push([name, input === true]);
    else if (kind === "text") values.push([name, String(input ?? "")]);
    else {
      const parsed = parseJson(String(input ?? ""));
      if (parsed === "broken") problems[id] = "This is no JSON. Text needs quotation marks";
      else if (parsed !== "empty") values.push([name, parsed.value]);
    }
  }
  const more = parseJson(String(inputs[MORE] ?? ""));
  if (more === "broken" || (more !== "empty" && !isRecord(more.value))) {
    problems[MORE] = 'Give an object, such as {"timeoutMs": 5000}';
  } else if (more !== "empty" && isRecord(more.value)) values.push(...Object.entries(more.value));
  return Object.keys(problems).length > 0 ? { problems } : { arguments: Object.fromEntries(values) };
}

/** What was entered as JSON. */
export function argumentsFromJson(text: string): EditedArguments {
  const parsed = parseJson(text);
  return typeof parsed === "string" ? { problems: { [ALL]: "This is no JSON" } } : { arguments: parsed.value };
}

/** Where in the form a refusal of the helper belongs: at the argument that it names, else at the first field. */
export function problemPlaces(fields: readonly ArgumentField[] | undefined, message: string): Record<string, string> {
  const words = oneLine(message.replace(/^\S+ still waits: /, ""), LONGEST_PROBLEM);
  const named = fields?.filter(({ name }) => message.includes(` ${name}: `) || message.includes(` ${name}.`)) ?? [];
  const place = fields === undefined ? ALL : (named[0] ?? fields[0])?.id;
  return { [place ?? MORE]: words };
}

function parseJson(text: string): { value: Json } | "empty" | "broken" {
  if (text.trim() === "") return "empty";
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return "broken";
  }
}

function isRecord(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
