import { type Applied, applyPlan } from "../../launchd/apply-plan.ts";
import { planTick } from "../../launchd/plan-install.ts";
import type { Trigger } from "../../src/protocol/routine.ts";
import type { InstallPlace } from "./install-place.ts";
import { installedVersion } from "./installed-job.ts";
import { wishOf } from "./wish.ts";

/**
 * Makes the tick start when these triggers, those of the enabled routines, need it; none that waits for the clock, no tick.
 * Touches nothing but the tick. Undefined if no helper is installed for the home: then there is nobody to tick for.
 * Whoever calls it holds the installation's lock.
 * @throws LoopdError as `applyPlan`.
 */
export async function syncTick(place: InstallPlace, triggers: readonly Trigger[]): Promise<Applied | undefined> {
  const version = await installedVersion(place, "helper");
  if (version === undefined) return undefined;
  return applyPlan(planTick(await wishOf(place, { version, triggers })), place.machine);
}
