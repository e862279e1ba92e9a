import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";
import type { FunctionComponent } from "react";

/**
 * Loads a command as Raycast does: a CommonJS file that may require Node's own modules, React and the given API, and
 * nothing else, so a native module that slipped into a bundle fails here. `process.env` is the given one.
 */
export function loadCommand(file: string, api: object, environment: NodeJS.ProcessEnv): FunctionComponent<object> {
  const own = createRequire(import.meta.url);
  const process = ownProcess(environment);
  const require = (name: string): unknown => {
    if (name === "@raycast/api") return api;
    if (name === "process" || name === "node:process") return process;
    if (name === "react" || name === "react/jsx-runtime" || isBuiltin(name)) return own(name);
    throw new Error(
      `${file} requires "${name}", which Raycast does not have: it must be bundled, and cannot be native.`,
    );
  };
  const module: { exports: { default?: unknown } } = { exports: {} };
  const names = ["exports", "require", "module", "__filename", "__dirname", "process"];
  const run = compileFunction(readFileSync(file, "utf8"), names, { filename: file }) as (...values: unknown[]) => void;
  run(module.exports, require, module, file, dirname(file), process);
  if (typeof module.exports.default !== "function")
    throw new Error(`${file} has no default export that is a component.`);
  return module.exports.default as FunctionComponent<object>;
}

function ownProcess(environment: NodeJS.ProcessEnv): NodeJS.Process {
  return new Proxy(process, {
    get(target, name) {
      if (name === "env") return environment;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
