import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { type DeclaredTests, declarationOf, declaredTests } from "../fakes/declared-tests.ts";

const TESTS = resolve(import.meta.dirname, "..");
const TABLE = join(import.meta.dirname, "loop-table.md");
const THREATS = resolve(TESTS, "../docs/threat-model.md");
/** What a test imports that runs through a real helper. */
const HELPERS =
  /\/(?:fakes\/(?:helper|journey|mcp\/home)|cli\/run-cli|run-cli|hostile-world|random-sessions\/world)\.ts$/;

/** One proof: a file below `test/` and the name of a test in it. */
interface Proof {
  file: string;
  name: string;
}

const known = new Map<string, DeclaredTests>();
function declaredIn(file: string): DeclaredTests {
  const declared = known.get(file) ?? declaredTests(join(TESTS, file));
  known.set(file, declared);
  return declared;
}

/** The cells of a Markdown table's rows. */
function rowsOf(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| ") && !/^\| (?:-|semantic |line )/.test(line));
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
}

/** Every `file.test.ts › name` in backticks. */
function proofsIn(text: string): Proof[] {
  const found = text.matchAll(/`([\w./-]+\.test\.tsx?) › ([^`]+)`/g);
  return [...found].map(([, file = "", name = ""]) => ({ file, name }));
}

/** Why a proof proves nothing. */
function faultOf({ file, name }: Proof): string | undefined {
  if (!existsSync(join(TESTS, file))) return `there is no test/${file}`;
  return declarationOf(declaredIn(file), name) === undefined ? `test/${file} has no test “${name}”` : undefined;
}

const table = readFileSync(TABLE, "utf8");
const rows = rowsOf(table).map(([semantic = "", cell = ""]) => ({ semantic, proofs: proofsIn(cell) }));

test("every row of the table names a test that there is, and that runs through a real helper", () => {
  expect(rows.length).toBeGreaterThanOrEqual(60);
  expect(rows.filter(({ semantic, proofs }) => semantic === "" || proofs.length === 0)).toEqual([]);
  const proofs = rows.flatMap((row) => row.proofs);
  expect(proofs.flatMap((proof) => faultOf(proof) ?? [])).toEqual([]);
  const files = [...new Set(proofs.map(({ file }) => file))];
  expect(files.filter((file) => !declaredIn(file).imports.some((one) => HELPERS.test(one)))).toEqual([]);
  const semantics = rows.map(({ semantic }) => semantic);
  expect(semantics.filter((one, index) => semantics.indexOf(one) !== index)).toEqual([]);
});

test("every journey of the loop has a row; journeys of other things are named as such", () => {
  const [, others = ""] = /^Journeys of other things: (.*)$/m.exec(table) ?? [];
  const isOther = new Set(others.split(/[ ,.]+/));
  const journeys = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts"));
  expect([...isOther].filter((name) => name !== "" && !journeys.includes(`${name}.test.ts`))).toEqual([]);
  const scope = journeys.filter(
    (name) => name !== "loop-table.test.ts" && !isOther.has(name.slice(0, -".test.ts".length)),
  );
  const proofs = rows.flatMap((row) => row.proofs);
  const missing = scope.flatMap((name) => {
    const file = `journeys/${name}`;
    const declared = declaredIn(file);
    const proved = new Set(
      proofs.flatMap((proof) => (proof.file === file ? (declarationOf(declared, proof.name) ?? []) : [])),
    );
    return declared.names.filter((one) => !proved.has(one)).map((one) => `${file} › ${one}`);
  });
  expect(missing).toEqual([]);
});

test("every line of the threat model names its test", () => {
  const text = readFileSync(THREATS, "utf8");
  const lines = [...text.matchAll(/^- \*\*([A-Z]\d+)\*\* /gm)].map(([, id = ""]) => id);
  const claims = text.split(/^## How each line is proved$/m)[0]?.split(/^## Self-approval$/m)[1] ?? "";
  const [defences = ""] = claims.split(/^## What loopd cannot do$/m);
  const bullets = defences.split("\n").filter((line) => line.startsWith("- "));
  expect(bullets.filter((line) => !/^- \*\*[A-Z]\d+\*\* /.test(line))).toEqual([]);
  expect(lines.length).toBeGreaterThan(20);
  const proved = rowsOf(text.split(/^## How each line is proved$/m)[1] ?? "");
  expect(proved.map(([id]) => id)).toEqual(lines);
  const proofs = proved.map(([id = "", cell = ""]) => ({ id, found: proofsIn(cell) }));
  expect(proofs.filter(({ found }) => found.length === 0)).toEqual([]);
  expect(proofs.flatMap(({ found }) => found.flatMap((proof) => faultOf(proof) ?? []))).toEqual([]);
});
