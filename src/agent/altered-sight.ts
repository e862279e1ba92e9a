import type { EntryData } from "../protocol/entries.ts";

type Sight = EntryData<"tool.finished">["sight"];

/**
 * What a result with other words than its tool's shows of the screen: nothing that a later one may build on, but its references
 * may be in it, so their numbers are used up.
 */
export function alteredSight(sight: Sight): Sight {
  return sight === undefined ? undefined : { ...sight, isAltered: true };
}
