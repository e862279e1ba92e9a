import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, constants, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Platform } from "./install-plan.ts";
import { type Machine, runSystemProgram } from "./machine.ts";

/** SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * Takes the mark "came from the internet" off a file or folder, which would keep it from running. That there is none is
 * no error, nor is a system that knows no such mark: whether a program runs is found out by running it.
 */
export async function clearQuarantine(path: string, platform: Platform, machine: Machine): Promise<void> {
  if (platform !== "darwin") return;
  await runSystemProgram(machine, "/usr/bin/xattr", ["-d", "-r", "com.apple.quarantine", path]);
}

/** What became of a copy. */
export type Copied = { type: "copied"; sha256: string } | { type: "failed"; why: string };

/**
 * Copies a program byte for byte, so that its signature stays what it was, and puts it in its place only once it has
 * proved there that it works. A program that is there already is replaced under whoever runs it, never written into.
 * @param works Runs the copy; the reason where it does not work.
 */
export async function copyProgram(
  { from, to, platform }: { from: string; to: string; platform: Platform },
  works: (path: string) => Promise<string | undefined>,
  machine: Machine,
): Promise<Copied> {
  const fresh = `${to}.${randomUUID().slice(0, 8)}`;
  try {
    const sha256 = await sha256Of(from);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(from, fresh, constants.COPYFILE_FICLONE);
    await chmod(fresh, 0o755);
    if ((await sha256Of(fresh)) !== sha256) return { type: "failed", why: "the copy is not the same as the original" };
    await clearQuarantine(fresh, platform, machine);
    const why = await works(fresh);
    if (why !== undefined) return { type: "failed", why: `it does not run from ${dirname(to)}: ${why}` };
    await rename(fresh, to);
    return { type: "copied", sha256 };
  } catch (error) {
    return { type: "failed", why: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(fresh, { force: true });
  }
}
