import { isShallow } from "../protocol/shallow-json.ts";
import type { Json } from "../protocol/values.ts";

type JsonObject = { [key: string]: Json };

/** Whether a JSON value is an object: neither null nor an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Brings a model's value into the shape of a JSON Schema where that is safe: `"5"` becomes 5, `"true"` true, a lone
 * value a list of one, a list or object sent as JSON text itself; null for an optional property and unknown properties
 * are dropped, but for those that only differ in case and separators; lone surrogates, which no UTF-8 can hold, are replaced. What it cannot mend it leaves for validation to
 * name. Never copies a key that the schema does not name, so `__proto__` gets nowhere.
 */
export function coerce(value: Json, schema: JsonObject): Json {
  const branches = schema["anyOf"];
  if (Array.isArray(branches)) return coerceAny(value, branches.filter(isObject));
  switch (schema["type"]) {
    case "string":
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      return typeof value === "string" ? wellFormed(value) : value;
    case "number":
    case "integer":
      return typeof value === "string" && /^\s*[+-]?\d{1,30}(\.\d{1,30})?\s*$/.test(value) ? Number(value) : value;
    case "boolean":
      if (typeof value === "string" && /^\s*(true|false)\s*$/i.test(value))
        return value.trim().toLowerCase() === "true";
      return value;
    case "array":
      return coerceArray(value, schema["items"]);
    case "object":
      return coerceObject(value, schema);
    default:
      return wellFormed(value);
  }
}

function coerceAny(value: Json, branches: JsonObject[]): Json {
  const fits = branches.find((branch) => hasType(value, branch["type"]));
  const branch = fits ?? branches.find((one) => one["type"] !== "null");
  return branch ? coerce(value, branch) : value;
}

function coerceArray(value: Json, items: Json | undefined): Json {
  const unpacked = unpack(value, "[");
  const list = Array.isArray(unpacked) ? unpacked : unpacked === null ? null : [unpacked];
  return list !== null && isObject(items) ? list.map((item) => coerce(item, items)) : list;
}

function coerceObject(value: Json, schema: JsonObject): Json {
  const unpacked = unpack(value, "{");
  if (!isObject(unpacked)) return unpacked;
  const { properties, required, additionalProperties } = schema;
  const known = isObject(properties) ? properties : {};
  const others = isObject(additionalProperties) ? additionalProperties : additionalProperties === true ? {} : undefined;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(unpacked)) {
    if (key === "__proto__") continue;
    const name = Object.hasOwn(known, key) ? key : others === undefined ? spelledOtherwise(key, known, unpacked) : key;
    const property = name !== undefined && Object.hasOwn(known, name) ? known[name] : others;
    if (name === undefined || !isObject(property)) continue;
    const isRequired = Array.isArray(required) && required.includes(name);
    if (item === null && !isRequired && !acceptsNull(property)) continue;
    result[name] = coerce(item, property);
  }
  return result;
}

/** The one property that is not given by its own name and has the same letters as a key: `file_path` for `filePath`. */
function spelledOtherwise(key: string, known: JsonObject, given: JsonObject): string | undefined {
  const letters = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "");
  if (key.length > 100) return undefined;
  const same = Object.keys(known).filter((name) => letters(name) === letters(key) && !Object.hasOwn(given, name));
  return same.length === 1 ? same[0] : undefined;
}

/** A list or object that a model sent as JSON text. */
function unpack(value: Json, opening: "[" | "{"): Json {
  if (typeof value !== "string" || !value.trimStart().startsWith(opening)) return value;
  try {
    const unpacked = JSON.parse(value) as Json;
    return isShallow(unpacked) ? unpacked : value;
  } catch {
    return value;
  }
}

function acceptsNull(schema: JsonObject): boolean {
  const branches = schema["anyOf"];
  if (Array.isArray(branches)) return branches.some((branch) => isObject(branch) && acceptsNull(branch));
  return schema["type"] === "null" || schema["type"] === undefined;
}

function hasType(value: Json, type: Json | undefined): boolean {
  if (type === undefined) return true;
  if (value === null) return type === "null";
  if (Array.isArray(value)) return type === "array";
  if (typeof value === "number") return type === "number" || (type === "integer" && Number.isInteger(value));
  return type === typeof value;
}

function wellFormed(value: Json): Json {
  if (typeof value === "string") return value.replace(/\p{Surrogate}/gu, "\uFFFD");
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "__proto__");
  return Object.fromEntries(entries.map(([key, item]) => [String(wellFormed(key)), wellFormed(item)]));
}
