import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { endGroup, endMarked } from "../runner/end-processes.ts";

/** How long a server may take to end by itself once its input is closed, and then after SIGTERM, in milliseconds. */
const INPUT_CLOSED_MS = 1_500;
const TERMINATED_MS = 1_500;

/**
 * Ends a server with everything that it started: closes its input, ends its process group, then kills whatever carries
 * its mark, which finds those that left the group. Resolves when nothing of it lives.
 */
export async function endServerProcesses(child: ChildProcess, mark: string): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  child.stdin?.end();
  if (child.exitCode === null && child.signalCode === null) {
    const timer = new AbortController();
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const late = delay(INPUT_CLOSED_MS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([exited, late]);
    timer.abort();
  }
  await endGroup(pid, TERMINATED_MS);
  await endMarked([mark]);
}
