import { supervisorOf } from "./apply-plan.ts";
import type { Platform, WantedJob } from "./install-plan.ts";
import type { Machine } from "./machine.ts";
import { isTrouble, type Trouble } from "./supervisor.ts";
import { writeWanted } from "./wanted-files.ts";

/**
 * Starts a job of `planHandOff` and does not wait for it: what the helper uses for its own upgrade or restart, since a
 * process that ends its own job never gets to starting it again.
 */
export async function handOff(job: WantedJob, platform: Platform, machine: Machine): Promise<Trouble | undefined> {
  const supervisor = supervisorOf(platform, machine);
  const state = await supervisor.stateOf(job.unit);
  if (isTrouble(state)) return state;
  const trouble = state.isLoaded ? await supervisor.unload(job.unit, "for-now") : undefined;
  if (trouble !== undefined) return trouble;
  for (const file of job.files) await writeWanted(file);
  return supervisor.load(job);
}

/**
 * Starts an installed helper through the system, as every face does once it is installed, unless it runs already. Trouble
 * with code 3 or 113 (launchd) says that it is not installed.
 */
export function startInstalled(unit: string, platform: Platform, machine: Machine): Promise<Trouble | undefined> {
  return supervisorOf(platform, machine).start(unit);
}
