// Bundles helper and command line into assets/helper: one folder that runs with nothing but Node and better-sqlite3.
//   node scripts/build.mjs [--if-stale]
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { alarmsOnly } from "./alarms-only.mjs";
import { noticesOf } from "./notices.mjs";
import { packagesOf } from "./packages.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "assets", "helper");
const manifest = join(out, "manifest.json");
const SOURCES = [
  "src/protocol",
  "src/agent",
  "src/tools",
  "src/ax-helper",
  "src/commands/cli",
  "src/commands/present",
  "launchd",
  "helper-daemon",
];

/** Packages with programs or native parts in them, which stay outside. */
const OUTSIDE = ["better-sqlite3", "@vscode/ripgrep", "@anthropic-ai/sandbox-runtime"];

/** What packages in CommonJS expect around them. */
const COMMON_JS = [
  'import{createRequire as __createRequire}from"node:module"',
  'import{fileURLToPath as __fileURLToPath}from"node:url"',
  'import{dirname as __pathDirname}from"node:path"',
  "const require=__createRequire(import.meta.url)",
  "const __filename=__fileURLToPath(import.meta.url)",
  "const __dirname=__pathDirname(__filename)",
].join(";");

/** One hash over path, size and time of every source: equal means that nothing needs to be built. */
function stamp() {
  const hash = createHash("sha256");
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  };
  for (const folder of SOURCES) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) add(join(entry.parentPath, entry.name));
    }
  }
  for (const file of readdirSync(join(root, "src/commands")))
    if (file.endsWith(".ts")) add(join(root, "src/commands", file));
  for (const file of [
    "package-lock.json",
    "scripts/build.mjs",
    "scripts/alarms-only.mjs",
    "scripts/notices.mjs",
    "scripts/packages.mjs",
  ])
    add(join(root, file));
  return hash.digest("hex");
}

const sources = stamp();
const isFresh = existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).sources === sources;
if (!(process.argv.includes("--if-stale") && isFresh)) {
  const fresh = `${out}.${process.pid}`;
  try {
    await build(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** V8 keeps a source with a single character outside Latin 1 in two bytes each, as long as the helper lives. */
function refuseWide(path) {
  const wide = /.{0,40}[\u0100-\uffff].{0,40}/.exec(readFileSync(path, "utf8"))?.[0];
  if (wide !== undefined) throw new Error(`${path} must stay in Latin 1; write \\uXXXX in this expression: ${wide}`);
}

async function build(fresh) {
  const { build: bundle } = await import("esbuild");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  mkdirSync(fresh, { recursive: true });
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: {
      helper: "helper-daemon/main.ts",
      loopd: "src/commands/cli/main.ts",
      schema: "helper-daemon/hooks/schema-check.ts",
      query: "helper-daemon/store/query-process.ts",
      page: "src/tools/web/page-process.ts",
      sandbox: "src/tools/sandbox/sandbox-process.ts",
      check: "helper-daemon/store/check-process.ts",
      screen: "src/ax-helper/screen-process.ts",
      install: "helper-daemon/install/install-process.ts",
    },
    outdir: fresh,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node22",
    external: OUTSIDE,
    plugins: [alarmsOnly],
    define: { LOOPD_VERSION: JSON.stringify(version) },
    banner: { js: COMMON_JS },
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    logLevel: "warning",
  });
  writeFileSync(join(fresh, "NOTICES.txt"), noticesOf(root, Object.keys(metafile.inputs)));
  writeFileSync(join(fresh, "packages.json"), `${JSON.stringify(packagesOf(root, OUTSIDE), null, 2)}\n`);
  const files = {};
  for (const entry of readdirSync(fresh, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith(".map")) continue;
    const path = join(entry.parentPath, entry.name);
    if (entry.name === "helper.mjs") refuseWide(path);
    files[relative(fresh, path)] = createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify({ version, sources, files }, null, 2)}\n`);
  // Whole or not at all: two builds at once, or one cut short, never leave a mixture behind.
  const old = `${out}.old.${process.pid}`;
  if (existsSync(out)) renameSync(out, old);
  try {
    renameSync(fresh, out);
  } catch (error) {
    if (!existsSync(manifest)) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}
