import type { Json } from "../../protocol/values.ts";
import { isObject } from "../coerce.ts";
import {
  alternativesOf,
  type JsonObject,
  propertiesOf,
  requiredOf,
  resolveSchema,
  type SchemaBudget,
} from "../schema-source.ts";

const MAX_PARTS = 2_000;
const MAX_DEPTH = 16;
const MAX_ALTERNATIVES = 50;
const MAX_VALUES = 1_000;
const TYPES: readonly Json[] = ["string", "number", "integer", "boolean", "null", "array", "object"];
const COUNTS = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];
const BOUNDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/** A stranger's schema that is none. */
export class InvalidSchema extends Error {}

/**
 * What of a stranger's schema loopd checks itself: types, required names, values, lengths and bounds, in a tree of
 * bounded size without references. Patterns and formats are left out, because one of them can keep a helper busy for
 * ever; conditions are left to the server. What passes may still be refused by the server; what fails would be.
 * @throws InvalidSchema
 */
export function checkableSchema(schema: Json): JsonObject {
  if (!isObject(schema)) throw new InvalidSchema("it is no object");
  const budget = { parts: MAX_PARTS, characters: 0 };
  const root = part(schema, { root: schema, budget, followed: [], depth: 0 });
  const { type } = root;
  if (type !== undefined && type !== "object" && !(Array.isArray(type) && type.includes("object"))) {
    throw new InvalidSchema("it does not describe an object");
  }
  return root;
}

interface Scope {
  root: JsonObject;
  budget: SchemaBudget;
  followed: readonly string[];
  depth: number;
}

function part(value: Json | undefined, scope: Scope): JsonObject {
  if (value === false) return { not: {} };
  if (!isObject(value) || scope.depth > MAX_DEPTH || scope.budget.parts <= 0) return {};
  const { schema, followed } = resolveSchema(value, scope.root, scope.followed, scope.budget);
  const inner = { ...scope, followed, depth: scope.depth + 1 };
  const checked: { [key: string]: Json } = { ...typeOf(schema), ...valuesOf(schema), ...limitsOf(schema) };
  const required = requiredOf(schema);
  if (required.length > 0) checked["required"] = [...new Set(required)];
  const properties = Object.entries(propertiesOf(schema)).filter(([name]) => name !== "__proto__");
  if (properties.length > 0) {
    checked["properties"] = Object.fromEntries(properties.map(([name, one]) => [name, part(one, inner)]));
  }
  const { items, additionalProperties: others, patternProperties } = schema;
  if (isObject(items)) checked["items"] = part(items, inner);
  // Names that only a pattern permits cannot be told from others without it.
  if (others !== undefined && patternProperties === undefined) {
    checked["additionalProperties"] = others === false ? false : part(others, inner);
  }
  const branches = alternativesOf(schema);
  // `oneOf` too: without their patterns several of them may fit.
  if (branches.length > 0 && branches.length <= MAX_ALTERNATIVES) {
    checked["anyOf"] = branches.map((branch) => part(branch, inner));
  }
  return checked;
}

function typeOf({ type, nullable }: JsonObject): JsonObject {
  if (type === undefined) return {};
  const types = Array.isArray(type) ? type : [type];
  if (types.length === 0 || !types.every((one) => TYPES.includes(one)))
    throw new InvalidSchema("it names a type that does not exist");
  const all = nullable === true ? [...types, "null"] : types;
  return { type: all.length === 1 ? (all[0] ?? null) : [...new Set(all)] };
}

function valuesOf({ enum: values, const: fixed }: JsonObject): JsonObject {
  if (fixed !== undefined) return { const: fixed };
  return Array.isArray(values) && values.length > 0 && values.length <= MAX_VALUES ? { enum: values } : {};
}

function limitsOf(schema: JsonObject): JsonObject {
  const counts = COUNTS.filter((name) => Number.isSafeInteger(schema[name]) && Number(schema[name]) >= 0);
  const bounds = BOUNDS.filter((name) => typeof schema[name] === "number");
  return Object.fromEntries([...counts, ...bounds].map((name) => [name, schema[name] ?? 0]));
}
