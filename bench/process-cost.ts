import { readFileSync } from "node:fs";

/** Ticks of a second in /proc: USER_HZ, which is 100 on every architecture that Linux shows to programs. */
const TICKS_PER_SECOND = 100;

/** Whether this system tells what a process costs. Only Linux has `/proc`. */
export const canMeasureCost = process.platform === "linux";

/** Resident memory of a process in MB (1,048,576 bytes). */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

/** Milliseconds of processor time that a process has used so far, all its threads together; steps of 10 ms. */
export function processorMilliseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The program's name may hold anything, also spaces; the fields after its closing bracket are numbers.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}
