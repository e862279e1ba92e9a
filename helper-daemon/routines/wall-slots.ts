import type { CronFields, NthWeekday } from "../../src/protocol/cron-fields.ts";
import type { Millis } from "../../src/protocol/values.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * How many wall times in (from, to] fit a cron expression. Both are wall times as `wallAt` gives them. Costs a look at
 * every day between, however many slots a day holds.
 */
export function countWall(fields: CronFields, from: Millis, to: Millis): number {
  if (to <= from) return 0;
  const firstDay = Math.floor(from / DAY_MS);
  const lastDay = Math.floor(to / DAY_MS);
  const inDay = fields.minutes.size * fields.hours.size;
  let count = 0;
  for (let day = firstDay; day <= lastDay; day += 1) {
    if (!fitsDay(fields, day * DAY_MS)) continue;
    count += day === lastDay ? countUntil(fields, to - day * DAY_MS) : inDay;
    if (day === firstDay) count -= countUntil(fields, from - day * DAY_MS);
  }
  return count;
}

/** How many times of a day, up to and including `time` (milliseconds since midnight), fit hours and minutes. */
function countUntil({ minutes, hours }: CronFields, time: Millis): number {
  const hour = Math.floor(time / HOUR_MS);
  const minute = Math.floor((time % HOUR_MS) / MINUTE_MS);
  let count = 0;
  for (const one of hours) if (one < hour) count += minutes.size;
  if (hours.has(hour)) for (const one of minutes) if (one <= minute) count += 1;
  return count;
}

function fitsDay(fields: CronFields, midnight: Millis): boolean {
  const { months, days, weekdays } = fields;
  if (days.size === 31 && weekdays.size === 7 && months.size === 12) return true;
  const date = new Date(midnight);
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const isDay = days.has(date.getUTCDate()) || (fields.hasLastDay && isWithinLast(1, date));
  const isWeekday = weekdays.has(date.getUTCDay()) || fields.nthWeekdays.some((one) => isNth(one, date));
  return fields.dayRule === "both" ? isDay && isWeekday : isDay || isWeekday;
}

function isNth({ weekday, nth }: NthWeekday, date: Date): boolean {
  if (weekday !== date.getUTCDay()) return false;
  return nth === "last" ? isWithinLast(7, date) : Math.ceil(date.getUTCDate() / 7) === nth;
}

/** Whether a date is one of the last so many days of its month. */
function isWithinLast(days: number, date: Date): boolean {
  return new Date(date.getTime() + days * DAY_MS).getUTCMonth() !== date.getUTCMonth();
}
