import type { Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { cronSlots } from "./cron-slots.ts";
import type { Slots } from "./slots.ts";

/**
 * Slots of a trigger. One that waits for something that happens (`wake`, `login`, `file`) has the given instants, at
 * which it happened. Throws a LoopdError `invalid-params` for a zone that this system does not know.
 */
export function slotsOf(trigger: Trigger, happened: readonly Millis[]): Slots {
  switch (trigger.type) {
    case "cron":
      return cronSlots(trigger.expression, trigger.zone);
    case "every":
      return everySlots(trigger.ms, trigger.anchor);
    case "at":
      return listedSlots([trigger.at]);
    case "wake":
    case "login":
    case "file":
      return listedSlots([...new Set(happened)].sort((a, b) => a - b));
  }
}

function everySlots(period: Millis, anchor: Millis): Slots {
  const passed = (instant: Millis) => Math.max(0, Math.floor((instant - anchor) / period));
  return {
    after: (instant) => anchor + (passed(instant) + 1) * period,
    upTo: (instant) => (passed(instant) === 0 ? undefined : anchor + passed(instant) * period),
    countIn: (from, to) => Math.max(0, passed(to) - passed(from)),
  };
}

function listedSlots(instants: readonly Millis[]): Slots {
  return {
    after: (instant) => instants.find((one) => one > instant),
    upTo: (instant) => instants.findLast((one) => one <= instant),
    countIn: (from, to) => instants.filter((one) => one > from && one <= to).length,
  };
}
