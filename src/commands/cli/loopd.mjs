#!/usr/bin/env node
// The `loopd` program: builds itself if it stands in a checkout whose sources changed, then runs under the right Node.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode, runUnderNode } from "./node-22.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const build = join(root, "scripts", "build.mjs");
if (existsSync(build)) {
  const node = findNode();
  if (node !== undefined) {
    const { status } = spawnSync(node, [build, "--if-stale"], { stdio: ["ignore", "inherit", "inherit"] });
    if (status !== 0) process.exit(status ?? 1);
  }
}
runUnderNode(join(root, "assets", "helper", "loopd.mjs"), process.argv.slice(2));
