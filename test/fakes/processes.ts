import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

/** Whether a process still does anything. A zombie that nobody has reaped yet does not. */
export function isRunning(pid: number): boolean {
  const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  return state !== "" && !state.startsWith("Z");
}

/** Resolves once no process has these words in its command line any more, but those that wait for its end. */
export async function untilNoneNames(words: string): Promise<void> {
  for (;;) {
    const lines = spawnSync("ps", ["-axo", "args="], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).stdout.split(
      "\n",
    );
    if (!lines.some((line) => line.includes(words))) return;
    await delay(50);
  }
}
