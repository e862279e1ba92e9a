import type { CronFields } from "../src/protocol/cron-fields.ts";
import { type CalendarInterval, MOST_CALENDAR_INTERVALS } from "./launchd-keys.ts";

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Days that can be a month's last, per month. */
const LAST_DAYS = DAYS_OF_MONTH.map((last) => (last === 29 ? [28, 29] : [last]));

/**
 * The calendar intervals whose local times hold every minute that a cron means. A tick only asks the helper to look, so
 * they may hold more where launchd has no words for less: the same weekday of other weeks for `MON#1`, 28 February of a
 * leap year for `L`, one of the two fields alone where a day must fit both. Otherwise they are the same minutes. Undefined
 * if it takes too many; empty for a cron that never fires, such as 30 February.
 */
export function calendarIntervals(fields: CronFields): CalendarInterval[] | undefined {
  const days = dayIntervals(fields);
  const everyHour = fields.hours.size === 24;
  // An interval without any field would be an empty dictionary, which launchd.plist(5) says nothing about.
  const isBare = everyHour && days.some((day) => Object.keys(day).length === 0);
  const everyMinute = fields.minutes.size === 60 && !isBare;
  const hours = everyHour ? [{}] : [...fields.hours].map((Hour) => ({ Hour }));
  const minutes = everyMinute ? [{}] : [...fields.minutes].map((Minute) => ({ Minute }));
  if (days.length * hours.length * minutes.length > MOST_CALENDAR_INTERVALS) return undefined;
  return days.flatMap((day) => hours.flatMap((hour) => minutes.map((minute) => ({ ...day, ...hour, ...minute }))));
}

/** Which days a cron means, as the fields Month, Day and Weekday. */
function dayIntervals(fields: CronFields): CalendarInterval[] {
  const isAnyDay = fields.days.size === 31;
  const isAnyWeekday = fields.weekdays.size === 7;
  const everyMonth = fields.months.size === 12;
  const months = [...fields.months];
  const inMonths = (day: CalendarInterval) => (everyMonth ? [day] : months.map((Month) => ({ Month, ...day })));

  const weekdays = [...new Set([...fields.weekdays, ...fields.nthWeekdays.map(({ weekday }) => weekday)])];
  const byWeekday = weekdays.flatMap((Weekday) => inMonths({ Weekday }));
  const byDay = [...fields.days].flatMap((Day) =>
    everyMonth ? [{ Day }] : months.filter((month) => Day <= lengthOf(month)).map((Month) => ({ Month, Day })),
  );
  const byLastDay = fields.hasLastDay
    ? months.flatMap((Month) => (LAST_DAYS[Month - 1] ?? []).map((Day) => ({ Month, Day })))
    : [];
  const byNumber = [...byDay, ...byLastDay];

  if (fields.dayRule === "either") {
    return isAnyDay || isAnyWeekday ? inMonths({}) : [...byNumber, ...byWeekday];
  }
  if (isAnyDay && isAnyWeekday) return inMonths({});
  if (isAnyDay) return byWeekday;
  if (isAnyWeekday) return byNumber;
  return byWeekday.length <= byNumber.length ? byWeekday : byNumber;
}

function lengthOf(month: number): number {
  return DAYS_OF_MONTH[month - 1] ?? 0;
}

/** The intervals without those whose every minute another one holds too. */
export function withoutRepeats(intervals: readonly CalendarInterval[]): CalendarInterval[] {
  const holds = (wide: CalendarInterval, narrow: CalendarInterval) =>
    (Object.keys(wide) as (keyof CalendarInterval)[]).every((key) => wide[key] === narrow[key]);
  return intervals.filter(
    (one, place) =>
      !intervals.some((other, i) => i !== place && holds(other, one) && (i < place || !holds(one, other))),
  );
}
