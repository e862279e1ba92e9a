import { createRequire } from "node:module";
import ts from "typescript";
import { describeMistakes } from "./accepts.ts";

/**
 * What `@raycast/api` offers, read from its own type declarations, so that the fake knows every component, prop, icon
 * and function by Raycast's word and not by ours.
 */
export type Part =
  | { type: "component"; path: string; check: Check; members: Parts }
  | { type: "function"; path: string; check: (values: unknown[]) => string[] }
  | { type: "class"; path: string; members: Parts }
  | { type: "enum"; values: Readonly<Record<string, string | number>> }
  | { type: "namespace"; path: string; members: Parts }
  /** A constant that an implementation must supply. */
  | { type: "value"; path: string; keys: readonly string[] };
export type Parts = ReadonlyMap<string, Part>;
/** Names everything that is wrong with a value; empty when nothing is. */
type Check = (value: unknown) => string[];

/** Members that React and the language add to every component and class. */
const BUILT_IN = new Set(["prototype", "propTypes", "displayName", "defaultProps", "contextTypes", "$$typeof"]);

let cached: Parts | undefined;

/** The whole surface, read once per process (about half a second). */
export function readSurface(): Parts {
  cached ??= read();
  return cached;
}

function read(): Parts {
  const manifest = createRequire(import.meta.url).resolve("@raycast/api/package.json");
  const file = manifest.replace(/package\.json$/, "types/index.d.ts");
  const program = ts.createProgram([file], {
    types: [],
    lib: ["lib.es2023.d.ts"],
    skipLibCheck: true,
    strict: true,
    noEmit: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2023,
  });
  const source = program.getSourceFile(file);
  const checker = program.getTypeChecker();
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`No declarations at ${file}: is @raycast/api installed?`);
  return partsOf(checker, checker.getExportsOfModule(module), "");
}

function partsOf(checker: ts.TypeChecker, symbols: readonly ts.Symbol[], prefix: string): Parts {
  const parts = new Map<string, Part>();
  for (const symbol of symbols) {
    if (BUILT_IN.has(symbol.name) || (symbol.flags & ts.SymbolFlags.Value) === 0) continue;
    parts.set(symbol.name, partOf(checker, symbol, prefix + symbol.name));
  }
  return parts;
}

function partOf(checker: ts.TypeChecker, symbol: ts.Symbol, path: string): Part {
  const type = checker.getTypeOfSymbol(symbol);
  const isOwnSymbol = (flag: ts.SymbolFlags) => ((symbol.flags | (type.symbol?.flags ?? 0)) & flag) !== 0;
  if (isOwnSymbol(ts.SymbolFlags.Enum)) return { type: "enum", values: enumValues(checker, type.symbol) };
  const signatures = type.getCallSignatures();
  const [first] = signatures;
  if (first !== undefined && /^[A-Z]/.test(symbol.name)) {
    const [props] = first.getParameters();
    const shape = props && checker.getTypeOfSymbol(props);
    const check: Check = (value) => (shape === undefined ? [] : describeMistakes(checker, shape, value, path));
    return { type: "component", path, check, members: partsOf(checker, type.getProperties(), `${path}.`) };
  }
  if (first !== undefined)
    return { type: "function", path, check: (values) => wrongCall(checker, signatures, values, path) };
  if (type.getConstructSignatures().length > 0) {
    return { type: "class", path, members: partsOf(checker, checker.getExportsOfModule(symbol), `${path}.`) };
  }
  if (isOwnSymbol(ts.SymbolFlags.ValueModule)) {
    return { type: "namespace", path, members: partsOf(checker, checker.getExportsOfModule(symbol), `${path}.`) };
  }
  return { type: "value", path, keys: type.getProperties().map(({ name }) => name) };
}

function enumValues(checker: ts.TypeChecker, symbol: ts.Symbol): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [name, member] of symbol.exports ?? []) {
    const declaration = member.valueDeclaration;
    const value = declaration && ts.isEnumMember(declaration) ? checker.getConstantValue(declaration) : undefined;
    if (value !== undefined) values[String(name)] = value;
  }
  return values;
}

/** Mistakes of the overload that fits best, or none when one fits. */
function wrongCall(
  checker: ts.TypeChecker,
  overloads: readonly ts.Signature[],
  values: unknown[],
  path: string,
): string[] {
  const attempts = overloads.map((signature) => {
    const parameters = signature.getParameters();
    const surplus = values.length > parameters.length ? [`${path}() takes at most ${parameters.length} arguments`] : [];
    const mistakes = parameters.flatMap((parameter, index) => {
      const { valueDeclaration } = parameter;
      const isOptional = valueDeclaration && ts.isParameter(valueDeclaration) && valueDeclaration.questionToken;
      if (values[index] === undefined && isOptional) return [];
      return describeMistakes(checker, checker.getTypeOfSymbol(parameter), values[index], `${path}(${parameter.name})`);
    });
    return [...surplus, ...mistakes];
  });
  return attempts.sort((a, b) => a.length - b.length)[0] ?? [];
}
