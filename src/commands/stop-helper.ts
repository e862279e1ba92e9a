import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { asLoopdError, LoopdError } from "../protocol/errors.ts";
import { type Connection, socketPathOf, stopOutdatedHelper } from "../protocol/connect.ts";

/** Milliseconds that a helper has to write down what it is doing and end. */
const STOP_LIMIT = 30_000;
const POLL_PAUSE = 20;

/**
 * Asks a helper to end, and resolves once its process is gone and the home is free. Open turns stay open.
 * @throws LoopdError `not-allowed` when the helper is still there after half a minute.
 */
export async function stopHelper(connection: Connection): Promise<void> {
  const { pid } = connection.hello;
  await connection.request("helper.stop", {}).catch((thrown: unknown) => {
    // It may be gone before its answer arrives, which is what was wanted.
    if (asLoopdError(thrown).code !== "connection-closed") throw thrown;
  });
  connection.close();
  const deadline = performance.now() + STOP_LIMIT;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      throw new LoopdError(
        "not-allowed",
        `The helper (process ${pid}) has not ended after ${STOP_LIMIT / 1000} s. End it with: kill ${pid}`,
      );
    }
    await delay(POLL_PAUSE);
  }
}

/** Stops a helper of another version, with which no connection can be opened. Resolves once it has let go of its socket. */
export async function stopOutdated({ home, client }: { home: string; client: string }): Promise<void> {
  const token = readFileSync(join(home, "run", "token"), "utf8").trim();
  await stopOutdatedHelper({ socketPath: socketPathOf(home), token, client });
}

/** Whether a process runs. One that has ended but was not collected by its parent, as in many containers, does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // There is no such file on macOS, where launchd collects at once.
    return true;
  }
}
