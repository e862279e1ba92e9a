import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

/** Whether a process still does anything. A zombie that nobody has reaped yet does not. */
export function isRunning(pid: number): boolean {
  const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  return state !== "" && !state.startsWith("Z");
}

/** Ends every process with these words in its command line, and resolves once there is none; zombies have no words. */
export async function endAllNaming(words: string): Promise<void> {
  for (;;) {
    const { stdout } = spawnSync("ps", ["-axo", "pid=,args="], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    const named = stdout.split("\n").filter((line) => line.includes(words));
    if (named.length === 0) return;
    for (const line of named) {
      try {
        process.kill(Number.parseInt(line, 10), "SIGKILL");
      } catch {
        // It is gone.
      }
    }
    await delay(50);
  }
}
