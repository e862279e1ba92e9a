import { setTimeout as delay } from "node:timers/promises";
import { supervisorOf } from "../../launchd/apply-plan.ts";
import { startInstalled } from "../../launchd/hand-off.ts";
import { switchedOff as switchedOffAgent } from "../../launchd/launchctl-codes.ts";
import { isTrouble, type Trouble } from "../../launchd/supervisor.ts";
import { switchedOff as switchedOffUnit } from "../../launchd/systemd-supervisor.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { failureIn } from "../ready.ts";
import { errorLogOf } from "./error-log.ts";
import type { InstallPlace } from "./install-place.ts";
import { installedVersion, jobOf } from "./installed-job.ts";
import { type Reached, reachHelper } from "./reach-helper.ts";

/** Milliseconds until a helper that neither serves nor ends is given up. Generous: a large database may be migrated first. */
const START_LIMIT = 60_000;
/** Milliseconds between two attempts to reach it, and between two questions to the system about its process. */
const [REACH_PAUSE, LOOK_PAUSE] = [50, 500];
/** Looks in a row that must find its process gone, before a start that said nothing counts as failed. */
const FAILED_LOOKS = 4;

/** What came of a start: whoever serves the home now, or what the system has against it. */
export type Started = Exclude<Reached, { type: "absent" }> | { type: "trouble"; trouble: Trouble };

/**
 * Has the system start the installed helper of a home, and waits until one serves there; this one, or another that was
 * faster. A helper that runs is left alone.
 * @throws LoopdError with the helper's own code and words where it says why it cannot start; `helper-unreachable` where it
 * ends without a word or does not get ready.
 */
export async function startJob(place: InstallPlace, client: string): Promise<Started> {
  const { platform, machine, home } = place;
  if ((await installedVersion(place, "helper")) === undefined) return { type: "trouble", trouble: notInstalled(home) };
  const { unit, label } = jobOf(place, "helper");
  const supervisor = supervisorOf(platform, machine);
  const state = await supervisor.stateOf(unit);
  if (isTrouble(state)) return { type: "trouble", trouble: state };
  if (state.isAllowed === "never") {
    const trouble = platform === "darwin" ? switchedOffAgent(machine.uid, label) : switchedOffUnit(unit);
    return { type: "trouble", trouble };
  }
  const complaints = errorLogOf(home, "helper");
  const before = await complaints.size();
  const trouble = await startInstalled(unit, platform, machine);
  if (trouble !== undefined) return { type: "trouble", trouble };

  const deadline = performance.now() + START_LIMIT;
  let nextLook = performance.now() + LOOK_PAUSE;
  let failedLooks = 0;
  for (;;) {
    const reached = await reachHelper(home, client);
    if (reached.type !== "absent") return reached;
    if (performance.now() >= nextLook) {
      nextLook = performance.now() + LOOK_PAUSE;
      const said = await complaints.since(before);
      const failure = failureIn(said);
      if (failure !== undefined) throw failure;
      const now = await supervisor.stateOf(unit);
      // One that ended with 0 has found a helper in its home, which may be on its way up.
      const exit = isTrouble(now) || now.pid !== undefined ? undefined : now.lastExit;
      failedLooks = exit === undefined || exit === "0" ? 0 : failedLooks + 1;
      if (failedLooks >= FAILED_LOOKS) throw endedSilently(label, exit ?? "", said);
    }
    if (performance.now() > deadline) throw notReady(label, complaints.path);
    await delay(REACH_PAUSE);
  }
}

function notInstalled(home: string): Trouble {
  return { reason: "refused", words: `No helper is installed for ${home}.`, mend: "loopd helper install" };
}

function endedSilently(label: string, lastExit: string, said: string): LoopdError {
  const words = said.trim().slice(-2000);
  const message = `The helper that the system started as ${label} ended again (${lastExit})${words === "" ? " without a word" : `: ${words}`}. See it fail with: loopd helper run`;
  return new LoopdError("helper-unreachable", message);
}

function notReady(label: string, complaints: string): LoopdError {
  const message = `The system started ${label}, but it did not get ready within ${START_LIMIT / 1000} s. Look at: loopd helper logs, and ${complaints}`;
  return new LoopdError("helper-unreachable", message);
}
