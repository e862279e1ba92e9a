import { asLoopdError } from "../../src/protocol/errors.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { describeTrigger } from "./describe-schedule.ts";
import { firingsOf, localZone } from "./routine-rows.ts";
import { readSchedule } from "./schedule-text.ts";

/** What a schedule means and when it fires next, or why it cannot be, one line each. */
export function schedulePreview(when: string, zone: string | undefined, now: Millis): string[] {
  try {
    const trigger = readSchedule(when, { now, zone: zone ?? localZone() });
    return [`runs ${describeTrigger(trigger)}`, "next:", ...firingsOf(trigger, now)];
  } catch (thrown) {
    return [asLoopdError(thrown).message];
  }
}
