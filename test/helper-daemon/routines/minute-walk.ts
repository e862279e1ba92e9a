import { parseCron, type CronFields } from "../../../src/protocol/cron-fields.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/**
 * Slots of a cron expression, found by looking at every minute of (from, to]: slow, and with nothing in common with what
 * it checks but the fields. A fixed time that is left out fires when the clocks have jumped, unless the whole day is.
 */
export function minuteWalk(expression: string, zone: string, from: number, to: number): number[] {
  const parsed = parseCron(expression);
  if ("mistake" in parsed) throw new Error(parsed.mistake);
  const { fields } = parsed;
  const wall = wallMinutes(zone);
  const found: number[] = [];
  const warmUp = from - 26 * 60 * MINUTE_MS;
  let highest = wall(warmUp - MINUTE_MS);
  for (let instant = warmUp; instant <= to; instant += MINUTE_MS) {
    const now = wall(instant);
    const skipped = now - highest - 1;
    const isMadeUp = skipped > 0 && skipped < DAY_MINUTES - 1 && anyFits(fields, highest + 1, now - 1);
    const isFixed = fields.pace === "fixed";
    const fires = isFixed ? (now > highest && fits(fields, now)) || isMadeUp : fits(fields, now);
    if (fires && instant > from) found.push(instant);
    highest = Math.max(highest, now);
  }
  return found;
}

/** Minutes since 1970 on the clocks of a zone. */
function wallMinutes(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return (instant) => Math.floor(Date.parse(`${format.format(instant).replace(" ", "T")}Z`) / MINUTE_MS);
}

function anyFits(fields: CronFields, from: number, to: number): boolean {
  for (let minute = from; minute <= to; minute += 1) if (fits(fields, minute)) return true;
  return false;
}

function fits(fields: CronFields, minute: number): boolean {
  const at = new Date(minute * MINUTE_MS);
  if (!fields.minutes.has(at.getUTCMinutes()) || !fields.hours.has(at.getUTCHours())) return false;
  if (!fields.months.has(at.getUTCMonth() + 1)) return false;
  const [day, weekday] = [at.getUTCDate(), at.getUTCDay()];
  const isLast = (ahead: number) =>
    new Date((minute + ahead * DAY_MINUTES) * MINUTE_MS).getUTCMonth() !== at.getUTCMonth();
  const isDay = fields.days.has(day) || (fields.hasLastDay && isLast(1));
  const isNth = fields.nthWeekdays.some(
    (one) => one.weekday === weekday && (one.nth === "last" ? isLast(7) : Math.ceil(day / 7) === one.nth),
  );
  const isWeekday = fields.weekdays.has(weekday) || isNth;
  return fields.dayRule === "both" ? isDay && isWeekday : isDay || isWeekday;
}
