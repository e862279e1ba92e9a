// Bundles the loop as a library into assets/agent: one file without dependencies, and its types.
//   node scripts/build-agent.mjs [--if-stale]
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { noticesOf } from "./notices.mjs";

const ENTRY = "src/agent/embed/index.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "assets", "agent");
const stampFile = join(out, "sources.txt");

const sources = stamp();
const isFresh = existsSync(stampFile) && readFileSync(stampFile, "utf8") === sources;
if (!(process.argv.includes("--if-stale") && isFresh)) {
  const fresh = `${out}.${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true });
    await bundle(fresh);
    await writeTypes(join(fresh, "types"));
    writeFileSync(join(fresh, "sources.txt"), sources);
    swap(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** One hash over path, size and time of every source: equal means that nothing needs to be built. */
function stamp() {
  const hash = createHash("sha256");
  const files = ["src/agent", "src/protocol"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of [
    ...files.sort(),
    ...["package-lock.json", "scripts/build-agent.mjs"].map((one) => join(root, one)),
  ]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** For no platform in particular, so that a module of Node among the sources is an error here. */
async function bundle(fresh) {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { agent: ENTRY },
    outdir: fresh,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2024",
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    logLevel: "warning",
  });
  writeFileSync(join(fresh, "NOTICES.txt"), noticesOf(root, Object.keys(metafile.inputs)));
}

/** Types as the sources have them. They name zod, which the package depends on. */
async function writeTypes(folder) {
  const { default: ts } = await import("typescript");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)).config,
    { ...ts.sys, readDirectory: () => [] },
    root,
  );
  const emit = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, "src"),
    outDir: folder,
  };
  const program = ts.createProgram([join(root, ENTRY)], { ...options, ...emit });
  program.emit();
}

/** Whole or not at all: two builds at once, or one cut short, never leave a mixture behind. */
function swap(fresh) {
  const old = `${out}.old.${process.pid}`;
  if (existsSync(out)) renameSync(out, old);
  try {
    renameSync(fresh, out);
  } catch (error) {
    if (!existsSync(stampFile)) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}
