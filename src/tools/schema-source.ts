import type { Json } from "../protocol/values.ts";
import { isObject } from "./coerce.ts";

export type JsonObject = { readonly [key: string]: Json };

/** How much of a stranger's schema is still looked at: every part and every character of it costs. */
export interface SchemaBudget {
  parts: number;
  characters: number;
}

/** A schema that says what it means by itself, and the references that were followed to it. */
interface Resolved {
  schema: JsonObject;
  followed: readonly string[];
}

/** Going through so many names costs as much as one part. */
export const NAMES_PER_PART = 200;
/** References in a row, from the root down. A longer chain is no schema that anybody meant. */
const MAX_REFERENCES = 16;

/**
 * Follows `$ref` inside the document and merges `allOf`. What leads in a circle, out of the document or nowhere says
 * nothing; a circle keeps its type. Always ends: `budget.parts` falls with each part.
 */
export function resolveSchema(
  schema: JsonObject,
  root: JsonObject,
  followed: readonly string[],
  budget: SchemaBudget,
): Resolved {
  budget.parts -= 1;
  if (budget.parts < 0) return { schema: {}, followed };
  const { $ref: reference, allOf, ...own } = schema;
  if (typeof reference === "string") {
    const target = pointedAt(root, reference);
    if (target === undefined) return { schema: own, followed };
    if (followed.includes(reference) || followed.length >= MAX_REFERENCES) {
      const type = target["type"];
      return { schema: type === undefined ? own : { type, ...own }, followed };
    }
    const trail = [...followed, reference];
    const rest = resolveSchema(target, root, trail, budget);
    return { schema: { ...rest.schema, ...own }, followed: rest.followed };
  }
  if (!Array.isArray(allOf)) return { schema: own, followed };
  let merged: Resolved = { schema: own, followed };
  for (const part of allOf) {
    if (!isObject(part) || budget.parts <= 0) continue;
    const { schema: more, followed: trail } = resolveSchema(part, root, followed, budget);
    merged = { schema: merge(merged.schema, more), followed: [...new Set([...merged.followed, ...trail])] };
    budget.parts -= Math.floor(Object.keys(propertiesOf(merged.schema)).length / NAMES_PER_PART);
  }
  return merged;
}

/** Alternatives of a schema: `anyOf` or `oneOf`, as far as they are any. */
export function alternativesOf(schema: JsonObject): JsonObject[] {
  const list = [schema["anyOf"], schema["oneOf"]].find((one) => Array.isArray(one));
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Names in a schema's `required`. */
export function requiredOf(schema: JsonObject): string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

/** A schema's `properties`. */
export function propertiesOf(schema: JsonObject): JsonObject {
  const { properties } = schema;
  return isObject(properties) ? properties : {};
}

function merge(first: JsonObject, second: JsonObject): JsonObject {
  const merged: { [key: string]: Json } = { ...second, ...first };
  if (isObject(first["properties"]) && isObject(second["properties"])) {
    merged["properties"] = { ...second["properties"], ...first["properties"] };
  }
  const required = [...new Set([...requiredOf(first), ...requiredOf(second)])];
  if (required.length > 0) merged["required"] = required;
  return merged;
}

/** Target of a JSON pointer such as `#/$defs/Node`; undefined where there is no object. */
function pointedAt(root: JsonObject, reference: string): JsonObject | undefined {
  if (reference !== "#" && !reference.startsWith("#/")) return undefined;
  let found: Json = root;
  for (const step of reference.split("/").slice(1)) {
    const key = decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
    const isThere = typeof found === "object" && found !== null && Object.hasOwn(found, key);
    if (!isThere) return undefined;
    found = (found as { [key: string]: Json })[key] ?? null;
  }
  return isObject(found) ? found : undefined;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
