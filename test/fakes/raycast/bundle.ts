import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";
import { watchedReact } from "./mounted-state.ts";

/**
 * Loads a built file as Raycast does: a CommonJS file that may require Node's own modules, React and the given API, and
 * nothing else, so a native module that slipped into a bundle fails here. Gives its exports.
 */
export function loadBundle(file: string, api: object, complain: (text: string) => void): Record<string, unknown> {
  const own = createRequire(import.meta.url);
  const react = watchedReact(complain);
  const require = (name: string): unknown => {
    if (name === "@raycast/api") return api;
    if (name === "react") return react;
    if (name === "react/jsx-runtime" || isBuiltin(name)) return own(name);
    throw new Error(
      `${file} requires "${name}", which Raycast does not have: it must be bundled, and cannot be native.`,
    );
  };
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const names = ["exports", "require", "module", "__filename", "__dirname"];
  const run = compileFunction(readFileSync(file, "utf8"), names, { filename: file }) as (...values: unknown[]) => void;
  run(module.exports, require, module, file, dirname(file));
  return module.exports;
}
