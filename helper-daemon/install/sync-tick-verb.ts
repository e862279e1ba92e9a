import { text } from "node:stream/consumers";
import * as z from "zod";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { InstallResult } from "../../src/protocol/install.ts";
import { triggerSchema } from "../../src/protocol/routine.ts";
import { takeInstallLock } from "../store/install-lock.ts";
import { errorLogOf } from "./error-log.ts";
import type { InstallPlace } from "./install-place.ts";
import { keepTrouble } from "./kept-trouble.ts";
import { layoutOf } from "./layout.ts";
import { syncTick } from "./sync-tick.ts";
import { failedResult, thrownResult, troubled } from "./trouble.ts";
import type { Verb } from "./verb.ts";

/** Milliseconds that an installation may take before this gives up waiting for its end. */
const LOCK_WAIT = 10 * 60_000;

/** What the helper says on standard input, as JSON. */
const wishedSchema = z.object({ triggers: z.array(triggerSchema) });

/**
 * `sync-tick`: brings the tick in line with the routines. A child of the helper, which is told nothing of it but the result:
 * what stands in the way is kept for `loopd doctor`.
 */
export const syncTickVerb: Verb = async ({ place }) => {
  const result = await sync(place).catch(thrownResult);
  await keepTrouble(place.home, "sync-tick", result, new Date());
  await errorLogOf(place.home, "helper").trim();
  return result;
};

async function sync(place: InstallPlace): Promise<InstallResult> {
  const { triggers } = wishedSchema.parse(JSON.parse(await text(process.stdin)));
  const lock = await takeInstallLock(layoutOf(place.home).lock, LOCK_WAIT);
  if (lock === undefined) {
    const words =
      "An installation of loopd has been running for ten minutes, so the tick was left as it is. See: loopd helper status";
    throw new LoopdError("install-failed", words);
  }
  try {
    const applied = await syncTick(place, triggers);
    if (applied?.trouble !== undefined) return failedResult(troubled(applied.trouble));
    return { ok: true, changes: applied?.changes ?? [] };
  } finally {
    lock.release();
  }
}
