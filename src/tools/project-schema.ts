import type { Json } from "../protocol/values.ts";
import { isObject } from "./coerce.ts";
import {
  alternativesOf,
  type JsonObject,
  NAMES_PER_PART,
  propertiesOf,
  requiredOf,
  resolveSchema,
  type SchemaBudget,
} from "./schema-source.ts";
import { plainLine } from "./visible-text.ts";

const MAX_DEPTH = 8;
const MAX_PARTS = 1_000;
const MAX_PROPERTIES = 100;
const MAX_ALTERNATIVES = 20;
const MAX_ENUM = 100;
/** Names, descriptions and values together. */
const MAX_CHARACTERS = 20_000;
const MAX_DESCRIPTION = 300;
/** Some servers refuse a whole request that holds another name; `__proto__` is dropped by coercion too. */
const USABLE_NAME = /^(?!__proto__$)[A-Za-z0-9_.-]{1,64}$/;
const TYPES = ["string", "number", "integer", "boolean", "null", "array", "object"] as const;
type Type = (typeof TYPES)[number];

/** An object of which nothing is known. */
const FREE: JsonObject = { type: "object", additionalProperties: true };
const PLAIN: Json[] = [{ type: "string" }, { type: "number" }, { type: "boolean" }, { ...FREE }];
/** Any value. Said with types, because servers with grammars refuse a schema without one. */
const ANY: JsonObject = { anyOf: [...PLAIN, { type: "array", items: { anyOf: PLAIN } }] };

interface Scope {
  root: JsonObject;
  budget: SchemaBudget;
  depth: number;
  followed: readonly string[];
}

/**
 * What a model is sent of a JSON Schema: `type`, `enum`, `const`, `required`, `description`, `properties`, `items`,
 * `anyOf` and `additionalProperties`, nothing else. References are inlined; what servers with grammars cannot compile
 * (patterns, formats, bounds, conditions) is left to the tool's own validation. Takes any value, also a stranger's
 * that is no schema at all, circular by reference, very deep or very large: the result is always an object schema of
 * bounded size, and an object of which something was left out says `additionalProperties: true`.
 */
export function projectSchema(schema: unknown): { [key: string]: Json } {
  const root = isObject(schema as Json) ? (schema as JsonObject) : { type: "none" };
  const budget = { parts: MAX_PARTS, characters: MAX_CHARACTERS };
  const { schema: plain, followed } = resolveSchema(root, root, [], budget);
  const { type = "object" } = plain;
  const isForObjects = type === "object" || (Array.isArray(type) && type.includes("object"));
  if (!isForObjects) return { ...FREE, properties: {} };
  const scope: Scope = { root, budget, depth: 1, followed };
  const whole = joined(plain, scope);
  const object = { properties: {}, ...projectObject(whole, scope) };
  if (!saysNothing(whole) || whole["patternProperties"] !== undefined) return object;
  return { type: "object", properties: {} };
}

/** Servers refuse alternatives at the top: their properties stand side by side, and only what all require is required. */
function joined(schema: JsonObject, { root, budget, followed }: Scope): JsonObject {
  const branches = alternativesOf(schema)
    .slice(0, MAX_ALTERNATIVES)
    .map((branch) => resolveSchema(branch, root, followed, budget).schema);
  const [first, ...others] = branches;
  if (first === undefined) return schema;
  const found = new Map<string, Json[]>();
  for (const one of [schema, ...branches]) {
    for (const [name, property] of Object.entries(propertiesOf(one))) {
      found.set(name, [...(found.get(name) ?? []), property]);
    }
  }
  const properties = [...found].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? {}) : { anyOf: list }]);
  const shared = requiredOf(first).filter((name) => others.every((one) => requiredOf(one).includes(name)));
  return {
    ...schema,
    properties: Object.fromEntries(properties) as Json,
    required: [...new Set([...requiredOf(schema), ...shared])],
  };
}

/** One part of a schema. Undefined: no value fits, or it is more than a model is told. */
function project(part: Json | undefined, scope: Scope): JsonObject | undefined {
  if (part === false || scope.budget.parts <= 0) return undefined;
  if (!isObject(part)) return ANY;
  const { schema, followed } = resolveSchema(part, scope.root, scope.followed, scope.budget);
  const inner = { ...scope, depth: scope.depth + 1, followed };
  const description = describe(schema["description"], scope.budget);
  const types = typesOf(schema);
  const [only] = types;
  if (types.length === 0) return { ...projectAlternatives(alternativesOf(schema), schema, inner), ...description };
  if (only !== undefined && types.length === 1) return { ...projectTyped(schema, only, inner), ...description };
  return { ...united(types.map((type) => projectTyped(schema, type, inner))), ...description };
}

function projectAlternatives(branches: JsonObject[], schema: JsonObject, scope: Scope): JsonObject {
  if (branches.length === 0 || scope.depth > MAX_DEPTH) return ANY;
  const projected = branches.slice(0, MAX_ALTERNATIVES).flatMap((branch) => {
    const one = project(branch, scope);
    return one === undefined ? [] : [one];
  });
  const told = schema["default"] === null ? projected.filter((one) => one["type"] !== "null") : projected;
  return united(told);
}

function projectTyped(schema: JsonObject, type: Type, scope: Scope): JsonObject {
  const { const: fixed, enum: values } = schema;
  if (type === "array") {
    const items = scope.depth > MAX_DEPTH ? undefined : project(schema["items"], scope);
    return { type, items: items ?? { anyOf: PLAIN } };
  }
  if (type === "object") return scope.depth > MAX_DEPTH ? FREE : projectObject(schema, scope);
  if (fixed !== undefined && isOfType(fixed, type) && pay(fixed, scope.budget)) return { type, const: fixed };
  if (!Array.isArray(values) || values.length > MAX_ENUM) return { type };
  const fitting = [...new Set(values.filter((value) => isOfType(value, type)))];
  return fitting.length > 0 && pay(fitting, scope.budget) ? { type, enum: fitting } : { type };
}

function projectObject(schema: JsonObject, scope: Scope): JsonObject {
  const required = new Set(requiredOf(schema));
  const named = Object.entries(propertiesOf(schema));
  scope.budget.parts -= Math.floor(named.length / NAMES_PER_PART);
  const inOrder = [...named.filter(([name]) => required.has(name)), ...named.filter(([name]) => !required.has(name))];
  const properties: { [key: string]: Json } = {};
  for (const [name, part] of inOrder.slice(0, MAX_PROPERTIES)) {
    const property = USABLE_NAME.test(name) && pay(name, scope.budget) ? project(part, scope) : undefined;
    if (property !== undefined) properties[name] = property;
  }
  const kept = Object.keys(properties);
  const isUnsaid = kept.length < named.length || saysNothing(schema) || schema["patternProperties"] !== undefined;
  const others = isUnsaid ? true : schema["additionalProperties"];
  const told = isObject(others) ? project(others, scope) : others === true ? ANY : undefined;
  const open = told?.["anyOf"] === ANY["anyOf"] ? true : told;
  const needed = kept.filter((name) => required.has(name));
  return {
    type: "object",
    ...(kept.length > 0 ? { properties } : {}),
    ...(needed.length > 0 ? { required: needed } : {}),
    ...(open === undefined ? {} : { additionalProperties: open }),
  };
}

/** An object schema that names no property and forbids none: anything goes. */
function saysNothing(schema: JsonObject): boolean {
  return Object.keys(propertiesOf(schema)).length === 0 && schema["additionalProperties"] === undefined;
}

/** The types that a schema names or that follow from it; none where only its alternatives tell. */
function typesOf(schema: JsonObject): Type[] {
  const { type, enum: values, const: fixed } = schema;
  const named = TYPES.filter((one) => (Array.isArray(type) ? type.includes(one) : type === one));
  if (named.length > 0) {
    const isNullDropped = schema["default"] === null && named.length > 1;
    return isNullDropped ? named.filter((one) => one !== "null") : named;
  }
  const examples = fixed !== undefined ? [fixed] : Array.isArray(values) ? values.slice(0, MAX_ENUM) : [];
  if (examples.length > 0) {
    return TYPES.filter((one) => one !== "integer" && examples.some((value) => isOfType(value, one)));
  }
  if (isObject(schema["properties"])) return ["object"];
  if (alternativesOf(schema).length > 0) return [];
  if (schema["additionalProperties"] !== undefined || schema["patternProperties"] !== undefined) return ["object"];
  return schema["items"] === undefined ? [] : ["array"];
}

/** Alternatives as short as they can be said: one alone, constants of one type as an enumeration, else `anyOf`. */
function united(parts: readonly JsonObject[]): JsonObject {
  const flat = parts.flatMap((part) => (Array.isArray(part["anyOf"]) ? part["anyOf"].filter(isObject) : [part]));
  const distinct = [...new Map(flat.map((part) => [JSON.stringify(part), part])).values()];
  const [first] = distinct;
  if (first === undefined) return ANY;
  if (distinct.length === 1) return first;
  const values = distinct.map(({ const: fixed, enum: list }) => (fixed === undefined ? list : [fixed]));
  const isOneList = distinct.every((part) => part["type"] === first["type"]) && values.every(Array.isArray);
  if (isOneList) return { type: first["type"] ?? "string", enum: [...new Set(values.flat() as Json[])] };
  return { anyOf: distinct };
}

function describe(description: Json | undefined, budget: SchemaBudget): { description?: string } {
  const line = typeof description === "string" ? plainLine(description, MAX_DESCRIPTION) : "";
  return line !== "" && pay(line, budget) ? { description: line } : {};
}

/** Takes a value's characters from the budget; false, with nothing taken, where they are not there any more. */
function pay(value: Json, budget: SchemaBudget): boolean {
  const characters = JSON.stringify(value).length;
  if (characters > budget.characters) return false;
  budget.characters -= characters;
  return true;
}

function isOfType(value: Json, type: Type): boolean {
  if (value === null) return type === "null";
  if (Array.isArray(value)) return type === "array";
  if (typeof value === "number") return type === "number" || (type === "integer" && Number.isInteger(value));
  return type === typeof value;
}
