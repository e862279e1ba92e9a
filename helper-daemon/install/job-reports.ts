import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { WantedJob } from "../../launchd/install-plan.ts";
import { installStatus, type JobReport } from "../../launchd/install-status.ts";
import { planInstall } from "../../launchd/plan-install.ts";
import { currentName } from "./current.ts";
import type { InstallPlace } from "./install-place.ts";
import { installedVersion, jobOf } from "./installed-job.ts";
import { wishOf } from "./wish.ts";

/** How the jobs of a home stand: the helper's, and the tick's where there is one. Changes nothing. */
export async function jobReports(place: InstallPlace): Promise<JobReport[]> {
  const name = (await currentName(place.home)) ?? "";
  const startedAs = await installedVersion(place, "helper");
  // What was started last is current if it was started from the bundle that is current.
  const version = startedAs?.startsWith(`${name}+`) === true ? startedAs : name;
  const plan = planInstall(await wishOf(place, { version, triggers: [] }));
  return installStatus({ ...plan, wanted: [...plan.wanted, ...(await tickJob(place))] }, place.machine);
}

/** The tick as it is there: whether it fits the routines is the running helper's business. */
async function tickJob(place: InstallPlace): Promise<WantedJob[]> {
  const { label, unit, paths } = jobOf(place, "tick");
  const path = paths[0] ?? "";
  if (!existsSync(path)) return [];
  const [text, { mode }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
  return [{ role: "tick", label, unit, files: [{ path, text, mode: mode & 0o777 }] }];
}
