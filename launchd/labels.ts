import { createHash } from "node:crypto";
import type { InstallWish } from "./install-plan.ts";
import type { JobRole } from "./job.ts";

/**
 * Name of a job of a home. Homes other than the usual one have a mark of their own in it, so that two of them on one
 * machine do not take each other's place.
 */
export function labelOf({ home, usualHome }: Pick<InstallWish, "home" | "usualHome">, role: JobRole): string {
  const mark = home === usualHome ? "" : `.${createHash("sha256").update(home).digest("hex").slice(0, 8)}`;
  return `dev.loopd.${role}${mark}`;
}
