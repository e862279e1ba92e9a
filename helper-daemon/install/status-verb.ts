import { existsSync } from "node:fs";
import type { JobRow } from "../../src/protocol/install.ts";
import { versionIn } from "./bundle.ts";
import { currentName } from "./current.ts";
import { installationChecks } from "./checks.ts";
import { jobReports } from "./job-reports.ts";
import { layoutOf } from "./layout.ts";
import type { Verb } from "./verb.ts";

/** `status`: what is installed for a home, and how its jobs stand. Changes nothing. */
export const statusVerb: Verb = async ({ place }) => {
  const { current } = layoutOf(place.home);
  if (!existsSync(current)) return { ok: true, jobs: [] };
  const jobs = (await jobReports(place)).map(({ role, label, isFine, words, mend }): JobRow => ({
    ...{ role, label, isFine, words },
    ...(mend === undefined ? {} : { mend }),
  }));
  return { ok: true, bundle: await currentName(place.home), version: await versionIn(current), jobs };
};

/** `check`: one finding per step of an installation, for `loopd doctor`. */
export const checkVerb: Verb = async ({ place }) => ({ ok: true, checks: await installationChecks(place) });
