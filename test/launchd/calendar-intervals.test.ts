import fc from "fast-check";
import { expect, test } from "vitest";
import { calendarIntervals, withoutRepeats } from "../../launchd/calendar-intervals.ts";
import { fieldsOf, firesIn, minutesOf, startsIn } from "./calendar-simulator.ts";

test.each([
  ["0 9 * * *", [{ Hour: 9, Minute: 0 }]],
  ["30 * * * *", [{ Minute: 30 }]],
  ["* 9 * * *", [{ Hour: 9 }]],
  ["0 9 1 * *", [{ Day: 1, Hour: 9, Minute: 0 }]],
  ["* * 1 * *", [{ Day: 1 }]],
  ["* * * 2 *", [{ Month: 2 }]],
  ["0 9 * * 7", [{ Weekday: 0, Hour: 9, Minute: 0 }]],
  ["0 0 1 1 *", [{ Month: 1, Day: 1, Hour: 0, Minute: 0 }]],
  ["@hourly", [{ Minute: 0 }]],
  [
    "0 9,17 * * *",
    [
      { Hour: 9, Minute: 0 },
      { Hour: 17, Minute: 0 },
    ],
  ],
  ["0 0 30,31 2,4 *", [{ Month: 4, Day: 30, Hour: 0, Minute: 0 }]],
  ["0 0 29 2 *", [{ Month: 2, Day: 29, Hour: 0, Minute: 0 }]],
  ["0 0 30 2 *", []],
  [
    "0 8 L 2 *",
    [
      { Month: 2, Day: 28, Hour: 8, Minute: 0 },
      { Month: 2, Day: 29, Hour: 8, Minute: 0 },
    ],
  ],
  ["30 8 * * mon#1", [{ Weekday: 1, Hour: 8, Minute: 30 }]],
])("%s is %j", (expression, intervals) => {
  expect(calendarIntervals(fieldsOf(expression))).toEqual(intervals);
});

test("a day of the month or a weekday are two intervals: in one, only launchd.plist(5) would say what they mean", () => {
  expect(calendarIntervals(fieldsOf("0 9 13 * fri"))).toEqual([
    { Day: 13, Hour: 9, Minute: 0 },
    { Weekday: 5, Hour: 9, Minute: 0 },
  ]);
});

test("every minute is sixty intervals, never an empty one", () => {
  const intervals = calendarIntervals(fieldsOf("* * * * *"));
  expect(intervals).toHaveLength(60);
  expect(intervals).toContainEqual({ Minute: 59 });
});

test.each(["*/5 8-20 * * *", "*/15 9-17 * * 1-5", "0,30 8-18 1,15,L * *", "0-59/2 * 1 1,2,3 *"])(
  "%s takes more than 64 intervals",
  (expression) => {
    expect(calendarIntervals(fieldsOf(expression))).toBeUndefined();
  },
);

test("64 intervals are taken, 65 are not", () => {
  expect(calendarIntervals(fieldsOf("0-7 1-8 * * *"))).toHaveLength(64);
  expect(calendarIntervals(fieldsOf("0-4 1-13 * * *"))).toBeUndefined();
});

const numbers = (low: number, high: number) =>
  fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 3 });
const field = (low: number, high: number, ...more: string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant("*") },
    { weight: 3, arbitrary: numbers(low, high).map((list) => list.join(",")) },
    fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })).map((ends) => {
      const [first = low, last = high] = ends.sort((a, b) => a - b);
      return `${first}-${last}`;
    }),
    fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
    ...more.map((text) => fc.constant(text)),
  );
const cron = (days: string[], weekdays: string[]) =>
  fc
    .tuple(field(0, 59), field(0, 23), field(1, 31, ...days), field(1, 12), field(0, 7, ...weekdays))
    .map((fields) => fields.join(" "));

/** A leap year's February and March, then three short months' ends. */
const YEAR_PARTS = [...minutesOf("2028-02-01", 60), ...minutesOf("2027-02-20", 12), ...minutesOf("2027-04-28", 4)];

test("what launchd would start in two months is what the cron means", () => {
  let compared = 0;
  fc.assert(
    fc.property(cron([], []), (expression) => {
      const fields = fieldsOf(expression);
      const isBoth = fields.dayRule === "both" && fields.days.size < 31 && fields.weekdays.size < 7;
      const intervals = calendarIntervals(fields);
      if (intervals === undefined || isBoth) return;
      compared++;
      const wrong = YEAR_PARTS.find((minute) => startsIn(intervals, minute) !== firesIn(fields, minute));
      expect(wrong && { expression, ...wrong }).toBeUndefined();
    }),
    { numRuns: 150 },
  );
  expect(compared).toBeGreaterThan(20);
});

test("where launchd has no words, it starts in every minute of the cron all the same", () => {
  fc.assert(
    fc.property(cron(["L", "15,L"], ["mon#1", "fri#L", "tue,sun#5"]), (expression) => {
      const fields = fieldsOf(expression);
      const intervals = calendarIntervals(fields);
      if (intervals === undefined) return;
      const missed = YEAR_PARTS.find((minute) => firesIn(fields, minute) && !startsIn(intervals, minute));
      expect(missed && { expression, ...missed }).toBeUndefined();
    }),
    { numRuns: 150 },
  );
});

test("an interval that another one holds is left out, and of twins one stays", () => {
  const nine = { Hour: 9, Minute: 0 };
  expect(withoutRepeats([nine, { Minute: 0 }, nine])).toEqual([{ Minute: 0 }]);
  expect(withoutRepeats([nine, { ...nine, Weekday: 1 }, nine, { ...nine, Minute: 1 }])).toEqual([
    nine,
    { ...nine, Minute: 1 },
  ]);
  expect(withoutRepeats([{ Day: 1 }, { Weekday: 1 }])).toEqual([{ Day: 1 }, { Weekday: 1 }]);
});
