// Builds what the tests run (helper, command line, Raycast commands), then runs them. Arguments go to vitest.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const launcher = join(root, "src/commands/cli/node-22.mjs");
const steps = [
  [join(root, "scripts/build.mjs"), "--if-stale"],
  [launcher, "--bin", "ray", "build", "-e", "dist", "-o", "dist"],
  [launcher, "--bin", "vitest", "run", ...process.argv.slice(2)],
];
for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
