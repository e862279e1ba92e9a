import type { CronFields } from "../../src/protocol/cron-fields.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
const ORDINALS = { 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", last: "last" } as const;
/** More times of a day than this are told by hours and minutes. */
const MAX_TIMES = 6;

/** A cron in words, without its zone: `weekdays at 09:00`, `every 15 minutes from 09:00 to 17:45 on Mondays`. */
export function describeCron(fields: CronFields): string {
  const days = daysOf(fields);
  const months =
    fields.months.size === 12
      ? ""
      : ` in ${joined(
          ordered(fields.months).map((month) => MONTHS[month - 1] ?? ""),
          "and",
        )}`;
  const pace = paceOf(fields);
  if (pace !== undefined) return `${pace}${days === "" ? "" : ` on ${days}`}${months}`;
  return `${days === "" ? "daily" : days}${months} at ${timesOf(fields)}`;
}

/** `every 15 minutes`, `every hour at :30`, `every 2 hours`, with `from 09:00 to 17:45`; undefined for single times. */
function paceOf(fields: CronFields): string | undefined {
  const hours = ordered(fields.hours);
  const minutes = ordered(fields.minutes);
  const [first = 0] = hours;
  const last = hours.at(-1) ?? 0;
  const isUnbroken = hours.length === last - first + 1 && hours.length > 1;
  const between =
    hours.length === 24 ? "" : ` from ${clock(first, minutes[0] ?? 0)} to ${clock(last, minutes.at(-1) ?? 0)}`;
  const step = stepOf(minutes, 60);
  if (isUnbroken && step !== undefined) return `every ${step === 1 ? "minute" : `${step} minutes`}${between}`;
  const past =
    minutes.length === 1 && minutes[0] === 0
      ? ""
      : ` at ${joined(
          minutes.map((minute) => `:${two(minute)}`),
          "and",
        )}`;
  if (isUnbroken && hours.length * minutes.length > MAX_TIMES) return `every hour${past}${between}`;
  const hourStep = stepOf(hours, 24);
  if (hourStep !== undefined && hourStep > 1 && fields.pace === "interval") return `every ${hourStep} hours${past}`;
  return undefined;
}

function timesOf(fields: CronFields): string {
  const hours = ordered(fields.hours);
  const minutes = ordered(fields.minutes);
  if (hours.length * minutes.length > MAX_TIMES) {
    return `minute ${joined(minutes.map(two), "and")} of hour ${joined(hours.map(two), "and")}`;
  }
  return joined(
    hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute))),
    "and",
  );
}

/** Empty for every day. */
function daysOf(fields: CronFields): string {
  const isEveryDay = fields.days.size === 31;
  const isEveryWeekday = fields.weekdays.size === 7;
  if (fields.dayRule === "either") {
    return isEveryDay || isEveryWeekday ? "" : `${daysOfMonth(fields)} or ${weekdaysOf(fields)}`;
  }
  if (isEveryDay) return isEveryWeekday ? "" : weekdaysOf(fields);
  return isEveryWeekday ? daysOfMonth(fields) : `${weekdaysOf(fields)} that are ${daysOfMonth(fields)}`;
}

function daysOfMonth({ days, hasLastDay }: CronFields): string {
  const last = hasLastDay ? ["the last day"] : [];
  const numbers = ordered(days).map(String);
  const words = numbers.length === 0 ? last : [`day ${joined(numbers, last.length > 0 ? "," : "and")}`, ...last];
  return `${joined(words, "and")} of the month`;
}

function weekdaysOf({ weekdays, nthWeekdays }: CronFields): string {
  const nth = nthWeekdays.map((one) => `the ${ORDINALS[one.nth]} ${WEEKDAYS[one.weekday]} of the month`);
  const fromMonday = ordered(weekdays)
    .map((day) => (day + 6) % 7)
    .sort((a, b) => a - b);
  const key = fromMonday.join("");
  const names = fromMonday.map((day) => `${WEEKDAYS[(day + 1) % 7]}s`);
  const weekly = key === "01234" ? ["weekdays"] : key === "56" ? ["weekends"] : names;
  return joined([...weekly, ...nth], "and");
}

/** The step of numbers that begin at 0 and go on evenly, around the end too: 15 for 0, 15, 30, 45 of 60. */
function stepOf(numbers: readonly number[], end: number): number | undefined {
  const step = end / numbers.length;
  return numbers.length > 1 && numbers.every((number, i) => number === i * step) ? step : undefined;
}

function ordered(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}

function joined(words: readonly string[], last: string): string {
  const before = words.slice(0, -1).join(", ");
  return before === "" ? words.join("") : `${before}${last === "," ? "," : ` ${last}`} ${words.at(-1)}`;
}

function clock(hour: number, minute: number): string {
  return `${two(hour)}:${two(minute)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
