import { type ChildProcess, fork } from "node:child_process";

/** Node warns that it strips types, and that our package.json, being a Raycast manifest, names no module type. */
const QUIET = ["--disable-warning=ExperimentalWarning", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];

/** Starts a program of the benchmark in a process of its own, with messages both ways. */
export function startProgram(program: URL, args: readonly string[]): ChildProcess {
  return fork(program, args, { execArgv: QUIET });
}
