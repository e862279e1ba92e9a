import type { Millis } from "../../src/protocol/values.ts";
import { firstSlots, type Slots } from "./slots.ts";

/**
 * The first `limit` slots from one instant to another, both included, that are not taken, and how many are left after them.
 * Costs a count for each taken one, and a walk over the chosen ones only.
 */
export function freeSlots(
  slots: Slots,
  from: Millis,
  to: Millis,
  taken: readonly Millis[],
  limit: number,
): { chosen: Millis[]; left: number } {
  const within = taken.filter((slot) => slot >= from && slot <= to).sort((a, b) => a - b);
  const chosen: Millis[] = [];
  let free = 0;
  for (const [index, low] of [from - 1, ...within].entries()) {
    const high = (within[index] ?? to + 1) - 1;
    const count = slots.countIn(low, high);
    free += count;
    if (count > 0) chosen.push(...firstSlots(slots, low, high, limit - chosen.length));
  }
  return { chosen, left: free - chosen.length };
}
