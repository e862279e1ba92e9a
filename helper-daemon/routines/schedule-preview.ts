import { asLoopdError } from "../../src/protocol/errors.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { iso } from "../store/routine-ledger.ts";
import { describeTrigger } from "./describe-schedule.ts";
import { firingsOf, localZone } from "./routine-rows.ts";
import { readSchedule } from "./schedule-text.ts";

/** What a schedule means at a time and when it fires next, or why it cannot be, one line each. */
export function schedulePreview(
  when: string,
  zone: string | undefined,
  now: Millis,
): { lines: string[]; asOf: string } {
  const asOf = iso(now);
  try {
    const trigger = readSchedule(when, { now, zone: zone ?? localZone() });
    return { lines: [`runs ${describeTrigger(trigger)}`, "next:", ...firingsOf(trigger, now)], asOf };
  } catch (thrown) {
    return { lines: [asLoopdError(thrown).message], asOf };
  }
}
