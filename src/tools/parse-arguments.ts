import type { ParseResult } from "../agent/ports.ts";
import type { Json } from "../protocol/values.ts";
import { coerce, isObject } from "./coerce.ts";
import type { Tool } from "./define-tool.ts";
import { inputSchemaOf, RATIONALE, mayChangeThings } from "./tool-schema.ts";
import { plainLine } from "./visible-text.ts";

const MAX_RATIONALE_CHARACTERS = 500;

/**
 * Makes a model's input into the tool's arguments, or into words with which the model can mend its call: which
 * argument, what was expected, an example. The rationale is taken out and cleaned either way.
 */
export function parseArguments(tool: Tool, input: Json): ParseResult {
  const rationale = rationaleOf(tool, input);
  const schema = inputSchemaOf(tool);
  const shaped = coerce(unwrapped(input ?? {}, schema), schema);
  const parsed = tool.input.safeParse(shaped);
  if (parsed.success) {
    const isCoerced = JSON.stringify(shaped) !== JSON.stringify(withoutRationale(tool, input ?? {}));
    return { type: "parsed", arguments: parsed.data as Json, ...(isCoerced ? { isCoerced } : {}), ...rationale };
  }
  const problems = parsed.error.issues.slice(0, 5).map((issue) => {
    const at = issue.path.length === 0 ? "the input" : issue.path.join(".");
    const given = valueAt(shaped, issue.path);
    const expected = issue.message.replace(/^Invalid input: /, "").replace(/, received \S+$/, "");
    return `${at}: ${expected}, ${given === undefined ? "but it is missing" : `not ${shown(given)}`}`;
  });
  const example = tool.examples[0];
  const words = [
    `${tool.name} was called wrongly. ${problems.join("; ")}.`,
    `It takes ${argumentsOf(schema)}.`,
    ...(example ? [`For example: ${JSON.stringify(example)}.`] : []),
    "Nothing was run; call it again with other arguments.",
  ];
  return { type: "invalid", message: words.join(" "), ...rationale };
}

/** Names under which models put the arguments once more, or beside which they repeat the tool's. */
const WRAPPERS = ["arguments", "parameters", "input", "args", "params", "kwargs"];
const BESIDE: ReadonlySet<string> = new Set(["name", "tool", "tool_name", "type", "id", RATIONALE]);

/** Arguments that came as the only item of a list, or within an object that has none of the tool's own arguments. */
function unwrapped(input: Json, schema: { readonly [key: string]: Json }): Json {
  if (Array.isArray(input)) return input.length === 1 && isObject(input[0]) ? input[0] : input;
  const { properties, additionalProperties: others = false } = schema;
  if (!isObject(input) || !isObject(properties) || others !== false) return input;
  const keys = Object.keys(input);
  const wrapper = WRAPPERS.find((key) => Object.hasOwn(input, key));
  const isWrapped = wrapper !== undefined && keys.every((key) => key === wrapper || BESIDE.has(key));
  if (!isWrapped || keys.some((key) => Object.hasOwn(properties, key))) return input;
  const inner = input[wrapper];
  return isObject(inner) || (typeof inner === "string" && inner.trimStart().startsWith("{")) ? inner : input;
}

function withoutRationale(tool: Tool, input: Json): Json {
  if (!mayChangeThings(tool) || !isObject(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([key]) => key !== RATIONALE));
}

function rationaleOf(tool: Tool, input: Json): { rationale?: string } {
  if (!mayChangeThings(tool) || !isObject(input) || !Object.hasOwn(input, RATIONALE)) return {};
  const said = input[RATIONALE];
  const rationale = typeof said === "string" ? plainLine(said, MAX_RATIONALE_CHARACTERS) : "";
  return rationale === "" ? {} : { rationale };
}

function argumentsOf(schema: { [key: string]: Json }): string {
  const { properties, required } = schema;
  if (!isObject(properties) || Object.keys(properties).length === 0) return "no arguments";
  return Object.entries(properties)
    .map(([name, property]) => {
      const type = isObject(property) && typeof property["type"] === "string" ? property["type"] : "any";
      return `${name} (${type}${Array.isArray(required) && required.includes(name) ? ", required" : ""})`;
    })
    .join(", ");
}

function valueAt(value: Json, path: readonly PropertyKey[]): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) {
    if (Array.isArray(found) && typeof key === "number") found = found[key];
    else if (isObject(found) && typeof key === "string" && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

function shown(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  return typeof value === "string" ? JSON.stringify(plainLine(value, 60)) : String(value);
}
