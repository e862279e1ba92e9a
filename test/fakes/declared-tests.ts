import { readFileSync } from "node:fs";
import ts from "typescript";

/** What a test file declares, read from its syntax and without running it. */
export interface DeclaredTests {
  /** Names of its tests as written, those of a table with their `%s`. */
  names: string[];
  /** What it imports, as written. */
  imports: string[];
  /** Every text and key in it: what may stand for the `%s` of a table. */
  literals: ReadonlySet<string>;
}

/** Reads a test file. Whatever is called `test`, `it` or ends with `Test` declares one by the text that it is given first. */
export function declaredTests(path: string): DeclaredTests {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const names: string[] = [];
  const imports: string[] = [];
  const literals = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      imports.push(node.moduleSpecifier.text);
    if (ts.isStringLiteralLike(node)) literals.add(node.text);
    if (ts.isCallExpression(node) && /^(?:test|it|\w+Test)$/.test(rootOf(node.expression))) {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteralLike(name)) names.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { names, imports, literals };
}

/** `test` of `test(…)`, `test.skipIf(…)(…)`, `test.each(…)(…)`. */
function rootOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression))
    return rootOf(expression.expression);
  return "";
}

/** The declaration that a name means: itself, or a table's with one of the file's own texts for its `%s`. */
export function declarationOf({ names, literals }: DeclaredTests, name: string): string | undefined {
  return names.find((declared) => {
    if (declared === name) return true;
    const [before = "", after] = declared.split("%s");
    if (after === undefined || !name.startsWith(before) || !name.endsWith(after)) return false;
    return literals.has(name.slice(before.length, name.length - after.length));
  });
}
