import { type CronFields, parseCron } from "../../src/protocol/cron-fields.ts";
import type { CalendarInterval } from "../../launchd/launchd-keys.ts";

/** A minute as a clock on the wall shows it, with the number of days of its month. */
export interface WallMinute {
  month: number;
  day: number;
  lastDay: number;
  weekday: number;
  hour: number;
  minute: number;
}

/** All minutes of some days, on a wall without any change of clocks. */
export function minutesOf(firstDay: string, days: number): WallMinute[] {
  const first = Date.parse(`${firstDay}T00:00:00Z`);
  return Array.from({ length: days * 24 * 60 }, (_, i) => {
    const wall = new Date(first + i * 60_000);
    return {
      month: wall.getUTCMonth() + 1,
      day: wall.getUTCDate(),
      lastDay: new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 0)).getUTCDate(),
      weekday: wall.getUTCDay(),
      hour: wall.getUTCHours(),
      minute: wall.getUTCMinutes(),
    };
  });
}

/** Whether launchd, as launchd.plist(5) describes it, starts a job in a minute. */
export function startsIn(intervals: readonly CalendarInterval[], wall: WallMinute): boolean {
  const fits = (field: number | undefined, value: number) => field === undefined || field === value;
  return intervals.some(
    (one) =>
      fits(one.Minute, wall.minute) &&
      fits(one.Hour, wall.hour) &&
      fits(one.Month, wall.month) &&
      ((one.Day === undefined && one.Weekday === undefined) || one.Day === wall.day || one.Weekday === wall.weekday),
  );
}

/** Whether a cron fires in a minute, from the words of crontab(5) alone. */
export function firesIn(fields: CronFields, { month, day, lastDay, weekday, hour, minute }: WallMinute): boolean {
  if (!fields.minutes.has(minute) || !fields.hours.has(hour) || !fields.months.has(month)) return false;
  const byNumber = fields.days.has(day) || (fields.hasLastDay && day === lastDay);
  const isNth = fields.nthWeekdays.some(
    (one) => one.weekday === weekday && (one.nth === "last" ? day + 7 > lastDay : Math.ceil(day / 7) === one.nth),
  );
  const byWeekday = fields.weekdays.has(weekday) || isNth;
  return fields.dayRule === "both" ? byNumber && byWeekday : byNumber || byWeekday;
}

/** Fields of an expression that is known to be right. */
export function fieldsOf(expression: string): CronFields {
  const parsed = parseCron(expression);
  if ("mistake" in parsed) throw new Error(`${expression}: ${parsed.mistake}`);
  return parsed.fields;
}
