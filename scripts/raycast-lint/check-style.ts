import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Problem } from "./problem.ts";

/** The rules that @raycast/eslint-config adds to everybody's. */
const RULES = ["prefer-title-case", "no-reserved-shortcut", "prefer-common-shortcut"].map((rule) => `@raycast/${rule}`);

/** ESLint holds every entry to Raycast's rules, and finds nothing; Prettier has nothing to change. */
export function checkStyle(folder: string): Problem[] {
  return [...checkConfig(folder), ...run(folder, "eslint", ["--max-warnings", "0", "src/**"]), ...checkFormat(folder)];
}

/** The configuration of ESLint still contains Raycast's, for every entry. */
export function checkConfig(folder: string): Problem[] {
  const entries = readdirSync(join(folder, "src")).filter((file) => file.endsWith(".tsx"));
  const printed = run(folder, "eslint", ["--print-config", join("src", entries[0] ?? "ask.tsx")], "print");
  const { rules = {} } = JSON.parse(printed[0]?.what ?? "{}") as { rules?: Record<string, unknown> };
  const missing = RULES.filter((rule) => {
    const level = [rules[rule]].flat()[0];
    return level === undefined || level === 0 || level === "off";
  });
  return missing.map((rule) => ({ where: "eslint.config.mjs", what: `has ${rule} switched off` }));
}

function checkFormat(folder: string): Problem[] {
  return run(folder, "prettier", ["--list-different", "src/**"]);
}

function run(folder: string, program: string, args: string[], mode: "check" | "print" = "check"): Problem[] {
  const own = createRequire(join(folder, "package.json"));
  const manifest = own.resolve(`${program}/package.json`);
  const { bin } = own(manifest) as { bin: string | Record<string, string> };
  const script = join(manifest, "..", typeof bin === "string" ? bin : (bin[program] ?? ""));
  const done = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
  if (mode === "print") return [{ where: program, what: done.stdout }];
  if (done.status === 0 && done.stdout.trim() === "") return [];
  return [{ where: program, what: `says:\n${done.stdout}${done.stderr}`.trimEnd() }];
}
