import { parseCron } from "../src/protocol/cron-fields.ts";
import type { Trigger } from "../src/protocol/routine.ts";
import type { Millis } from "../src/protocol/values.ts";
import { calendarIntervals, withoutRepeats } from "./calendar-intervals.ts";
import { TICK_SECONDS } from "./job.ts";
import { type CalendarInterval, MOST_CALENDAR_INTERVALS } from "./launchd-keys.ts";

/** When launchd starts the tick. Both may be there: launchd looks at each by itself. */
export interface TickSchedule {
  /** Local times; empty if no calendar can say them. */
  calendar: readonly CalendarInterval[];
  /** Seconds between two ticks, for what the calendar does not say. */
  everySeconds: number | undefined;
}

/**
 * When the tick agent must start so that every slot of these triggers gets its tick: on the minute for what the calendar
 * of this machine's zone can say, every five minutes for other zones, periods, and more than 64 intervals. Undefined if
 * nothing waits for the clock.
 */
export function tickSchedule(triggers: readonly Trigger[], zone: string): TickSchedule | undefined {
  const compiled = triggers.flatMap((trigger) => {
    if (trigger.type === "cron") return [cronIntervals(trigger, zone)];
    if (trigger.type === "at") return [localMinute(trigger.at, zone)];
    return trigger.type === "every" ? [undefined] : [];
  });
  const calendar = withoutRepeats(compiled.flatMap((intervals) => intervals ?? []));
  if (calendar.length > MOST_CALENDAR_INTERVALS) return { calendar: [], everySeconds: TICK_SECONDS };
  if (compiled.includes(undefined)) return { calendar, everySeconds: TICK_SECONDS };
  return calendar.length === 0 ? undefined : { calendar, everySeconds: undefined };
}

function cronIntervals(
  { expression, zone }: Extract<Trigger, { type: "cron" }>,
  localZone: string,
): CalendarInterval[] | undefined {
  const parsed = parseCron(expression);
  const name = knownName(zone);
  if ("mistake" in parsed || name === undefined || name !== knownName(localZone)) return undefined;
  return calendarIntervals(parsed.fields);
}

/** The name under which this machine knows a zone that may have several; undefined for one that it does not know. */
function knownName(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** The local minute of an instant. It comes back every year; the routine is gone by then. */
function localMinute(at: Millis, zone: string): CalendarInterval[] | undefined {
  if (knownName(zone) === undefined) return undefined;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return [{ Month: part("month"), Day: part("day"), Hour: part("hour"), Minute: part("minute") }];
}
