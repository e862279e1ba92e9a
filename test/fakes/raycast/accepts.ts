import ts from "typescript";
import { isValidElement } from "react";

/** Deeper than any prop of Raycast goes; stops at types that contain themselves. */
const MAX_DEPTH = 8;

/** Every way in which a value at run time is not what a TypeScript type says: one sentence each. */
export function describeMistakes(checker: ts.TypeChecker, type: ts.Type, value: unknown, path: string): string[] {
  return mistakesAt(checker, type, value, path, 0);
}

function mistakesAt(checker: ts.TypeChecker, type: ts.Type, value: unknown, path: string, depth: number): string[] {
  if (depth > MAX_DEPTH || type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter))
    return [];
  if (type.isUnion()) return unionMistakes(checker, type, value, path, depth);
  if (type.isIntersection()) {
    return type.types
      .flatMap((part) => mistakesAt(checker, part, value, path, depth + 1))
      .filter((text) => !text.includes("unknown prop"));
  }
  const expected = checker.typeToString(type);
  const wrongIf = (isWrong: boolean) => (isWrong ? [`${path} is ${describeValue(value)}, expected ${expected}`] : []);
  if (type.flags & ts.TypeFlags.EnumLiteral || type.isLiteral())
    return wrongIf(value !== (type as ts.LiteralType).value);
  if (type.flags & ts.TypeFlags.BooleanLiteral) return wrongIf(String(value) !== expected);
  if (type.flags & ts.TypeFlags.String) return wrongIf(typeof value !== "string");
  if (type.flags & ts.TypeFlags.Number) return wrongIf(!Number.isFinite(value));
  if (type.flags & ts.TypeFlags.Undefined || type.flags & ts.TypeFlags.Void) return wrongIf(value !== undefined);
  if (type.flags & ts.TypeFlags.Null) return wrongIf(value !== null);
  if (isReact(type)) return wrongIf(!isNode(value));
  if (type.getCallSignatures().length > 0) return wrongIf(typeof value !== "function");
  if ((type.flags & ts.TypeFlags.Object) === 0) return [];
  if (typeof value !== "object" || value === null) return wrongIf(true);
  const element = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
  if (element !== undefined) {
    if (!Array.isArray(value)) return wrongIf(true);
    return value.flatMap((item, index) => mistakesAt(checker, element, item, `${path}[${index}]`, depth + 1));
  }
  return objectMistakes(checker, type, value, path, depth);
}

function objectMistakes(checker: ts.TypeChecker, type: ts.Type, value: object, path: string, depth: number): string[] {
  // Instances of classes (Date, URL, AbortSignal) are taken at their word.
  if (type.symbol?.flags & ts.SymbolFlags.Class || isInstance(value)) return [];
  const known = new Map(type.getProperties().map((symbol) => [symbol.name, symbol]));
  const open = type.getStringIndexType() !== undefined;
  const mistakes: string[] = [];
  for (const name of Object.keys(value)) {
    if (!open && !known.has(name)) mistakes.push(`${path} has the unknown prop "${name}"`);
  }
  for (const [name, symbol] of known) {
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined && symbol.flags & ts.SymbolFlags.Optional) continue;
    mistakes.push(...mistakesAt(checker, checker.getTypeOfSymbol(symbol), item, `${path}.${name}`, depth + 1));
  }
  return mistakes;
}

function unionMistakes(
  checker: ts.TypeChecker,
  type: ts.UnionType,
  value: unknown,
  path: string,
  depth: number,
): string[] {
  if (type.types.some(isReact) && isNode(value)) return [];
  const attempts = type.types.map((member) => mistakesAt(checker, member, value, path, depth + 1));
  if (attempts.some((mistakes) => mistakes.length === 0)) return [];
  return [`${path} is ${describeValue(value)}, expected ${checker.typeToString(type)}`];
}

function isReact(type: ts.Type): boolean {
  const name = type.aliasSymbol?.name ?? type.symbol?.name;
  return name === "ReactElement" || name === "ReactNode" || name === "ReactPortal" || name === "Element";
}

function isNode(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === "boolean") return true;
  return Array.isArray(value) ? value.every(isNode) : isValidElement(value);
}

function isInstance(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null && !Array.isArray(value);
}

function describeValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (isValidElement(value)) return "an element";
  if (Array.isArray(value)) return `[${value.map(describeValue).join(", ")}]`.slice(0, 120);
  const text =
    JSON.stringify(value, (_name, part: unknown) => (isValidElement(part) ? "an element" : part)) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
