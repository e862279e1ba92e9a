import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Connection, socketPathOf, stopOutdatedHelper } from "../../src/protocol/connect.ts";
import { asLoopdError, LoopdError } from "../../src/protocol/errors.ts";
import { processRow } from "../../src/tools/runner/process-table.ts";
import { reachHelper } from "./reach-helper.ts";

const CLIENT = "install";
/** Milliseconds that a helper has to write down what it is doing and end. */
const STOP_MS = 30_000;
const LOOK_MS = 50;

/**
 * Asks whoever serves a home to end, and resolves once it has. Its open turns stay open for the next one. Gives its
 * process id, 0 for one of another version that does not say; undefined if nobody was there.
 * @throws LoopdError for one that does not answer or does not end.
 */
export async function endRunning(home: string): Promise<number | undefined> {
  const reached = await reachHelper(home, CLIENT);
  if (reached.type === "absent") return undefined;
  if (reached.type === "connected") return end(reached.connection);
  if (reached.error.code !== "helper-outdated") throw reached.error;
  const token = (await readFile(join(home, "run", "token"), "utf8")).trim();
  await stopOutdatedHelper({ socketPath: socketPathOf(home), token, client: CLIENT });
  return 0;
}

async function end(connection: Connection): Promise<number> {
  const { pid } = connection.hello;
  await connection.request("helper.stop", {}).catch((thrown: unknown) => {
    if (asLoopdError(thrown).code !== "connection-closed") throw thrown;
  });
  connection.close();
  const deadline = performance.now() + STOP_MS;
  while ((await processRow(pid))?.isAlive === true) {
    if (performance.now() > deadline) {
      const words = `The helper (process ${pid}) has not ended after ${STOP_MS / 1000} s. End it with: kill ${pid}; then try again.`;
      throw new LoopdError("not-allowed", words);
    }
    await delay(LOOK_MS);
  }
  return pid;
}
