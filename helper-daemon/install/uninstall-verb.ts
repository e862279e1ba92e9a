import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { uninstall } from "../../launchd/apply-plan.ts";
import { removeFile } from "../../launchd/wanted-files.ts";
import { unwantedJobs } from "../../launchd/plan-install.ts";
import type { InstallResult } from "../../src/protocol/install.ts";
import { takeInstallLock } from "../store/install-lock.ts";
import { removeBundles, removeEmpty } from "./current.ts";
import type { InstallPlace } from "./install-place.ts";
import { forgetTrouble } from "./kept-trouble.ts";
import { layoutOf } from "./layout.ts";
import { removeUnfinishedPrograms } from "./programs.ts";
import { endRunning } from "./running-helper.ts";
import { type StepEnd, stepsWithoutRecord } from "./steps.ts";
import { failedResult, troubled } from "./trouble.ts";
import type { Verb } from "./verb.ts";

/** Milliseconds that an installation which is under way has to end. */
const LOCK_WAIT = 30_000;

/**
 * `uninstall`: takes the jobs off the machine, ends the helper, and removes what an installation put into the home. What a
 * person has there stays: trace, configuration, keys, notes, logs.
 */
export const uninstallVerb: Verb = async ({ place, tell }) => {
  const { platform, home, machine } = place;
  const { lock: lockFile } = layoutOf(home);
  const lock = await takeInstallLock(lockFile, LOCK_WAIT);
  if (lock === undefined) {
    const message = "An installation of loopd is running. Nothing was changed. Try again when it has ended.";
    return { ok: false, error: { code: "install-failed", message, reason: "busy" } };
  }
  try {
    const steps = stepsWithoutRecord(tell);
    const failure =
      (await steps.run("agent", undefined, async () => {
        const { changes, trouble } = await uninstall({ platform, home, jobs: unwantedJobs(place) }, machine);
        if (trouble?.reason === "inside") {
          return { ...troubled(trouble), mend: "run it in a terminal of your own: loopd helper uninstall" };
        }
        return trouble === undefined ? ended(changes, "No job of loopd is here.") : troubled(trouble);
      })) ??
      (await steps.run("stop", undefined, async () => {
        const pid = await endRunning(home);
        return ended(
          pid === undefined ? [] : [`the helper${pid === 0 ? "" : ` (process ${pid})`} has ended`],
          "No helper runs.",
        );
      })) ??
      (await steps.run("files", undefined, async () => ended(await removeFiles(place), "There is nothing to remove.")));
    if (failure !== undefined) return failedResult(failure);
    await rm(lockFile, { force: true });
    return { ok: true, home } satisfies InstallResult;
  } finally {
    lock.release();
  }
};

function ended(changes: readonly string[], nothing: string): StepEnd {
  return changes.length === 0
    ? { state: "skipped", detail: nothing }
    : { state: "done", detail: `${changes.join("; ")}.` };
}

/** Only what an installation put there, by name: a home may be a folder that holds other things too. */
async function removeFiles({ home }: InstallPlace): Promise<string[]> {
  const { node, screen, bundles, current, record } = layoutOf(home);
  const removed: string[] = [];
  for (const path of [current, node, screen, record]) if (await removeFile(path)) removed.push(path);
  await removeUnfinishedPrograms(home);
  removed.push(...(await removeBundles(home, undefined)).map((name) => join(bundles, name)));
  await forgetTrouble(home);
  for (const folder of [dirname(node), bundles, join(home, "launchd")]) await removeEmpty(folder);
  return removed.map((path) => `removed ${path}`);
}
