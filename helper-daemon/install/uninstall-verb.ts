import { uninstall } from "../../launchd/apply-plan.ts";
import { unwantedJobs } from "../../launchd/plan-install.ts";
import { troubled } from "./trouble.ts";
import type { Verb } from "./verb.ts";

/** `uninstall`: takes the jobs off the machine. */
export const uninstallVerb: Verb = async ({ place }) => {
  const { platform, home, machine } = place;
  const { changes, trouble } = await uninstall({ platform, home, jobs: unwantedJobs(place) }, machine);
  return trouble === undefined ? { ok: true, changes } : troubled(trouble);
};
