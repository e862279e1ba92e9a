import { expect, test } from "vitest";
import { parseCron, type CronFields } from "../../src/protocol/cron-fields.ts";

function fieldsOf(text: string): CronFields {
  const parsed = parseCron(text);
  if ("mistake" in parsed) throw new Error(parsed.mistake);
  return parsed.fields;
}

function mistakeOf(text: string): string {
  const parsed = parseCron(text);
  return "mistake" in parsed ? parsed.mistake : "none";
}

const sorted = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b);

test("lists, ranges, steps and names are sets of numbers", () => {
  const fields = fieldsOf("5,10-12 8-18/5 1,L jan-mar,DEC mon-fri");
  expect(sorted(fields.minutes)).toEqual([5, 10, 11, 12]);
  expect(sorted(fields.hours)).toEqual([8, 13, 18]);
  expect([sorted(fields.days), fields.hasLastDay]).toEqual([[1], true]);
  expect(sorted(fields.months)).toEqual([1, 2, 3, 12]);
  expect(sorted(fields.weekdays)).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  ["7", [0]],
  ["5-7", [0, 5, 6]],
  ["0-7", [0, 1, 2, 3, 4, 5, 6]],
  ["fri-mon", [0, 1, 5, 6]],
  ["sat,sun", [0, 6]],
  ["*/2", [0, 2, 4, 6]],
])("weekday %s", (weekday, expected) => {
  expect(sorted(fieldsOf(`0 9 * * ${weekday}`).weekdays)).toEqual(expected);
});

test("a weekday of the month stands apart from those of every week", () => {
  const fields = fieldsOf("0 9 * * tue,MON#1,7#L");
  expect(sorted(fields.weekdays)).toEqual([2]);
  expect(fields.nthWeekdays).toEqual([
    { weekday: 1, nth: 1 },
    { weekday: 0, nth: "last" },
  ]);
});

test("names such as @daily are written out", () => {
  expect(parseCron(" @Daily ")).toMatchObject({ expression: "0 0 * * *" });
  expect(parseCron("0  9 *\t* 1")).toMatchObject({ expression: "0 9 * * 1" });
});

test("either day field does, unless one of them begins with a star", () => {
  const rules = ["0 9 13 * 5", "0 9 1-31 * 5", "0 9 * * 5", "0 9 13 * *", "0 9 */2 * 5"].map(
    (text) => fieldsOf(text).dayRule,
  );
  expect(rules).toEqual(["either", "either", "both", "both", "both"]);
});

test("times go on through a change of clocks where minute or hour repeat", () => {
  const paces = [
    "0 9 * * *",
    "0 9,17 * * *",
    "0 9-17 * * *",
    "0 */24 * * *",
    "*/15 9 * * *",
    "0 * * * *",
    "0 8-18/2 * * *",
  ];
  expect(paces.map((text) => fieldsOf(text).pace)).toEqual([
    ...["fixed", "fixed", "fixed", "fixed"],
    ...["interval", "interval", "interval"],
  ]);
});

test.each([
  ["", "it has 0 fields instead of five"],
  ["constructor", "it has 1 field instead of five"],
  ["0 9 * *", "it has 4 fields instead of five: minute hour day month weekday"],
  ["0 0 9 * * 1", "knows no seconds and no years: 0 9 * * 1 if the first field was seconds"],
  ["0 0 9 * * 1 2026", "it has 7 fields"],
  ["60 9 * * *", 'the minute "60": 60 is not from 0 to 59'],
  ["0 24 * * *", 'the hour "24": 24 is not from 0 to 23'],
  ["0 9 0 * *", 'the day of month "0": 0 is not from 1 to 31'],
  ["0 9 * 13 *", 'the month "13": 13 is not from 1 to 12'],
  ["0 9 * * 8", 'the weekday "8": 8 is not from 0 to 7'],
  ["0 9 * * moon", '"moon" is no weekday'],
  ["0 9 * * xyz#1", '"xyz#1" is no weekday'],
  ["0 9 * * mon#6", '"mon#6" is no weekday'],
  ["1,,2 9 * * *", "a value is missing"],
  ["5/10 9 * * *", "a step follows * or a range: 5-59/10"],
  ["*/0 9 * * *", "the step /0"],
  ["*/1/2 9 * * *", "*/1/2 is no value"],
  ["1-2-3 9 * * *", "1-2-3 is no range"],
  ["0 22-2 * * *", "22-2 runs backwards; write 22-23,0-2"],
  ["0 9 ? * 1", "? is not known here; write *"],
  ["0 9 15W * *", "15W is not known here"],
  ["-5 9 * * *", '"" is no minute'],
  ["1e1 9 * * *", '"1e1" is no minute'],
  ["@reboot", "write login"],
  ["@fortnightly", "@fortnightly is none of @yearly"],
  ["* ".repeat(400), "it is longer than 500 characters"],
])("%j is refused with words", (text, words) => {
  expect(mistakeOf(text)).toContain(words);
});
