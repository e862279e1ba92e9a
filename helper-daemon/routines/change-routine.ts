import type { Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { stretchIn } from "./missed-stretches.ts";
import type { SlotStretch } from "./routine-plan.ts";
import { slotsOf } from "./trigger-slots.ts";

/** Where a routine stands from an instant on: what to store with it. */
export type Standing = { cursor: Millis; nextDue: Millis | undefined };

/**
 * Where a routine begins that is new, or whose trigger was changed: with slots after now. Let a tick account for the old
 * trigger's slots first. Throws a LoopdError `invalid-params` for a zone that this system does not know.
 */
export function standingFrom(trigger: Trigger, now: Millis): Standing {
  return { cursor: now, nextDue: slotsOf(trigger, []).after(now) };
}

/** Where a paused routine goes on, and the slots that it missed while it was paused: they are not made up for. */
export function planResume(trigger: Trigger, cursor: Millis, now: Millis): Standing & { missed: SlotStretch[] } {
  const missed = stretchIn(slotsOf(trigger, []), cursor, now, "paused");
  return { ...standingFrom(trigger, now), missed: missed === undefined ? [] : [missed] };
}
