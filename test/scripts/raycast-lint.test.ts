import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { bundlesOf, checkBundles } from "../../scripts/raycast-lint/check-bundles.ts";
import {
  checkChangelog,
  checkIcons,
  checkLock,
  checkMetadata,
  checkTexts,
} from "../../scripts/raycast-lint/check-files.ts";
import { checkManifest } from "../../scripts/raycast-lint/check-manifest.ts";
import { checkStyle } from "../../scripts/raycast-lint/check-style.ts";
import type { Rule } from "../../scripts/raycast-lint/problem.ts";

const root = resolve(import.meta.dirname, "../..");
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

type Json = Record<string, never> & { commands: Json[]; tools: Json[]; preferences: Json[] };

/** A copy of what the rules look at, broken in one way. */
function broken(spoil: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), "loopd-lint-"));
  folders.push(folder);
  for (const file of ["package.json", "package-lock.json", "CHANGELOG.md", "README.md", "LICENSE"])
    copyFileSync(join(root, file), join(folder, file));
  mkdirSync(join(folder, "assets"));
  copyFileSync(join(root, "assets/icon.png"), join(folder, "assets/icon.png"));
  mkdirSync(join(folder, "src/tools"), { recursive: true });
  const { commands, tools = [] } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Json;
  for (const { name } of commands) writeFileSync(join(folder, `src/${String(name)}.tsx`), "");
  for (const { name } of tools) writeFileSync(join(folder, `src/tools/${String(name)}.ts`), "");
  spoil(folder);
  return folder;
}

const manifest = (change: (manifest: Json) => void) => (folder: string) => {
  const file = join(folder, "package.json");
  const read = JSON.parse(readFileSync(file, "utf8")) as Json;
  change(read);
  writeFileSync(file, JSON.stringify(read));
};
const set = (target: unknown, values: object) => void Object.assign(target as object, values);
const replace = (name: string, from: string | RegExp, to: string) => (folder: string) =>
  writeFileSync(join(folder, name), readFileSync(join(folder, name), "utf8").replace(from, to));
const png = (width: number, height: number) => {
  const bytes = Buffer.from(readFileSync(join(root, "assets/icon.png")));
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
};
const picture = (name: string, bytes: Buffer) => (folder: string) => {
  mkdirSync(join(folder, "metadata"), { recursive: true });
  writeFileSync(join(folder, "metadata", name), bytes);
};
const says = (rule: Rule, folder: string) => rule(folder).map(({ where, what }) => `${where} ${what}`);

test("the project itself passes every rule that looks at files", () => {
  for (const rule of [checkManifest, checkIcons, checkMetadata, checkChangelog, checkLock, checkTexts])
    expect(says(rule, root)).toEqual([]);
  expect(broken(() => undefined)).not.toBe(root);
});

test.each<[string, Rule, (folder: string) => void, string | RegExp]>([
  ["an unknown mode", checkManifest, manifest((m) => set(m.commands[0], { mode: "window" })), "/commands/0/mode"],
  ["an unknown field", checkManifest, manifest((m) => set(m.commands[0], { colour: "red" })), "colour"],
  ["an unknown category", checkManifest, manifest((m) => set(m, { categories: ["Toys"] })), "/categories/0"],
  ["another licence", checkManifest, manifest((m) => set(m, { license: "ISC" })), "has to be MIT"],
  [
    "no description",
    checkManifest,
    manifest((m) => set(m.commands[1], { description: "" })),
    "/commands/1/description",
  ],
  ["no help text", checkManifest, manifest((m) => set(m.preferences[0], { description: " " })), "/preferences/0"],
  [
    "a lower-case title",
    checkManifest,
    manifest((m) => set(m.commands[1], { title: "Review approvals" })),
    "Review Ap",
  ],
  ["a title of a preference", checkManifest, manifest((m) => set(m.preferences[0], { title: "Endpoint url" })), "URL"],
  ["Raycast misspelt", checkManifest, manifest((m) => set(m, { description: "An agent for raycast." })), "another way"],
  ["a command without a file", checkManifest, (f) => rmSync(join(f, "src/ask.tsx")), 'command "ask" has no file'],
  ["the same name twice", checkManifest, manifest((m) => set(m.commands[1], { name: "ask" })), 'has "ask" twice'],
  ["a view in the background", checkManifest, manifest((m) => set(m.commands[0], { interval: "1m" })), "interval"],
  [
    "an interval of seconds",
    checkManifest,
    manifest((m) => set(m.commands[0], { mode: "menu-bar", interval: "10s" })),
    "a minute at least",
  ],
  [
    "four arguments",
    checkManifest,
    manifest((m) =>
      set(m.commands[0], {
        arguments: ["a", "b", "c", "d"].map((name) => ({ name, type: "text", placeholder: "x" })),
      }),
    ),
    "three at most",
  ],
  [
    "a required argument after an optional one",
    checkManifest,
    manifest((m) =>
      set(m.commands[0], {
        arguments: [false, true].map((required, index) => ({
          ...{ name: `a${index}`, type: "text", placeholder: "x", required },
        })),
      }),
    ),
    "after an optional one",
  ],
  [
    "a default that is no choice",
    checkManifest,
    manifest((m) =>
      set(m.preferences[0], {
        type: "dropdown",
        default: "no",
        data: [{ title: "Y", value: "yes" }],
        placeholder: "x",
      }),
    ),
    'begins with "no"',
  ],
  [
    "an external module",
    checkManifest,
    manifest((m) => set(m, { external: ["better-sqlite3"] })),
    "leaves modules out",
  ],
  ["a missing icon", checkIcons, (f) => rmSync(join(f, "assets/icon.png")), "icon.png is missing"],
  ["a small icon", checkIcons, (f) => writeFileSync(join(f, "assets/icon.png"), png(256, 256)), "256 × 256"],
  [
    "a dark icon of another size",
    checkIcons,
    (f) => writeFileSync(join(f, "assets/icon@dark.png"), png(64, 64)),
    "@dark",
  ],
  ["an icon that is no PNG", checkIcons, (f) => writeFileSync(join(f, "assets/icon.png"), "<svg/>"), "is no PNG"],
  ["a half-size picture", checkMetadata, picture("loopd-1.png", png(1_000, 625)), "has to be 2000 × 1250"],
  ["a picture of another name", checkMetadata, picture("shot.png", png(2_000, 1_250)), "is not called loopd-1.png"],
  [
    "a changelog of another form",
    checkChangelog,
    replace("CHANGELOG.md", /^# .*\n/, "# Changes\n"),
    "has to begin with",
  ],
  ["a version without a date", checkChangelog, replace("CHANGELOG.md", / - \{PR_MERGE_DATE\}/, ""), "YYYY-MM-DD"],
  [
    "versions out of order",
    checkChangelog,
    (f) => writeFileSync(join(f, "CHANGELOG.md"), "# A Changelog\n\n## [A] - 2026-01-01\n\n## [B] - 2026-02-01\n"),
    "older version above",
  ],
  ["no changelog", checkChangelog, (f) => rmSync(join(f, "CHANGELOG.md")), "is missing"],
  ["another lock file", checkLock, (f) => writeFileSync(join(f, "yarn.lock"), ""), "yarn.lock is not npm's"],
  ["no lock file", checkLock, (f) => rmSync(join(f, "package-lock.json")), "run npm install"],
  ["an old lock file", checkLock, (f) => writeFileSync(join(f, "package-lock.json"), "{}"), "of version 1"],
  [
    "a registry of one's own",
    checkLock,
    replace("package-lock.json", '"version":', '"resolved": "https://npm.example.org/x.tgz",\n"version":'),
    "names the registry npm.example.org",
  ],
  ["no README", checkTexts, (f) => rmSync(join(f, "README.md")), "README.md is missing"],
])("%s is found", (_, rule, spoil, words) => {
  expect(says(rule, broken(spoil)).join("\n")).toMatch(words);
});

test("a bundle carries no helper code, no native module and no package that faces do without", () => {
  const dist = broken(() => undefined);
  const bundle = (name: string, code: string, sources: string[]) => {
    mkdirSync(join(dist, "tools"), { recursive: true });
    writeFileSync(join(dist, `${name}.js`), code);
    writeFileSync(join(dist, `${name}.js.map`), JSON.stringify({ sources }));
  };
  bundle("good", 'require("node:net");require("react")', ["../../p/src/commands/ask.tsx", "../src/protocol/peer.ts"]);
  expect(checkBundles(dist)).toEqual([]);
  bundle("bad", 'require("better-sqlite3");process.dlopen(m,"x.node")', [
    ...[
      "../src/agent/fold.ts",
      "../helper-daemon/turns.ts",
      "../src/tools/shell/run.ts",
      "../src/commands/cli/main.ts",
    ],
    ...["../node_modules/openai/index.mjs", "../node_modules/zod/v4/index.js", "../build/better_sqlite3.node"],
  ]);
  bundle("tools/huge", "x".repeat(500_000), ["../src/tools/raycast-ask.ts"]);
  const found = checkBundles(dist).map(({ where, what }) => `${where} ${what}`);
  expect(found).toEqual([
    "bad.js carries src/agent/fold.ts, which is no code of a face",
    "bad.js carries helper-daemon/turns.ts, which is no code of a face",
    "bad.js carries src/tools/shell/run.ts, which is no code of a face",
    "bad.js carries src/commands/cli/main.ts, which is no code of a face",
    "bad.js carries the package openai",
    "bad.js carries the native module ../build/better_sqlite3.node",
    "bad.js requires better-sqlite3",
    "bad.js loads a native module",
    "tools/huge.js has 500000 bytes, more than 400000",
  ]);
  expect(bundlesOf(dist).map(({ name }) => name)).toEqual(["bad", "good", "tools/huge"]);
});

test("Raycast's rules for ESLint hold, and Prettier's, as `ray lint` runs them", () => {
  const folder = mkdtempSync(join(tmpdir(), "loopd-style-"));
  folders.push(folder);
  for (const file of ["package.json", "eslint.config.mjs", ".prettierrc.json", ".prettierignore"])
    copyFileSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "src"));
  const source = (title: string) =>
    `import { Action } from "@raycast/api";\n\nexport default function Ask() {\n  return <Action title="${title}" onAction={() => {}} />;\n}\n`;
  writeFileSync(join(folder, "src/ask.tsx"), source("Stop Everything"));
  expect(checkStyle(folder)).toEqual([]);
  writeFileSync(join(folder, "src/ask.tsx"), source("stop everything").replace("  return", "return"));
  const found = checkStyle(folder).map(({ where, what }) => `${where} ${what}`);
  expect(found).toEqual([expect.stringContaining("prefer-title-case"), expect.stringContaining("src/ask.tsx")]);
  writeFileSync(join(folder, "eslint.config.mjs"), "export default [{ files: ['**/*.tsx'], rules: {} }];\n");
  expect(checkStyle(folder)[0]?.what).toBe("has @raycast/prefer-title-case switched off");
});
