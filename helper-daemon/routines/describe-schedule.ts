import { parseCron } from "../../src/protocol/cron-fields.ts";
import type { Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { describeCron } from "./describe-cron.ts";
import { describeLength, describeMoment } from "./describe-moment.ts";
import { slotsOf } from "./trigger-slots.ts";

/** A trigger for a person: `weekdays at 09:00 Europe/Berlin`. */
export function describeTrigger(trigger: Trigger): string {
  switch (trigger.type) {
    case "cron": {
      const parsed = parseCron(trigger.expression);
      return `${"mistake" in parsed ? trigger.expression : describeCron(parsed.fields)} ${trigger.zone}`;
    }
    case "every":
      return `every ${describeLength(trigger.ms, 3).replace(/^1 (\w+)$/, "$1")}`;
    case "at":
      return `once, ${describeMoment(trigger.at, trigger.zone)}`;
    case "wake":
      return "when this machine wakes";
    case "login":
      return "when you log in";
    case "file":
      return `when a file changes that fits ${trigger.glob}`;
  }
}

/** The next `count` slots after an instant, fewer where the trigger ends, none where the clock has no say. */
export function nextSlots(trigger: Trigger, after: Millis, count: number): Millis[] {
  const slots = slotsOf(trigger, []);
  const found: Millis[] = [];
  for (let slot = slots.after(after); slot !== undefined && found.length < count; slot = slots.after(slot))
    found.push(slot);
  return found;
}

/**
 * The next `count` firings in words, one line each: `Mon 23 Nov 2026 09:00 Europe/Berlin (+01:00), in 2 days 3 hours`. `zone`
 * is the one that a trigger without its own is shown in. One line says so where there is none.
 */
export function describeNext(trigger: Trigger, now: Millis, count: number, zone: string): string[] {
  const where = "zone" in trigger ? trigger.zone : zone;
  const lines = nextSlots(trigger, now, count).map(
    (slot) => `${describeMoment(slot, where)}, in ${describeLength(slot - now, 2)}`,
  );
  if (lines.length > 0) return lines;
  if (trigger.type === "cron") return ["never: no day fits it"];
  return [trigger.type === "at" ? "never again: its time is past" : describeTrigger(trigger)];
}
