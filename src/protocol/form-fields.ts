import type { Question } from "./question.ts";
import type { Json } from "./values.ts";

/** One answer that a field lets a person choose. */
export interface FieldChoice {
  value: Json;
  title: string;
}

/** One plain field of a form, as a face asks for it. Titles and descriptions are a stranger's words. */
export interface FormField {
  name: string;
  title: string;
  description?: string;
  /** `choices`: any number of them, as a list. `any`: a kind that this version does not know; every value is taken. */
  type: "text" | "number" | "integer" | "boolean" | "choice" | "choices" | "any";
  isRequired: boolean;
  /** What `choice` and `choices` choose from. */
  choices: readonly FieldChoice[];
  /** Bounds of a number's value, a text's characters, or how many choices. */
  least?: number;
  most?: number;
  format?: string;
  /** What it is where the person says nothing. */
  preset?: Json;
}

/** A person does not fill in more than that; a form of a stranger may have any number. */
const MOST_FIELDS = 100;

type Schema = { [key: string]: Json };

/**
 * The fields of a question's form, in the order of its schema; [] where it has none. Patterns are left out: a stranger's
 * regular expression may take for ever.
 */
export function formFields({ form }: Question): FormField[] {
  if (form === undefined) return [];
  const required = Array.isArray(form.required) ? form.required : [];
  const properties = Object.entries(schemaOf(form.properties)).slice(0, MOST_FIELDS);
  return properties.map(([name, value]) => fieldOf(name, schemaOf(value), required.includes(name)));
}

/** The choices of a question without repetitions; [] where it is answered in words or by a form. */
export function questionChoices({ choices = [], form }: Question): string[] {
  return form === undefined ? [...new Set(choices)] : [];
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): FormField {
  const { title, description, default: preset, format } = schema;
  const field: FormField = {
    name,
    title: wordsOf(title) ?? name,
    description: wordsOf(description),
    type: "any",
    isRequired,
    choices: [],
    preset,
  };
  const choices = choicesOf(schema);
  if (choices !== undefined) return { ...field, type: "choice", choices };
  switch (schema.type) {
    case "string":
      return {
        ...field,
        type: "text",
        format: wordsOf(format),
        ...bounds(schema.minLength, schema.maxLength),
      };
    case "number":
    case "integer":
      return { ...field, type: schema.type, ...bounds(schema.minimum, schema.maximum) };
    case "boolean":
      return { ...field, type: "boolean" };
    case "array": {
      const several = choicesOf(schemaOf(schema.items));
      if (several === undefined) return field;
      return { ...field, type: "choices", choices: several, ...bounds(schema.minItems, schema.maxItems) };
    }
    default:
      return field;
  }
}

/** `enum` with or without `enumNames`, or a list of titled constants. */
function choicesOf(schema: Schema): FieldChoice[] | undefined {
  const { enum: values, enumNames: names, oneOf, anyOf } = schema;
  if (Array.isArray(values) && values.length > 0) {
    const titles = Array.isArray(names) ? names : [];
    return unique(values.map((value, index) => ({ value, title: wordsOf(titles[index]) ?? titleOf(value) })));
  }
  const titled = Array.isArray(oneOf) ? oneOf : anyOf;
  if (!Array.isArray(titled) || titled.length === 0) return undefined;
  const constants = titled.map(schemaOf);
  if (!constants.every((constant) => Object.hasOwn(constant, "const"))) return undefined;
  return unique(
    constants.map(({ const: value = null, title }) => ({ value, title: wordsOf(title) ?? titleOf(value) })),
  );
}

function unique(choices: readonly FieldChoice[]): FieldChoice[] {
  return [...new Map(choices.map((choice) => [choice.value, choice])).values()];
}

function bounds(least: Json | undefined, most: Json | undefined): { least?: number; most?: number } {
  return { least: typeof least === "number" ? least : undefined, most: typeof most === "number" ? most : undefined };
}

function schemaOf(value: Json | undefined): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function wordsOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function titleOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
