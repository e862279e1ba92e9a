import type { Json } from "./values.ts";

/** Deeper than any tool's schema; beyond it whatever walks a value recursively could overflow the stack. */
const MAX_DEPTH = 64;

/** Whether a value that a stranger sent is nested at most 64 deep. */
export function isShallow(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return false;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return true;
}
