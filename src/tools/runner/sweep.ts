import type { CallId } from "../../protocol/values.ts";
import { endGroup, endMarked } from "./end-processes.ts";
import { markedProcesses, processRow } from "./process-table.ts";

/** Time that an orphan gets to end by itself. */
const GRACE_MS = 1000;

/** macOS hides the environment of its own programs, `/bin/sh` among them; there, start time and boot must do. */
const canSeeMarks = process.platform === "linux";

/** A process as `tool.spawned` recorded it. */
interface SpawnedProcess {
  callId: CallId;
  pid: number;
  startTime: string;
  boot: string;
}

/** A process that the sweep ended, or could not end (`isGone` false: the call must not be offered to run again). */
interface SweptProcess {
  callId: CallId;
  pid: number;
  isGone: boolean;
}

/**
 * Ends what an earlier helper, which was killed, left running. A recorded process is ended with its group only if boot,
 * pid, start time and mark all agree: a bare pid may be a stranger's by now. Then every process is killed that carries
 * the mark of one of these calls, which finds children that were never recorded and grandchildren that left the group.
 * `callIds` names all calls that were started and have no outcome. Resolves when they are gone, within seconds.
 */
export async function sweepOrphans(options: {
  spawned: readonly SpawnedProcess[];
  callIds: readonly CallId[];
  boot: string;
}): Promise<SweptProcess[]> {
  const callIds = [...new Set([...options.callIds, ...options.spawned.map((one) => one.callId)])];
  const marked = new Map((await markedProcesses(callIds)).map(({ pid, callId }) => [pid, callId]));
  const groups = await Promise.all(
    options.spawned.map(async ({ callId, pid, startTime, boot }): Promise<SweptProcess[]> => {
      if (boot !== options.boot || (canSeeMarks && marked.get(pid) !== callId)) return [];
      const row = await processRow(pid);
      if (!row?.isAlive || row.group !== pid || row.startTime !== startTime) return [];
      return [{ callId, pid, isGone: await endGroup(pid, GRACE_MS) }];
    }),
  );
  const swept = groups.flat();
  const known = new Set(swept.map((one) => one.pid));
  return [...swept, ...(await endMarked(callIds)).filter((one) => !known.has(one.pid))];
}
