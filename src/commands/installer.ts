import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { isErrorCode, LoopdError } from "../protocol/errors.ts";
import { type InstallRecord, installRecordSchema, type InstallResult } from "../protocol/install.ts";
import { runInstallProgram } from "./install-program.ts";
import type { Installation } from "./present/install-state.ts";
import type { HelperProgram } from "./start-helper.ts";
import { isInstalled } from "./start-installed.ts";

const manifestSchema = z.object({ version: z.string() });

/** How the helper is installed in a home, as its files and the table of processes tell it at this moment. */
export async function readInstallation(program: HelperProgram): Promise<Installation> {
  const { home, helperScript } = program;
  const [own, current, isKept, record] = await Promise.all([
    versionOf(join(helperScript, "..")),
    versionOf(join(home, "helper", "current")),
    isInstalled(home),
    readRecord(home),
  ]);
  const isAlive = record?.state === "running" && (await isInstaller(record.pid));
  return { own, installed: isKept ? current : undefined, record, isAlive };
}

/** Version of the helper that comes with the extension. */
export async function ownVersion({ helperScript }: HelperProgram): Promise<string | undefined> {
  return versionOf(join(helperScript, ".."));
}

/**
 * Begins an installation in a process that nobody ends with the view, and resolves as soon as it has begun: from then on
 * its record tells. What kept it from beginning is the result.
 */
export async function beginInstall(program: HelperProgram): Promise<InstallResult> {
  return runInstallProgram({ ...program, group: "own" }, ["detach", "install"], () => {});
}

/** Ends an installation that is under way; the next one completes it. */
export async function stopInstall({ record }: Installation): Promise<void> {
  if (record !== undefined && (await isInstaller(record.pid))) process.kill(record.pid, "SIGTERM");
}

/**
 * Takes the jobs and programs of loopd off the machine. It goes on when the view is closed.
 * @throws LoopdError with what the system had against it.
 */
export async function uninstall(program: HelperProgram): Promise<void> {
  const { ok, error } = await runInstallProgram({ ...program, group: "own" }, ["uninstall"], () => {});
  if (ok) return;
  const { code = "install-failed", message = "It did not say why." } = error ?? {};
  throw new LoopdError(isErrorCode(code) ? code : "install-failed", message);
}

/**
 * Whether the helper of the extension can run from where it is. One from Raycast's Store brings no packages, so that it has
 * to be installed first; a checkout has them beside it.
 */
export function canStartHere({ helperScript }: HelperProgram): boolean {
  for (let folder = dirname(helperScript); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules", "better-sqlite3", "package.json"))) return true;
    if (dirname(folder) === folder) return false;
  }
}

/** A file that is just being replaced, or damaged, is none. */
async function readRecord(home: string): Promise<InstallRecord | undefined> {
  try {
    return installRecordSchema.parse(JSON.parse(await readFile(join(home, "run", "install.json"), "utf8")));
  } catch {
    return undefined;
  }
}

async function versionOf(folder: string): Promise<string | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))).version;
  } catch {
    return undefined;
  }
}

/** Whether a process is an installation: its number may have gone to another one since. */
async function isInstaller(pid: number): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)("/bin/ps", [
      "-ww",
      "-o",
      "stat=",
      "-o",
      "command=",
      "-p",
      String(pid),
    ]);
    return !/^[ZX]/.test(stdout.trim()) && /install\.mjs install\b/.test(stdout);
  } catch {
    return false;
  }
}
