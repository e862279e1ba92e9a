import ts from "typescript";
import type { Part, Surface } from "./surface.ts";
import type { Shape } from "./shapes.ts";

/** Members that React and the language add to every component and class. */
const BUILT_IN = new Set(["prototype", "propTypes", "displayName", "defaultProps", "contextTypes", "$$typeof"]);
const REACT = new Set(["ReactElement", "ReactNode", "ReactPortal", "Element"]);

/** Reads a file of declarations with the TypeScript compiler (about a second). */
export function readDeclarations(file: string): Surface {
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
  const shapes: Shape[] = [];
  const reader = new Reader(checker, file, shapes);
  return { shapes, parts: reader.partsOf(checker.getExportsOfModule(module), "") };
}

class Reader {
  readonly #checker: ts.TypeChecker;
  readonly #file: string;
  readonly #shapes: Shape[];
  readonly #known = new Map<ts.Type, number>();

  constructor(checker: ts.TypeChecker, file: string, shapes: Shape[]) {
    this.#checker = checker;
    this.#file = file;
    this.#shapes = shapes;
  }

  partsOf(symbols: readonly ts.Symbol[], prefix: string): Record<string, Part> {
    const parts: Record<string, Part> = {};
    for (const symbol of symbols) {
      if (BUILT_IN.has(symbol.name) || (symbol.flags & ts.SymbolFlags.Value) === 0) continue;
      parts[symbol.name] = this.#partOf(symbol, prefix + symbol.name);
    }
    return parts;
  }

  #partOf(symbol: ts.Symbol, path: string): Part {
    const checker = this.#checker;
    const type = checker.getTypeOfSymbol(symbol);
    const isOwnSymbol = (flag: ts.SymbolFlags) => ((symbol.flags | (type.symbol?.flags ?? 0)) & flag) !== 0;
    if (isOwnSymbol(ts.SymbolFlags.Enum)) return { type: "enum", values: this.#enumValues(type.symbol) };
    const signatures = type.getCallSignatures();
    const [first] = signatures;
    if (first !== undefined && /^[A-Z]/.test(symbol.name)) {
      const [props] = first.getParameters();
      const shape = props === undefined ? undefined : this.#shapeOf(checker.getTypeOfSymbol(props));
      return { type: "component", path, shape, members: this.partsOf(type.getProperties(), `${path}.`) };
    }
    if (first !== undefined)
      return { type: "function", path, overloads: signatures.map((each) => this.#overload(each)) };
    const members = () => this.partsOf(checker.getExportsOfModule(symbol), `${path}.`);
    if (type.getConstructSignatures().length > 0) return { type: "class", path, members: members() };
    if (isOwnSymbol(ts.SymbolFlags.ValueModule)) return { type: "namespace", path, members: members() };
    return { type: "value", path };
  }

  #overload(signature: ts.Signature) {
    return signature.getParameters().map((parameter) => {
      const { valueDeclaration } = parameter;
      const isOptional =
        valueDeclaration !== undefined &&
        ts.isParameter(valueDeclaration) &&
        valueDeclaration.questionToken !== undefined;
      return { name: parameter.name, shape: this.#shapeOf(this.#checker.getTypeOfSymbol(parameter)), isOptional };
    });
  }

  #enumValues(symbol: ts.Symbol): Record<string, string | number> {
    const values: Record<string, string | number> = {};
    for (const [name, member] of symbol.exports ?? []) {
      const declaration = member.valueDeclaration;
      const value =
        declaration && ts.isEnumMember(declaration) ? this.#checker.getConstantValue(declaration) : undefined;
      if (value !== undefined) values[String(name)] = value;
    }
    return values;
  }

  #shapeOf(type: ts.Type): number {
    const known = this.#known.get(type);
    if (known !== undefined) return known;
    const id = this.#shapes.push({ kind: "anything" }) - 1;
    this.#known.set(type, id);
    this.#shapes[id] = this.#build(type);
    return id;
  }

  #build(type: ts.Type): Shape {
    const checker = this.#checker;
    const has = (flags: ts.TypeFlags) => (type.flags & flags) !== 0;
    if (has(ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) return { kind: "anything" };
    if (isReact(type)) return { kind: "node" };
    if (type.isUnion()) return this.#union(type);
    const literal = literalOf(type, checker);
    if (literal !== undefined) return { kind: "literals", values: [literal], name: checker.typeToString(type) };
    if (has(ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return { kind: "string" };
    if (has(ts.TypeFlags.Number)) return { kind: "number" };
    if (has(ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return { kind: "absent" };
    if (type.getCallSignatures().length > 0) return { kind: "function" };
    const item = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
    if (item !== undefined) return { kind: "array", item: this.#shapeOf(item) };
    if (!has(ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return { kind: "anything" };
    return this.#isForeign(type) ? { kind: "instance" } : this.#object(type);
  }

  #object(type: ts.Type): Shape {
    const props: Record<string, { shape: number; isOptional: boolean }> = {};
    for (const symbol of type.getProperties()) {
      const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
      props[symbol.name] = { shape: this.#shapeOf(this.#checker.getTypeOfSymbol(symbol)), isOptional };
    }
    return { kind: "object", props, isOpen: type.getStringIndexType() !== undefined };
  }

  #union(type: ts.UnionType): Shape {
    const name = this.#checker.typeToString(type);
    const isNode = type.types.some(isReact);
    const values: (string | number | boolean | null)[] = [];
    const rest: number[] = [];
    for (const member of type.types) {
      const literal = literalOf(member, this.#checker);
      if (literal !== undefined) values.push(literal);
      else if (!isReact(member)) rest.push(this.#shapeOf(member));
    }
    if (isNode) rest.unshift(this.#shapes.push({ kind: "node" }) - 1);
    if (values.length === 0) return { kind: "any-of", parts: rest, name };
    const literals: Shape = { kind: "literals", values, name };
    return rest.length === 0 ? literals : { kind: "any-of", parts: [this.#shapes.push(literals) - 1, ...rest], name };
  }

  /** Classes and what other libraries declare: no plain data. */
  #isForeign(type: ts.Type): boolean {
    const symbol = type.aliasSymbol ?? type.symbol;
    if (symbol === undefined) return false;
    if (symbol.flags & ts.SymbolFlags.Class) return true;
    const [declaration] = symbol.declarations ?? [];
    const isMapped = (symbol.name === "Record" || symbol.name === "Partial") && type.aliasSymbol !== undefined;
    return declaration !== undefined && declaration.getSourceFile().fileName !== this.#file && !isMapped;
  }
}

function isReact(type: ts.Type): boolean {
  return REACT.has(type.aliasSymbol?.name ?? type.symbol?.name ?? "");
}

function literalOf(type: ts.Type, checker: ts.TypeChecker): string | number | boolean | null | undefined {
  if (type.flags & ts.TypeFlags.BooleanLiteral) return checker.typeToString(type) === "true";
  if (type.flags & ts.TypeFlags.Null) return null;
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  return undefined;
}
