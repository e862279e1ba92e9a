import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { clearQuarantine } from "../../launchd/copy-program.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { Bundle } from "./bundle.ts";
import { damageOf, hashOf, isFilled, writeChecked, writeContents } from "./copied-files.ts";
import type { InstallPlace } from "./install-place.ts";
import { layoutOf } from "./layout.ts";
import { putPackages } from "./packages.ts";
import type { StepEnd } from "./steps.ts";

const PROOF_MS = 60_000;

/** Uses each package that stands outside once, as the helper would. */
const PROOF = `
import Database from "better-sqlite3";
new Database(":memory:").close();
await import("@anthropic-ai/sandbox-runtime");
const { rgPath } = await import("@vscode/ripgrep");
(await import("node:child_process")).execFileSync(rgPath, ["--version"], { stdio: "ignore" });
`;

/** Prefix of folders that are being filled, or were replaced. An installation that was cut short leaves them behind. */
export const UNFINISHED = ".unfinished-";

/**
 * Puts a bundle with all that it needs into the home, whole or not at all, once it has proved there that it works. One
 * that is there already and was not touched stays.
 * @throws LoopdError `install-failed`.
 */
export async function installBundle(
  bundle: Bundle,
  place: InstallPlace,
  options: { registry: string; signal: AbortSignal },
): Promise<StepEnd> {
  const { bundles } = layoutOf(place.home);
  const to = join(bundles, bundle.name);
  const damage = existsSync(to) ? await damageOf(to) : undefined;
  if (existsSync(to) && damage === undefined) return { state: "skipped", detail: `${bundle.name} is there.` };
  await sweep(bundles);
  const fresh = join(bundles, `${UNFINISHED}${randomUUID()}`);
  try {
    await mkdir(fresh, { recursive: true, mode: 0o700 });
    const contents: Record<string, string> = {};
    for (const [file, hash] of Object.entries(bundle.files)) contents[file] = await copyFile(bundle, file, hash, fresh);
    const manifest = await readFile(join(bundle.folder, "manifest.json"));
    contents["manifest.json"] = await writeChecked(join(fresh, "manifest.json"), manifest, 0o600);
    const target = `${process.platform}-${process.arch}`;
    const put = await putPackages({ bundle, target, machine: place.machine, idleMs: place.idleMs, ...options }, fresh);
    await writeContents(fresh, { ...contents, ...put.contents });
    await clearQuarantine(fresh, place.platform, place.machine);
    await prove(fresh);
    if (damage !== undefined) await rename(to, join(bundles, `${UNFINISHED}${randomUUID()}`));
    await rename(fresh, to);
    const repaired = damage === undefined ? "copied" : `repaired (${damage})`;
    const downloaded =
      put.downloaded.length === 0 ? "" : `, with ${put.downloaded.join(", ")} from ${new URL(options.registry).origin}`;
    return { state: "done", detail: `${bundle.name} ${repaired}${downloaded}.` };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Removes what an installation that was killed had begun; not what a helper may still run from until it is replaced. */
async function sweep(bundles: string): Promise<void> {
  for (const name of await readdir(bundles).catch(() => [])) {
    const path = join(bundles, name);
    if (name.startsWith(UNFINISHED) && !(await isFilled(path))) await rm(path, { recursive: true, force: true });
  }
}

async function copyFile({ folder }: Bundle, file: string, hash: string, to: string): Promise<string> {
  const bytes = await readFile(join(folder, file)).catch((cause: unknown) => {
    throw notAsBuilt(join(folder, file), cause instanceof Error ? cause.message : String(cause));
  });
  if (hashOf(bytes) !== hash) throw notAsBuilt(join(folder, file), "its SHA-256 differs");
  return writeChecked(join(to, file), bytes, 0o600);
}

function notAsBuilt(path: string, why: string): LoopdError {
  const words = `${path} is not the file that was built (${why}), so nothing was installed. Build it again with npm run build, or install loopd again.`;
  return new LoopdError("install-failed", words);
}

async function prove(folder: string): Promise<void> {
  try {
    const options = { cwd: folder, env: {}, timeout: PROOF_MS, killSignal: "SIGKILL" as const };
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", PROOF], options);
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split("\n");
    const why = said?.find((line) => /error/i.test(line)) ?? (cause instanceof Error ? cause.message : String(cause));
    const words = `What the helper needs does not run on this machine: ${why.slice(0, 500)}. Nothing was installed. Run it from where it is: loopd helper start`;
    throw new LoopdError("install-failed", words, { cause });
  }
}
