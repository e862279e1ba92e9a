import { join } from "node:path";
import type { InstallWish } from "../../launchd/install-plan.ts";
import { readInstalled } from "../../launchd/installed.ts";
import { NODE_FLAGS } from "../../src/protocol/node-flags.ts";
import type { Trigger } from "../../src/protocol/routine.ts";
import type { InstallPlace } from "./install-place.ts";
import { layoutOf } from "./layout.ts";

/** Arguments of Node that run a verb of the installed install program. */
function installedVerb(home: string, verb: string): string[] {
  return ["--disable-warning=ExperimentalWarning", join(layoutOf(home).current, "install.mjs"), verb];
}

/**
 * What is wanted of launchd/ for a home. The environment is the one that was there when loopd was first installed, so that
 * a shell with another PATH changes nothing.
 * @param version Names what runs (`InstallWish.version`).
 */
export async function wishOf(
  place: InstallPlace,
  { version, triggers }: { version: string; triggers: readonly Trigger[] },
): Promise<InstallWish> {
  const { platform, person, home, usualHome, machine, zone } = place;
  const { node, current } = layoutOf(home);
  const installed = await readInstalled(home);
  return {
    ...{ platform, person, home, usualHome, node, version, zone, triggers },
    helper: [...NODE_FLAGS, join(current, "helper.mjs")],
    tick: installedVerb(home, "tick"),
    environment: installed.environment.PATH === undefined ? machine.environment : installed.environment,
  };
}
