import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describeMistakes, type Shapes } from "./shapes.ts";

/** One thing that `@raycast/api` exports. `path` is its full name: `List.Item`. */
export type Part =
  | { type: "component"; path: string; shape?: number | undefined; members: Parts }
  | { type: "function"; path: string; overloads: readonly Overload[] }
  | { type: "class"; path: string; members: Parts }
  | { type: "enum"; values: Readonly<Record<string, string | number>> }
  | { type: "namespace"; path: string; members: Parts }
  /** A constant that an implementation must supply. */
  | { type: "value"; path: string };
export type Parts = Readonly<Record<string, Part>>;
type Overload = readonly { name: string; shape: number; isOptional: boolean }[];

/**
 * What `@raycast/api` offers, read from its own type declarations, so that the host knows every component, prop, icon and
 * function by Raycast's word and not by ours.
 */
export interface Surface {
  shapes: Shapes;
  parts: Parts;
}

let cached: Surface | undefined;

/** The whole surface. Reading the declarations takes a second, so what was read is kept beside the packages. */
export async function readSurface(): Promise<Surface> {
  cached ??= fromCache() ?? (await fromDeclarations());
  return cached;
}

/** Everything wrong with the values of one call: mistakes of the overload that fits best, none when one fits. */
export function wrongCall(surface: Surface, part: Extract<Part, { type: "function" }>, values: unknown[]): string[] {
  const { path, overloads } = part;
  const attempts = overloads.map((parameters) => {
    const surplus = values.length > parameters.length ? [`${path}() takes at most ${parameters.length} arguments`] : [];
    const mistakes = parameters.flatMap(({ name, shape, isOptional }, index) =>
      values[index] === undefined && isOptional
        ? []
        : describeMistakes(surface.shapes, shape, values[index], `${path}(${name})`),
    );
    return [...surplus, ...mistakes];
  });
  return attempts.sort((a, b) => a.length - b.length)[0] ?? [];
}

function declarationsFile(): string {
  const manifest = createRequire(import.meta.url).resolve("@raycast/api/package.json");
  return join(dirname(manifest), "types", "index.d.ts");
}

function cacheFile(): string {
  const hash = createHash("sha256").update(readFileSync(declarationsFile()));
  hash.update(readFileSync(new URL("./read-surface.ts", import.meta.url)));
  const packages = join(dirname(declarationsFile()), "..", "..", "..");
  return join(packages, ".cache", "loopd", `raycast-${hash.digest("hex").slice(0, 16)}.json`);
}

function fromCache(): Surface | undefined {
  try {
    return JSON.parse(readFileSync(cacheFile(), "utf8")) as Surface;
  } catch {
    return undefined;
  }
}

async function fromDeclarations(): Promise<Surface> {
  const { readDeclarations } = await import("./read-surface.ts");
  const surface = readDeclarations(declarationsFile());
  try {
    const file = cacheFile();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(surface));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Packages that cannot be written to are read again each time.
  }
  return surface;
}
