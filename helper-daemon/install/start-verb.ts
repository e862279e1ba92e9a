import { VERSION } from "../../src/protocol/version.ts";
import { startJob } from "./start-job.ts";
import { failedResult, troubled } from "./trouble.ts";
import type { Verb } from "./verb.ts";

/** `start`: has the system start the installed helper and waits until it serves. What every face runs in an installed home. */
export const startVerb: Verb = async ({ place }) => {
  const started = await startJob(place, `loopd start ${VERSION}`);
  if (started.type === "trouble") return failedResult(troubled(started.trouble));
  // Whoever asked for the start finds out for itself why it cannot be talked to.
  if (started.type === "silent") return { ok: true };
  const { pid, version } = started.connection.hello;
  started.connection.close();
  return { ok: true, pid, version };
};
