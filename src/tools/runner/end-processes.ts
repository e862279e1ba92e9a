import { setTimeout as delay } from "node:timers/promises";
import { groupMembers, markedProcesses } from "./process-table.ts";

/** How long a process that was killed may take to be gone: it is not ours, so it can only be looked for. */
const GONE_WITHIN_MS = 2000;
const LOOK_EVERY_MS = 15;
/** A program may start others while its group is being ended; so many rounds catch up with it. */
const MAX_ROUNDS = 10;

/** Sends a signal to one process, or with a negative id to a group. False if there was none to receive it. */
function signal(id: number, name: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    process.kill(id, name);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Sends SIGKILL to a process group, at once and without looking what becomes of it. */
export function killGroup(group: number): void {
  if (group > 1) signal(-group, "SIGKILL");
}

/** Whether a process group has a living member. */
export async function isGroupAlive(group: number): Promise<boolean> {
  return signal(-group, 0) && (await groupMembers(group)).length > 0;
}

async function isGroupGone(group: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (await isGroupAlive(group)) {
    if (performance.now() >= deadline) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

/**
 * Ends a process group: SIGTERM, and SIGKILL for what is left after `graceMs`. Resolves when no member lives any more, or
 * with false when one cannot be ended (another user's, or stuck in the kernel).
 */
export async function endGroup(group: number, graceMs: number): Promise<boolean> {
  if (group <= 1 || group === process.pid) return false;
  signal(-group, "SIGTERM");
  if (await isGroupGone(group, graceMs)) return true;
  signal(-group, "SIGKILL");
  return isGroupGone(group, GONE_WITHIN_MS);
}

/**
 * Kills every process that carries the mark of one of the calls: those that left their group. Repeats until none is
 * found, and resolves with the pids that were killed and with those that still live.
 */
export async function endMarked(
  callIds: readonly string[],
): Promise<{ pid: number; callId: string; isGone: boolean }[]> {
  const ended = new Map<number, string>();
  let alive = await markedProcesses(callIds);
  const deadline = performance.now() + GONE_WITHIN_MS;
  for (let round = 0; alive.length > 0 && (round < MAX_ROUNDS || performance.now() < deadline); round += 1) {
    for (const { pid, callId } of alive) {
      ended.set(pid, callId);
      signal(pid, "SIGKILL");
    }
    await delay(LOOK_EVERY_MS);
    alive = await markedProcesses(callIds);
  }
  const left = new Map(alive.map((one) => [one.pid, one.callId]));
  // What something keeps starting anew has another pid each time.
  return [...new Map([...ended, ...left])].map(([pid, callId]) => ({ pid, callId, isGone: !left.has(pid) }));
}
