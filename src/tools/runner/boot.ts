import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * Names this boot of the machine: the same for every process until the next start, then never again. Where the system
 * does not tell, the name is new on each call, so that nothing recorded earlier is ever taken for this boot's. Waits for
 * a small program on macOS: ask once, at start.
 */
export function bootId(): string {
  try {
    const text =
      process.platform === "darwin"
        ? execFileSync("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8", timeout: 5000 })
        : readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    if (text.trim() !== "") return text.trim().toLowerCase();
  } catch {
    // Said below: an unknown boot is like no other.
  }
  return `unknown-${randomUUID()}`;
}
