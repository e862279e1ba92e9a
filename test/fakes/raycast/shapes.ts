import { isValidElement } from "react";

/** A type of Raycast's declarations as plain data, so that it can be read once and used in any process. */
export type Shape =
  | { kind: "anything" | "string" | "number" | "absent" | "node" | "function" | "instance" }
  | { kind: "literals"; values: readonly (string | number | boolean | null)[]; name: string }
  | { kind: "array"; item: number }
  | { kind: "object"; props: Readonly<Record<string, { shape: number; isOptional: boolean }>>; isOpen: boolean }
  | { kind: "any-of"; parts: readonly number[]; name: string };
/** Shapes name each other by their place in this list. */
export type Shapes = readonly Shape[];

const sets = new WeakMap<Shape, ReadonlySet<unknown>>();

/** Every way in which a value is not what its shape says: one sentence each. */
export function describeMistakes(shapes: Shapes, id: number, value: unknown, path: string): string[] {
  const shape = shapes[id];
  if (shape === undefined || fitsPlainly(shape, value)) return [];
  switch (shape.kind) {
    case "array":
      if (!Array.isArray(value)) return [wrong(path, value, "an array")];
      return value.flatMap((item, index) => describeMistakes(shapes, shape.item, item, `${path}[${index}]`));
    case "object":
      return typeof value === "object" && value !== null
        ? objectMistakes(shapes, shape, value, path)
        : [wrong(path, value, "an object")];
    case "any-of":
      return unionMistakes(shapes, shape, value, path);
    case "literals":
      return [wrong(path, value, shape.name)];
    default:
      return [wrong(path, value, shape.kind === "absent" ? "nothing" : `a ${shape.kind}`)];
  }
}

function fitsPlainly(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case "anything":
      return true;
    case "string":
      return typeof value === "string";
    case "number":
      return Number.isFinite(value);
    case "absent":
      return value === undefined;
    case "node":
      return isNode(value);
    case "function":
      return typeof value === "function";
    case "instance":
      return (typeof value === "object" && value !== null) || typeof value === "function";
    case "literals": {
      const known = sets.get(shape) ?? new Set(shape.values);
      sets.set(shape, known);
      return known.has(value);
    }
    // Instances of classes (Date, URL, AbortSignal) are taken at their word.
    case "object":
      return typeof value === "object" && value !== null && isInstance(value);
    default:
      return false;
  }
}

function objectMistakes(
  shapes: Shapes,
  { props, isOpen }: Extract<Shape, { kind: "object" }>,
  value: object,
  path: string,
): string[] {
  const mistakes: string[] = [];
  for (const name of Object.keys(value)) {
    if (!isOpen && !Object.hasOwn(props, name)) mistakes.push(`${path} has the unknown prop "${name}"`);
  }
  for (const [name, { shape, isOptional }] of Object.entries(props)) {
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined && isOptional) continue;
    mistakes.push(...describeMistakes(shapes, shape, item, `${path}.${name}`));
  }
  return mistakes;
}

function unionMistakes(
  shapes: Shapes,
  { parts, name }: Extract<Shape, { kind: "any-of" }>,
  value: unknown,
  path: string,
): string[] {
  let closest: string[] | undefined;
  for (const part of parts) {
    const mistakes = describeMistakes(shapes, part, value, path);
    if (mistakes.length === 0) return [];
    const isAbout = shapes[part]?.kind === "object" && typeof value === "object" && value !== null;
    if (isAbout && (closest === undefined || mistakes.length < closest.length)) closest = mistakes;
  }
  return [wrong(path, value, name) + (closest === undefined ? "" : ` (${closest[0]})`)];
}

function wrong(path: string, value: unknown, expected: string): string {
  return `${path} is ${describeValue(value)}, expected ${expected}`;
}

function isNode(value: unknown): boolean {
  // A bare text is a node of React; that Raycast shows none, the reconciler says.
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  return Array.isArray(value) ? value.every(isNode) : isValidElement(value);
}

function isInstance(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype !== null &&
    !Array.isArray(value) &&
    (prototype as { constructor?: { name?: string } }).constructor?.name !== "Object"
  );
}

function describeValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (isValidElement(value)) return "an element";
  if (Array.isArray(value)) return `[${value.map(describeValue).join(", ")}]`.slice(0, 120);
  const text =
    JSON.stringify(value, (_name, part: unknown) => (isValidElement(part) ? "an element" : part)) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
