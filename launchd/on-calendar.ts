import { type CronFields, parseCron } from "../src/protocol/cron-fields.ts";
import type { Trigger } from "../src/protocol/routine.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/** The days of a month on which the nth of its weekdays can fall. */
const NTH_DAYS = { 1: "-01..07", 2: "-08..14", 3: "-15..21", 4: "-22..28", 5: "-29..31", last: "~07/1" };
/** Every five minutes, for what no line can say. */
const OFTEN = "*-*-* *:00/5:00";

/** Some days: the weekdays, with a blank behind if there are any, and what follows the month. */
type Days = { weekdays: string; days: string };

/**
 * The lines of systemd's `OnCalendar=` (systemd.time(7)) that start the tick for these triggers, each in its own zone.
 * They hold every slot; more of them only where a day must fit both a number and `MON#1`. Empty if nothing waits for
 * the clock.
 */
export function onCalendar(triggers: readonly Trigger[]): string[] {
  const lines = triggers.flatMap((trigger) => {
    if (trigger.type === "cron") return cronLines(trigger.expression, trigger.zone);
    if (trigger.type === "at") return [`${new Date(trigger.at).toISOString().slice(0, 16).replace("T", " ")}:00 UTC`];
    return trigger.type === "every" ? [OFTEN] : [];
  });
  return [...new Set(lines)];
}

function cronLines(expression: string, zone: string): string[] {
  const parsed = parseCron(expression);
  if ("mistake" in parsed || !/^[A-Za-z][\w+/-]*$/.test(zone)) return [OFTEN];
  const { fields } = parsed;
  const time = `${list(fields.hours, 24)}:${list(fields.minutes, 60)}:00`;
  const months = list(fields.months, 12);
  return daysOf(fields).map(({ weekdays, days }) => `${weekdays}*-${months}${days} ${time} ${zone}`);
}

function daysOf(fields: CronFields): Days[] {
  const isAnyDay = fields.days.size === 31;
  const isAnyWeekday = fields.weekdays.size === 7;
  const numbers = [
    ...(fields.days.size === 0 ? [] : [`-${list(fields.days, 31)}`]),
    ...(fields.hasLastDay && !isAnyDay ? ["~01"] : []),
  ];
  const byNumber = numbers.map((days) => ({ weekdays: "", days }));
  const names = [...fields.weekdays].sort((a, b) => a - b).map((day) => WEEKDAYS[day]);
  const nth = fields.nthWeekdays.map((one) => ({ weekdays: `${WEEKDAYS[one.weekday]} `, days: NTH_DAYS[one.nth] }));
  const plain = names.length === 0 || isAnyWeekday ? [] : [`${names.join(",")} `];
  const onWeekdays = (days: string) => plain.map((weekdays) => ({ weekdays, days }));

  if (fields.dayRule === "either") {
    if (isAnyDay || isAnyWeekday) return [{ weekdays: "", days: "-*" }];
    return [...byNumber, ...onWeekdays("-*"), ...nth];
  }
  if (isAnyWeekday) return byNumber;
  if (isAnyDay) return [...onWeekdays("-*"), ...nth];
  return [...numbers.flatMap(onWeekdays), ...nth];
}

/** Numbers as systemd lists them; `*` where all of them are meant. */
function list(numbers: ReadonlySet<number>, all: number): string {
  if (numbers.size === all) return "*";
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.map((number) => String(number).padStart(2, "0")).join(",");
}
