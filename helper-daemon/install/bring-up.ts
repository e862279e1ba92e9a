import { setTimeout as delay } from "node:timers/promises";
import { isTrouble, type Supervisor } from "../../launchd/supervisor.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { failureIn } from "../ready.ts";
import { errorLogOf } from "./error-log.ts";
import { reachHelper } from "./reach-helper.ts";
import { endRunning } from "./running-helper.ts";
import { type Failure, troubled } from "./trouble.ts";

/** Milliseconds that the installed helper has to answer. A large database may be migrated first, launchd may wait 10 s. */
const LIMIT_MS = 90_000;
const LOOK_MS = 50;
/** Milliseconds between two starts: the first may find that a helper which is just ending still holds the home. */
const START_PAUSE_MS = 1000;

/** The helper that the system runs. */
export interface Up {
  state: "up";
  pid: number;
  version: string;
  /** Process of the helper that had to end for it: 0 for one that does not say. */
  ended: number | undefined;
  wasStarted: boolean;
}

/**
 * Sees that the installed helper itself serves the home: has it started where it does not run, and asks one that somebody
 * started by hand to end first. One that serves already is left alone.
 * @throws LoopdError with the helper's own words where it says why it cannot start; `helper-unreachable`.
 */
export async function bringUp(home: string, unit: string, supervisor: Supervisor): Promise<Up | Failure> {
  const complaints = errorLogOf(home, "helper");
  const before = await complaints.size();
  const deadline = performance.now() + LIMIT_MS;
  let nextStart = 0;
  let ended: number | undefined;
  let wasStarted = false;
  for (;;) {
    const reached = await reachHelper(home, "install");
    if (reached.type === "connected") reached.connection.close();
    const state = await supervisor.stateOf(unit);
    if (isTrouble(state)) return troubled(state);
    if (reached.type === "connected" && reached.connection.hello.pid === state.pid) {
      return { state: "up", pid: state.pid, version: reached.connection.hello.version, ended, wasStarted };
    }
    if (reached.type !== "absent") {
      ended = await endRunning(home);
    } else {
      const failure = failureIn(await complaints.since(before));
      if (failure !== undefined) throw failure;
      if (state.pid === undefined && !state.isEnding && performance.now() >= nextStart) {
        nextStart = performance.now() + START_PAUSE_MS;
        wasStarted = true;
        const trouble = await supervisor.start(unit);
        if (trouble !== undefined) return troubled(trouble);
      }
    }
    if (performance.now() > deadline) {
      const words = `The helper is installed, but has not answered within ${LIMIT_MS / 1000} s. See it fail with: loopd helper run`;
      throw new LoopdError("helper-unreachable", words);
    }
    await delay(LOOK_MS);
  }
}
