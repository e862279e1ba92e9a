import { Cron } from "croner";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cronSlots } from "../../../helper-daemon/routines/cron-slots.ts";
import { firstSlots, lastSlots } from "../../../helper-daemon/routines/slots.ts";
import { minuteWalk } from "./minute-walk.ts";

const DAY_MS = 86_400_000;
const NEVER = Date.UTC(2100, 0);

function firings(expression: string, zone: string, from: string, to: string): string[] {
  const slots = firstSlots(cronSlots(expression, zone), Date.parse(from), Date.parse(to), 10_000);
  return slots.map((slot) => new Date(slot).toISOString().replace(":00.000Z", "Z"));
}

/** What a person gets for a schedule where clocks change: slots in (from, to] by UTC. */
const EXPECTED: readonly [why: string, expression: string, zone: string, from: string, to: string, slots: string[]][] =
  [
    [
      "a time that is left out fires when the clocks have jumped",
      "30 2 * * *",
      "America/New_York",
      "2026-03-08T00:00Z",
      "2026-03-09T00:00Z",
      ["2026-03-08T07:00Z"],
    ],
    [
      "a time that is repeated fires once",
      "30 1 * * *",
      "America/New_York",
      "2026-11-01T00:00Z",
      "2026-11-02T00:00Z",
      ["2026-11-01T05:30Z"],
    ],
    [
      "two times of one gap, and the one at its end, are one",
      "0,30 2,3 * * *",
      "America/New_York",
      "2026-03-08T05:00Z",
      "2026-03-09T05:00Z",
      ["2026-03-08T07:00Z", "2026-03-08T07:30Z"],
    ],
    [
      "a gap of half an hour",
      "15 2 * * *",
      "Australia/Lord_Howe",
      "2026-10-03T12:00Z",
      "2026-10-04T12:00Z",
      ["2026-10-03T15:30Z"],
    ],
    [
      "midnight is left out",
      "0 0 * * *",
      "America/Havana",
      "2026-03-07T12:00Z",
      "2026-03-08T12:00Z",
      ["2026-03-08T05:00Z"],
    ],
    [
      "midnight comes twice",
      "0 0 * * *",
      "America/Havana",
      "2026-10-31T12:00Z",
      "2026-11-01T12:00Z",
      ["2026-11-01T04:00Z"],
    ],
    [
      "the gap ends at midnight",
      "30 23 * * *",
      "America/Nuuk",
      "2024-03-30T12:00Z",
      "2024-04-01T12:00Z",
      ["2024-03-31T01:00Z", "2024-04-01T00:30Z"],
    ],
    [
      "half an hour before midnight is left out",
      "30 23 * * *",
      "Asia/Pyongyang",
      "2018-05-04T00:00Z",
      "2018-05-06T00:00Z",
      ["2018-05-04T15:00Z", "2018-05-05T14:30Z"],
    ],
    [
      "a gap of two hours",
      "30 1 * * *",
      "Antarctica/Troll",
      "2026-03-28T12:00Z",
      "2026-03-29T12:00Z",
      ["2026-03-29T01:00Z"],
    ],
    [
      "a day that does not exist has no slots",
      "0 9 * * *",
      "Pacific/Apia",
      "2011-12-28T20:00Z",
      "2011-12-31T20:00Z",
      ["2011-12-29T19:00Z", "2011-12-30T19:00Z", "2011-12-31T19:00Z"],
    ],
    ["not even one at its end", "30 22 30 12 *", "Pacific/Apia", "2011-12-01T00:00Z", "2012-02-01T00:00Z", []],
    [
      "the clocks go back when Ramadan begins",
      "30 2 * * *",
      "Africa/Casablanca",
      "2026-02-14T12:00Z",
      "2026-02-16T12:00Z",
      ["2026-02-15T01:30Z", "2026-02-16T02:30Z"],
    ],
    [
      "and ahead when it has ended",
      "30 2 * * *",
      "Africa/Casablanca",
      "2026-03-21T12:00Z",
      "2026-03-23T12:00Z",
      ["2026-03-22T02:00Z", "2026-03-23T01:30Z"],
    ],
    [
      "the last day of the month",
      "0 23 L * *",
      "Europe/Berlin",
      "2028-01-15T00:00Z",
      "2028-05-01T00:00Z",
      ["2028-01-31T22:00Z", "2028-02-29T22:00Z", "2028-03-31T21:00Z", "2028-04-30T21:00Z"],
    ],
    [
      "the first Monday",
      "30 8 * * mon#1",
      "UTC",
      "2026-01-01T00:00Z",
      "2026-04-01T00:00Z",
      ["2026-01-05T08:30Z", "2026-02-02T08:30Z", "2026-03-02T08:30Z"],
    ],
    [
      "the last Friday",
      "0 17 * * FRI#L",
      "UTC",
      "2026-01-01T00:00Z",
      "2026-03-31T00:00Z",
      ["2026-01-30T17:00Z", "2026-02-27T17:00Z", "2026-03-27T17:00Z"],
    ],
    [
      "a fifth Friday, in months that have one",
      "0 17 * * 5#5",
      "UTC",
      "2026-01-01T00:00Z",
      "2026-06-01T00:00Z",
      ["2026-01-30T17:00Z", "2026-05-29T17:00Z"],
    ],
    [
      "7 is Sunday",
      "0 9 * * 7",
      "UTC",
      "2026-01-01T00:00Z",
      "2026-01-12T00:00Z",
      ["2026-01-04T09:00Z", "2026-01-11T09:00Z"],
    ],
    [
      "either day field, where both say something",
      "0 9 13 * fri",
      "UTC",
      "2026-02-01T00:00Z",
      "2026-02-15T00:00Z",
      ["2026-02-06T09:00Z", "2026-02-13T09:00Z"],
    ],
    [
      "both of them, where one begins with a star",
      "0 9 */10 * mon",
      "UTC",
      "2026-01-01T00:00Z",
      "2026-06-30T00:00Z",
      ["2026-05-11T09:00Z", "2026-06-01T09:00Z"],
    ],
    [
      "29 February",
      "0 0 29 2 *",
      "UTC",
      "2026-01-01T00:00Z",
      "2033-01-01T00:00Z",
      ["2028-02-29T00:00Z", "2032-02-29T00:00Z"],
    ],
    ["30 February", "0 0 30 2 *", "UTC", "2026-01-01T00:00Z", "2099-01-01T00:00Z", []],
  ];

test.each(EXPECTED)("%s: %s in %s", (_why, expression, zone, from, to, slots) => {
  expect(firings(expression, zone, from, to)).toEqual(slots);
  expect(cronSlots(expression, zone).countIn(Date.parse(from), Date.parse(to))).toBe(slots.length);
});

test("hourly and every quarter hour, time goes on as it does: 23 and 25 hours a day in New York", () => {
  const days = [
    ["2026-03-08T05:00Z", "2026-03-09T04:00Z", 23],
    ["2026-11-01T04:00Z", "2026-11-02T05:00Z", 25],
  ] as const;
  for (const [from, to, hours] of days) {
    const day = (expression: string) => firings(expression, "America/New_York", from, to).length;
    expect([day("0 * * * *"), day("@hourly"), day("*/15 * * * *")]).toEqual([hours, hours, 4 * hours]);
  }
});

test("what never comes is answered, not searched for without end", () => {
  const never = cronSlots("0 0 30 2 *", "America/New_York");
  expect([never.after(0), never.upTo(NEVER), never.countIn(0, NEVER)]).toEqual([undefined, undefined, 0]);
});

test("a time at the very end of the stretch counts, one at its beginning does not, to the millisecond", () => {
  const nine = Date.parse("2026-01-02T09:00Z");
  const slots = cronSlots("0 9 * * *", "UTC");
  expect([slots.after(nine), slots.after(nine - 1)]).toEqual([nine + DAY_MS, nine]);
  expect([slots.upTo(nine), slots.upTo(nine - 1)]).toEqual([nine, nine - DAY_MS]);
  expect([slots.countIn(nine - 1, nine), slots.countIn(nine, nine + 1), slots.countIn(nine, nine)]).toEqual([1, 0, 0]);
});

test("a year of minutes is counted, not walked", () => {
  const year = cronSlots("* * * * *", "Europe/Berlin").countIn(Date.UTC(2026, 0), Date.UTC(2027, 0));
  expect(year).toBe(365 * 1_440);
});

test("a zone that is not known is refused, whatever the expression", () => {
  expect(() => cronSlots("0 9 * * *", "Mars/Base")).toThrow(/does not know the time zone "Mars\/Base"/);
});

describe("where croner alone answers otherwise", () => {
  const next = (expression: string, zone: string, from: string) =>
    new Cron(expression, { timezone: zone, mode: "5-part", fixedTimeRule: "no-wildcard" }).nextRun(from)?.toISOString();

  test("it loses a fixed time whose gap ends at midnight", () => {
    expect(next("30 23 * * *", "America/Nuuk", "2024-03-30T12:00Z")).toBe("2024-04-01T00:30:00.000Z");
  });

  test("it lets a starred day field count for itself beside a weekday", () => {
    expect(next("0 9 */10 * mon", "UTC", "2026-01-01T12:00Z")).toBe("2026-01-05T09:00:00.000Z");
  });

  test("without a rule for lists, it drops one of two times of a day", () => {
    const alone = new Cron("30 2,14 * * *", { timezone: "America/New_York" }).nextRun("2026-03-08T06:00Z");
    expect(alone?.toISOString()).toBe("2026-03-08T18:30:00.000Z");
    expect(firings("30 2,14 * * *", "America/New_York", "2026-03-08T06:00Z", "2026-03-08T20:00Z")).toHaveLength(2);
  });
});

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Havana",
  "America/Nuuk",
  "Africa/Casablanca",
  "Antarctica/Troll",
  "Asia/Beirut",
  "Pacific/Apia",
  "Asia/Kathmandu",
];

/** Days around which clocks change somewhere in the list. */
const STARTS = [
  "2011-12-28",
  "2024-03-29",
  "2026-02-13",
  "2026-03-06",
  "2026-03-20",
  "2026-03-27",
  "2026-04-03",
  "2026-10-02",
  "2026-10-23",
  "2026-10-30",
];

const minute = fc.constantFrom("0", "30", "59", "15,45", "*/20", "*", "10-40/15", "0-59");
const hour = fc.constantFrom("0", "1", "2", "3", "23", "*", "*/2", "0-3", "22,23,0", "1-2", "9");
const day = fc.constantFrom("*", "*", "*", "L", "1,30", "*/2", "28-31");
const weekday = fc.constantFrom("*", "*", "*", "0", "5#L", "1-5", "sun#1,sat");
const expressions = fc.tuple(minute, hour, day, fc.constant("*"), weekday).map((fields) => fields.join(" "));

test("the same slots as a walk over every minute: forwards, backwards and counted, around every kind of shift", () => {
  const stretch = fc.record({
    expression: expressions,
    zone: fc.constantFrom(...ZONES),
    start: fc.constantFrom(...STARTS),
    offset: fc.integer({ min: 0, max: 2_880 }),
    minutes: fc.integer({ min: 1, max: 5_760 }),
  });
  fc.assert(
    fc.property(stretch, ({ expression, zone, start, offset, minutes }) => {
      const from = Date.parse(start) + offset * 60_000;
      const to = from + minutes * 60_000;
      const walked = minuteWalk(expression, zone, from, to);
      const slots = cronSlots(expression, zone);
      expect(slots.countIn(from, to)).toBe(walked.length);
      expect(firstSlots(slots, from, to, 40)).toEqual(walked.slice(0, 40));
      expect(lastSlots(slots, from, to, 40)).toEqual(walked.slice(-40));
    }),
    { numRuns: 120 },
  );
});
