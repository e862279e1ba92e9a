import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { isAtLeast } from "../../launchd/node-version.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { installRecordSchema, type InstallResult } from "../../src/protocol/install.ts";
import { processRow } from "../../src/tools/runner/process-table.ts";
import { type InstallLock, takeInstallLock } from "../store/install-lock.ts";
import { readBundle, versionIn } from "./bundle.ts";
import { handOffInstall } from "./hand-off-install.ts";
import { install } from "./install.ts";
import type { InstallPlace } from "./install-place.ts";
import { layoutOf } from "./layout.ts";
import { reachHelper } from "./reach-helper.ts";
import { beginSteps } from "./steps.ts";
import type { Verb } from "./verb.ts";

/** Milliseconds until somebody who holds the lock, and is no installation, is waited for no longer; between two looks. */
const [LOCK_WAIT, LOOK_PAUSE] = [60_000, 250];

/**
 * `install [--force] [--registry URL]`: makes the machine run the helper of this bundle, from now on and from every login
 * on. Cut short at any instant, the next one completes it; where nothing is to be done, nothing is changed.
 */
export const installVerb: Verb = async ({ place, words, tell }) => {
  const { force, registry, isHandedOff } = optionsOf(words, place.registry);
  const bundle = await readBundle(place.bundle);
  if (!isHandedOff) {
    const handedOff = await handOffInstall(place, words, tell);
    if (handedOff !== undefined) return handedOff;
  }
  const { lock: lockFile, record } = layoutOf(place.home);
  const lock = await takeTurn(lockFile, record);
  if (lock === undefined) return busy(await runningSince(record));
  try {
    const newer = force ? undefined : await newerThan(bundle.version, place);
    if (newer !== undefined) return newer;
    const steps = beginSteps(record, bundle.version, tell);
    return steps.end(await install({ place, bundle, registry, steps }));
  } finally {
    lock.release();
  }
};

function optionsOf(
  words: readonly string[],
  usual: string,
): { force: boolean; registry: string; isHandedOff: boolean } {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { force: { type: "boolean" }, registry: { type: "string" }, "handed-off": { type: "boolean" } },
    });
    const { force = false, registry = usual, "handed-off": isHandedOff = false } = values;
    if (!/^https?:$/.test(new URL(registry).protocol)) throw new Error(`${registry} is not reached by http or https.`);
    return { force, registry, isHandedOff };
  } catch (cause) {
    throw new LoopdError("usage", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** An older helper may not be able to read what a newer one has written. */
async function newerThan(version: string, place: InstallPlace): Promise<InstallResult | undefined> {
  const installed = await versionIn(layoutOf(place.home).current);
  const reached = await reachHelper(place.home, "install");
  if (reached.type === "connected") reached.connection.close();
  const running = reached.type === "connected" ? reached.connection.hello.version : undefined;
  const newer = [installed, running].find((other) => other !== undefined && isNewer(other, version));
  if (newer === undefined) return undefined;
  const what = newer === installed ? "The helper that is installed" : "The helper that runs";
  const message = `${what} is version ${newer}, newer than this loopd (${version}). Nothing was changed, since an older helper may not read what a newer one wrote. Update this loopd, or go back: loopd helper install --force`;
  return { ok: false, error: { code: "install-failed", message, mend: "update this loopd", reason: "newer" } };
}

function isNewer(other: string, version: string): boolean {
  const [one = "", two = ""] = [other, version].map((text) => text.replace(/[-+].*$/, ""));
  return one !== two && isAtLeast(one, two);
}

/** The helper holds the lock for a moment, too, when it sees to its tick; another installation is not waited for. */
async function takeTurn(lockFile: string, record: string): Promise<InstallLock | undefined> {
  const deadline = performance.now() + LOCK_WAIT;
  for (;;) {
    const lock = await takeInstallLock(lockFile, LOOK_PAUSE);
    const isOver = performance.now() > deadline || (await runningSince(record)) !== undefined;
    if (lock !== undefined || isOver) return lock;
  }
}

/** Process and start of the installation that is under way; undefined if there is none. */
async function runningSince(record: string): Promise<{ pid: number; startedAt: string } | undefined> {
  try {
    const { state, pid, startedAt } = installRecordSchema.parse(JSON.parse(await readFile(record, "utf8")));
    const isRunning = state === "running" && (await processRow(pid))?.isAlive === true;
    return isRunning ? { pid, startedAt } : undefined;
  } catch {
    // There is no record, or none of ours.
    return undefined;
  }
}

function busy(who: { pid: number; startedAt: string } | undefined): InstallResult {
  const whose = who === undefined ? "" : ` (process ${who.pid}, since ${who.startedAt})`;
  const message = `Another installation of loopd is running${whose}. Nothing was changed. See how it goes: loopd helper status`;
  return { ok: false, error: { code: "install-failed", message, mend: "loopd helper status", reason: "busy" } };
}
