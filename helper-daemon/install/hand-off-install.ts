import { existsSync } from "node:fs";
import { join } from "node:path";
import { supervisorOf } from "../../launchd/apply-plan.ts";
import { handOff } from "../../launchd/hand-off.ts";
import { isInside } from "../../launchd/inside.ts";
import { planHandOff } from "../../launchd/plan-install.ts";
import { isTrouble } from "../../launchd/supervisor.ts";
import type { InstallResult, InstallStep } from "../../src/protocol/install.ts";
import { jobOf } from "./installed-job.ts";
import type { InstallPlace } from "./install-place.ts";
import { layoutOf } from "./layout.ts";
import { failedResult, troubled } from "./trouble.ts";
import { wishOf } from "./wish.ts";

/**
 * Where this process is part of the helper's job, which has to end for an installation, has a job of its own do it, and
 * does not wait for it. Undefined where this process can do it.
 */
export async function handOffInstall(
  place: InstallPlace,
  words: readonly string[],
  tell: (step: InstallStep) => void,
): Promise<InstallResult | undefined> {
  const { platform, machine, home, bundle } = place;
  const supervisor = supervisorOf(platform, machine);
  const helper = jobOf(place, "helper");
  const state = await supervisor.stateOf(helper.unit);
  if (!(await isInside(machine, helper.label, isTrouble(state) ? undefined : state.pid))) return undefined;
  const { label, unit } = jobOf(place, "hand-off");
  const running = await supervisor.stateOf(unit);
  const isOnItsWay = !isTrouble(running) && running.pid !== undefined;
  if (!isOnItsWay) {
    const { node } = layoutOf(home);
    const wish = await wishOf(place, { version: "", triggers: [] });
    const command = [
      "--disable-warning=ExperimentalWarning",
      join(bundle, "install.mjs"),
      "install",
      ...words,
      "--handed-off",
    ];
    const job = planHandOff({ ...wish, node: existsSync(node) ? node : process.execPath }, command);
    const trouble = await handOff(job, platform, machine);
    if (trouble !== undefined) return failedResult(troubled(trouble));
  }
  const detail = `This runs inside of the helper, which restarts for it, so ${label} does it from outside. See how it went: loopd helper status`;
  tell({ step: "hand-off", state: "done", detail });
  return { ok: true, handedOff: label };
}
