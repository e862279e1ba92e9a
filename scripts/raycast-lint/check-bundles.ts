import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { Problem } from "./problem.ts";

/** One built command or tool. */
export interface Bundle {
  /** Below the folder of the build, without its end: `ask`, `tools/raycast-ask`. */
  name: string;
  bytes: number;
}

/** The rooms whose code may be in a command: what is below faces, and faces. */
const ALLOWED = /(^|\/)src\/(commands\/(?!cli\/)|protocol\/|[^/]+\.tsx$|tools\/raycast-[^/]+$)/;
/** Packages that a command may carry. */
const PACKAGES = new Set(["@raycast/utils", "dequal", "zod"]);
/** What Raycast gives to a command itself. */
const GIVEN = new Set(["@raycast/api", "react", "react/jsx-runtime"]);
/** More than that starts slowly. */
const MOST_BYTES = 400_000;

/** Bundles of a build, commands first. */
export function bundlesOf(dist: string): Bundle[] {
  const inFolder = (folder: string, prefix: string) =>
    !existsSync(folder)
      ? []
      : readdirSync(folder)
          .filter((file) => file.endsWith(".js"))
          .sort()
          .map((file) => ({ name: prefix + file.slice(0, -3), bytes: statSync(join(folder, file)).size }));
  return [...inFolder(dist, ""), ...inFolder(join(dist, "tools"), "tools/")];
}

/** Nothing native, nothing of the helper and nothing that Raycast does not have is in a bundle. */
export function checkBundles(dist: string): Problem[] {
  return bundlesOf(dist).flatMap(({ name, bytes }) => {
    const where = `${name}.js`;
    const code = readFileSync(join(dist, where), "utf8");
    const map = join(dist, `${where}.map`);
    if (!existsSync(map)) return [{ where, what: "has no source map that would tell what is in it" }];
    const { sources } = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
    const problems = sources.flatMap((source) => misplacedSource(source).map((what) => ({ where, what })));
    for (const [, wanted = ""] of code.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)) {
      if (!isBuiltin(wanted) && !GIVEN.has(wanted)) problems.push({ where, what: `requires ${wanted}` });
    }
    if (/\.node["'`]|process\.dlopen|\bprocess\.binding\b/.test(code))
      problems.push({ where, what: "loads a native module" });
    if (bytes > MOST_BYTES) problems.push({ where, what: `has ${bytes} bytes, more than ${MOST_BYTES}` });
    return problems;
  });
}

function misplacedSource(source: string): string[] {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
  if (inPackage !== undefined) return PACKAGES.has(inPackage) ? [] : [`carries the package ${inPackage}`];
  if (/\.node$/.test(source)) return [`carries the native module ${source}`];
  return ALLOWED.test(source) ? [] : [`carries ${source.replace(/^(\.\.\/)+/, "")}, which is no code of a face`];
}
