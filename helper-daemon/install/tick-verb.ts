import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../../src/protocol/connect.ts";
import { socketPathOf } from "../../src/protocol/connect.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { InstallResult } from "../../src/protocol/install.ts";
import { errorLogOf } from "./error-log.ts";
import type { InstallPlace } from "./install-place.ts";
import { keepTrouble } from "./kept-trouble.ts";
import { type Reached, reachHelper } from "./reach-helper.ts";
import { startJob } from "./start-job.ts";
import { failedResult, thrownResult, troubled } from "./trouble.ts";
import type { Verb } from "./verb.ts";

const CLIENT = "tick";
/** Milliseconds that a helper may take to claim what is due. It goes on without us. */
const POKE_LIMIT = 30_000;
/** Milliseconds that a helper which has just lost its process may be on its way up by itself, and between two looks. */
const [RETURN_LIMIT, LOOK_PAUSE] = [1_000, 100];

/**
 * `tick`: what the system runs when a routine is due. Has the helper look at the clock, and starts it first if it died.
 *
 * A helper that ends because it was told to (`loopd helper stop`, a signal, the end of the session) takes its socket along; one
 * that dies leaves it. So a tick starts a helper only where a socket is left: what a person has stopped stays stopped until
 * the person starts it, asks something, or logs in again.
 */
export const tickVerb: Verb = async ({ place }) => {
  const result = await tick(place).catch(thrownResult);
  await keepTrouble(place.home, "tick", result, new Date());
  await errorLogOf(place.home, "tick").trim();
  return result;
};

async function tick(place: InstallPlace): Promise<InstallResult> {
  const { home } = place;
  const reached = await untilReached(home);
  if (reached.type === "connected") return poke(reached.connection, { ok: true, did: "poked" });
  // It looks at its clock by itself; it only cannot be talked to by this version.
  if (reached.type === "silent" && reached.error.code === "helper-outdated") return { ok: true, did: "left" };
  if (reached.type === "silent") throw reached.error;
  if (!existsSync(socketPathOf(home))) return { ok: true, did: "left" };
  const started = await startJob(place, CLIENT);
  if (started.type === "trouble") return failedResult(troubled(started.trouble));
  if (started.type === "silent") throw started.error;
  return poke(started.connection, { ok: true, did: "started" });
}

/** One that was killed is started again by the system within its time; a look or two may find nobody. */
async function untilReached(home: string): Promise<Reached> {
  const deadline = performance.now() + RETURN_LIMIT;
  for (;;) {
    const reached = await reachHelper(home, CLIENT);
    const isLeft = reached.type === "absent" && existsSync(socketPathOf(home));
    if (!isLeft || performance.now() > deadline) return reached;
    await delay(LOOK_PAUSE);
  }
}

async function poke(connection: Connection, result: InstallResult): Promise<InstallResult> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), POKE_LIMIT);
  try {
    await connection.request("routine.poke", {}, limit.signal);
    return result;
  } catch (thrown) {
    if (!limit.signal.aborted) throw thrown;
    const words = `The helper has been looking at what is due for ${POKE_LIMIT / 1000} s and goes on. See: loopd helper logs`;
    throw new LoopdError("helper-unreachable", words);
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}
