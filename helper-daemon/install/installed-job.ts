import { labelOf } from "../../launchd/labels.ts";
import { readInstalled } from "../../launchd/installed.ts";
import type { UnwantedJob } from "../../launchd/install-plan.ts";
import type { JobRole } from "../../launchd/job.ts";
import { unwantedJobs } from "../../launchd/plan-install.ts";
import type { InstallPlace } from "./install-place.ts";

/** A job of an installation of this home, by the names that the system and its record know it by. */
export function jobOf(place: InstallPlace, role: JobRole): UnwantedJob {
  const label = labelOf(place, role);
  return unwantedJobs(place).find((job) => job.label === label) ?? { label, unit: label, paths: [] };
}

/** The version that a job was last started with; undefined if it was never installed. */
export async function installedVersion(place: InstallPlace, role: JobRole): Promise<string | undefined> {
  const { jobs } = await readInstalled(place.home);
  return jobs[labelOf(place, role)];
}
