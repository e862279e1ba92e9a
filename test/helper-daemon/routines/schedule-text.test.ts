import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeNext, describeTrigger, nextSlots } from "../../../helper-daemon/routines/describe-schedule.ts";
import { readSchedule } from "../../../helper-daemon/routines/schedule-text.ts";
import { readTrigger, type ScheduleFlags } from "../../../helper-daemon/routines/trigger-flags.ts";
import { LoopdError } from "../../../src/protocol/errors.ts";
import { triggerSchema } from "../../../src/protocol/routine.ts";

/** A Saturday, 15:10:33 in Berlin. */
const now = Date.parse("2026-11-21T14:10:33Z");
const here = { now, zone: "Europe/Berlin" };

/** `expression zone`, `every ms`, or the instant of a moment. */
function read(text: string): string {
  const trigger = readSchedule(text, here);
  if (trigger.type === "cron") return `${trigger.expression} ${trigger.zone}`;
  if (trigger.type === "every") return `every ${trigger.ms / 60_000} minutes`;
  return trigger.type === "at" ? new Date(trigger.at).toISOString() : JSON.stringify(trigger);
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof LoopdError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  return "it was taken";
}

test.each([
  ["0 9 * * mon-fri", "0 9 * * mon-fri Europe/Berlin"],
  ["  @Daily ", "0 0 * * * Europe/Berlin"],
  ["*/15 9-17 * * 1-5 Europe/Kyiv", "*/15 9-17 * * 1-5 Europe/Kyiv"],
  ["0 9 * * 7 europe/paris", "0 9 * * 7 Europe/Paris"],
  ["CRON_TZ=America/New_York 30 2 * * *", "30 2 * * * America/New_York"],
  ["weekdays at 9:00", "0 9 * * 1-5 Europe/Berlin"],
  ["9:00 weekdays", "0 9 * * 1-5 Europe/Berlin"],
  ["at 9 on weekdays", "0 9 * * 1-5 Europe/Berlin"],
  ["Every Monday, at 9:00.", "0 9 * * 1 Europe/Berlin"],
  ["daily at 7am", "0 7 * * * Europe/Berlin"],
  ["daily at 12am", "0 0 * * * Europe/Berlin"],
  ["every day at noon", "0 12 * * * Europe/Berlin"],
  ["daily at 9:00 and 17:00", "0 9,17 * * * Europe/Berlin"],
  ["daily at 9:15, 9:45", "15,45 9 * * * Europe/Berlin"],
  ["mondays and thursdays 18:30", "30 18 * * 1,4 Europe/Berlin"],
  ["mon, wed and fri 7:15 pm UTC", "15 19 * * 1,3,5 UTC"],
  ["mon–fri at 9:00", "0 9 * * 1-5 Europe/Berlin"],
  ["saturday to monday 10:00", "0 10 * * 0,1,6 Europe/Berlin"],
  ["weekends at noon", "0 12 * * 0,6 Europe/Berlin"],
  ["weekly on monday 9:00", "0 9 * * 1 Europe/Berlin"],
  ["first monday 08:30", "30 8 * * 1#1 Europe/Berlin"],
  ["every 2nd tuesday of the month at 8am", "0 8 * * 2#2 Europe/Berlin"],
  ["first and third monday of the month at 9:00", "0 9 * * 1#1,1#3 Europe/Berlin"],
  ["last friday 17:00", "0 17 * * 5#L Europe/Berlin"],
  ["last day of month 23:00", "0 23 L * * Europe/Berlin"],
  ["1st and 15th of the month at 6:00", "0 6 1,15 * * Europe/Berlin"],
  ["every month on day 31 at 9:00", "0 9 31 * * Europe/Berlin"],
  ["every 2h", "every 120 minutes"],
  ["every 15 minutes", "every 15 minutes"],
  ["every 1h30m", "every 90 minutes"],
  ["every 1.5 hours", "every 90 minutes"],
  ["every hour", "every 60 minutes"],
  ["every 2 weeks", "every 20160 minutes"],
  ["tomorrow 15:00", "2026-11-22T14:00:00.000Z"],
  ["tomorrow at 3pm Asia/Tokyo", "2026-11-22T06:00:00.000Z"],
  ["tonight 22:00", "2026-11-21T21:00:00.000Z"],
  ["next monday 9:00", "2026-11-23T08:00:00.000Z"],
  ["next saturday 9:00", "2026-11-28T08:00:00.000Z"],
  ["in 20 minutes", "2026-11-21T14:30:33.000Z"],
  ["in 1 hour and 30 minutes", "2026-11-21T15:40:33.000Z"],
  ["2026-11-22T15:00:00Z", "2026-11-22T15:00:00.000Z"],
  ["2026-11-22T15:00:30.5+05:30", "2026-11-22T09:30:30.000Z"],
  ["2026-11-22 15:00", "2026-11-22T14:00:00.000Z"],
  ["2026-11-22 at 15:00 America/New_York", "2026-11-22T20:00:00.000Z"],
  ["2027-03-28T02:30", "2027-03-28T01:00:00.000Z"],
  ["2027-10-31T02:30", "2027-10-31T00:30:00.000Z"],
  ["９：００ daily", "0 9 * * * Europe/Berlin"],
  ["daily@9:00", "0 9 * * * Europe/Berlin"],
  ["9 a.m. on weekdays", "0 9 * * 1-5 Europe/Berlin"],
  ["daily at nine o'clock", "0 9 * * * Europe/Berlin"],
  ["first of the month at 9", "0 9 1 * * Europe/Berlin"],
  ["end of month 17:00", "0 17 L * * Europe/Berlin"],
  ["every half hour", "every 30 minutes"],
  ["every quarter of an hour", "every 15 minutes"],
  ["in an hour", "2026-11-21T15:10:33.000Z"],
  ["in five minutes", "2026-11-21T14:15:33.000Z"],
  ["day after tomorrow 9:00", "2026-11-23T08:00:00.000Z"],
  ["wake", '{"type":"wake"}'],
  ["on login", '{"type":"login"}'],
  ["file ~/Down loads/*.PDF", '{"type":"file","glob":"~/Down loads/*.PDF"}'],
  ["file:/tmp/{a,b}", '{"type":"file","glob":"/tmp/{a,b}"}'],
])("%s", (text, expected) => {
  expect(read(text)).toBe(expected);
  expect(triggerSchema.safeParse(readSchedule(text, here)).success).toBe(true);
});

describe("what is not clear is answered with what was understood and how to write it", () => {
  test.each([
    ["", "The schedule is empty."],
    ["evry monday 9:00", 'Understood: "monday", "9:00". Not understood: "evry".'],
    ["monday 9:00", 'Once: "next monday 9:00". Every week: "every monday 9:00".'],
    ["9:00", 'Once: "today 9:00" or "tomorrow 9:00". Every day: "daily 9:00".'],
    ["daily", "At what time? For example: daily at 9:00"],
    ["first monday", "At what time? For example: first monday at 9:00"],
    ["weekly 9:00", "On which day of the week?"],
    ["daily at 9:00 and 17:30", "make a routine for each"],
    ["mondays and first tuesday 9:00", "These days do not go together"],
    ["tomorrow", "A single day goes with one time"],
    ["tomorrow 9:00 and 10:00", "A single day goes with one time"],
    ["in 20 minutes daily", "A length of time stands alone"],
    ["every 2 days at 9:00", "counts from now on and goes with nothing else"],
    ["every 30 seconds", '"seconds" (schedules know minutes, not seconds)'],
    ["daily at 9:00:30", '"9:00:30" (schedules know minutes, not seconds)'],
    ["every 0 minutes", "at most once a minute"],
    ["every 500 days", "at most 366 days"],
    ["in 0 minutes", "less than a minute away"],
    ["25:00 daily", 'Not understood: "25:00"'],
    ["daily at 13pm", 'Not understood: "13pm"'],
    ["0 0 9 * * 1", "it has 6 fields; a routine's cron has five and knows no seconds and no years: 0 9 * * 1"],
    ["60 * * * *", "60 is not from 0 to 59. For example: 30 9 * * mon-fri"],
    ["@reboot", "write login for a routine"],
    ["2026-02-30T10:00", "there is no such day"],
    ["2026-13-01T10:00", "there is no such day"],
    ["2027-01-01", "a time of day is missing: 2027-01-01T09:00"],
    ["2026-11-22T24:30", "hours go from 00 to 23"],
    ["2026-11-22T10:00+25:00", "no clocks are +25:00 from UTC"],
    [
      "2020-01-01T00:00Z",
      "that is past: Wed 1 Jan 2020 01:00 Europe/Berlin (+01:00); now it is Sat 21 Nov 2026 15:10:33",
    ],
    ["today 9:00", "that is past"],
    [
      "0 9 * * * Mars/Base",
      'There is no time zone "Mars/Base". Zones are named by region and city; the nearest names are',
    ],
    ["weekdays at 9:00 Europe/Belrin", "the nearest names are Europe/Berlin"],
    ["daily 9:00 UTC Europe/Berlin", "A schedule has one zone."],
    ["file", "Which files?"],
    ["constructor", 'Not understood: "constructor"'],
    ["x".repeat(501), "longer than 500 characters"],
  ])("%s", (text, words) => {
    const said = refusal(() => readSchedule(text, here));
    expect(said).toContain("invalid-params: ");
    expect(said).toContain(words);
  });

  test("a moment in a day that a zone left out", () => {
    const before = { now: Date.parse("2011-12-01T00:00Z"), zone: "Pacific/Apia" };
    expect(refusal(() => readSchedule("2011-12-30T10:00", before))).toContain("Pacific/Apia left that day out");
  });

  test("a zone of offsets, whoever gives it", () => {
    for (const zone of ["+02:00", "UTC+2", "GMT-5", "Berlin", ""]) {
      expect(refusal(() => readSchedule("daily 9:00", { now, zone }))).toContain("There is no time zone");
    }
    expect(refusal(() => readSchedule("daily 9:00", { now, zone: "berlin" }))).toContain("names are Europe/Berlin");
  });
});

/** What people write all the same, and a word of the answer that helps them on. */
const UNEXPECTED: [string, string][] = [
  ["at noon", 'Every day: "daily noon"'],
  ["midnight", 'Once: "today midnight"'],
  ["9:00", 'Every day: "daily 9:00"'],
  ["17:00 Europe/Berlin", '"daily 17:00 Europe/Berlin"'],
  ["on friday at 9", 'Once: "next friday at 9". Every week: "every friday at 9".'],
  ["friday 9:00 and 17:00", 'Once: "next friday 9:00". Every week: "every friday 9:00 and 17:00".'],
  ["Mon-Fri 9", 'Understood: "Mon-Fri". Not understood: "9". A time is written 9:00'],
  ["next friday 9", "A time is written 9:00"],
  ["daily at 9.30", "A time is written 9:00"],
  ["daily 0900", "A time is written 9:00"],
  ["half past nine daily", "A time is written 9:00"],
  ["daily at 24:00", "midnight"],
  ["tonight at 8", "Tonight is from 17:00 on"],
  ["every morning", "Which time is that?"],
  ["tomorrow morning", 'Understood: "tomorrow". Not understood: "morning".'],
  ["tonight", "A single day goes with one time"],
  ["first of the month", "At what time? For example: first of the month at 9:00"],
  ["every other friday", '"every 2 weeks"'],
  ["fortnightly", '"every 2 weeks"'],
  ["every other day at 9", '"every 2 days"'],
  ["every 90 seconds", "schedules know minutes, not seconds"],
  ["every 1.5 minutes", "whole minutes"],
  ["every 0m", '"every 15 minutes"'],
  ["every 5", 'Again and again: "every 20 minutes"'],
  ["20 minutes", 'Once: "in 20 minutes"'],
  ["2h", 'Once: "in 20 minutes"'],
  ["every -5 minutes", 'Not understood: "every", "-5", "minutes"'],
  ["every 3 months", "0 9 1 */3 *"],
  ["quarterly", "0 9 1 */3 *"],
  ["every 2 hours on weekdays", "0 */2 * * mon-fri"],
  ["every 2 hours from 9 to 17", "*/30 9-17 * * mon-fri"],
  ["every day except sunday 9:00", "*/30 9-17 * * mon-fri"],
  ["weekdays 9-17", "*/30 9-17 * * mon-fri"],
  ["on the hour", "*/30 9-17 * * mon-fri"],
  ["24.12.2026 18:00", "2027-01-31T09:00"],
  ["12/24/2026 6pm", "2027-01-31T09:00"],
  ["every year on dec 24 at 18:00", "0 18 24 12 *"],
  ["9am PST daily", "America/New_York"],
  ["daily 9:00 +02:00", "America/New_York"],
  ["now", '"in 1 minute"'],
  ["at boot", "write login"],
  ["when i wake", "write wake"],
  ["when ~/Downloads changes", "file ~/Downloads/*.pdf"],
  ["business days 9:00", '"weekdays at 9:00"'],
  ["jeden Tag um 9 Uhr", 'Not understood: "jeden", "Tag", "um", "9", "Uhr".'],
  ["täglich 9:00", "Schedules are read in English."],
  ["ежедневно в 9:00", "Schedules are read in English."],
  ["每天9点", "Schedules are read in English."],
  ["\u202edaily 9:00", 'The schedule "\\u{202e}daily 9:00"'],
  ["daily 9:00\u0000", 'Understood: "daily".'],
  ["; rm -rf /", 'Not understood: ";", "rm", "-rf", "/".'],
  ["null", 'Not understood: "null".'],
  ["PT2H", 'Not understood: "PT2H".'],
  ["sunset", 'Not understood: "sunset".'],
  ["at", 'Write for example "weekdays at 9:00"'],
  ["5/15 * * * *", "a step follows * or a range: 5-59/15"],
  ["@every 5m", "@daily"],
];

test.each(UNEXPECTED)("unexpected: %s", (text, words) => {
  const said = refusal(() => readSchedule(text, here));
  expect(said).toContain("invalid-params: ");
  expect(said).toContain(words);
});

test("every schedule that an answer offers can be taken", () => {
  const offered = UNEXPECTED.flatMap(([text]) => {
    const said = refusal(() => readSchedule(text, here));
    const [, advice = ""] = /is not clear\.(.*)$/s.exec(said) ?? [];
    const own = advice.replaceAll(/(Not understood|Understood): ("[^"]*"(, )?)+( \([^)]*\))?\./g, "");
    return [...own.matchAll(/"([^"]+)"/g)].map((found) => found[1] ?? "");
  });
  expect(offered.length).toBeGreaterThan(100);
  const answers = [...new Set(offered)].map((one) => [one, refusal(() => readSchedule(one, here))] as const);
  expect(answers.filter(([, answer]) => !/^it was taken$|that is past/.test(answer))).toEqual([]);
});

test("flags say which kind is meant; at takes a bare time, every its length", () => {
  const type = (flags: ScheduleFlags) => readTrigger(flags, here).type;
  expect(
    [{ cron: "0 9 * * *" }, { every: "2h" }, { every: "every 2h" }, { at: "in 5 minutes" }, { on: "wake" }].map(type),
  ).toEqual([...["cron", "every", "every", "at", "wake"]]);
  expect(readTrigger({ at: "16:00" }, here)).toMatchObject({ at: Date.parse("2026-11-21T15:00Z") });
  expect(readTrigger({ at: "15:00" }, here)).toMatchObject({ at: Date.parse("2026-11-22T14:00Z") });
  expect(refusal(() => readTrigger({ cron: "weekdays at 9:00", at: "16:00" }, here))).toContain("given: cron and at");
  expect(refusal(() => readTrigger({}, here))).toContain("given: none");
  expect(refusal(() => readTrigger({ at: "every 2h" }, here))).toContain('no schedule of the kind "at"');
  expect(refusal(() => readTrigger({ every: "30s" }, here))).toContain("minutes, not seconds");
});

test("whatever is written, it is a valid trigger to come or a refusal in words", () => {
  const words = [
    "every",
    "monday",
    "first",
    "and",
    "9:00",
    "7pm",
    "in",
    "20",
    "minutes",
    "2h",
    "tomorrow",
    "next",
    "last",
  ];
  const more = [
    "day",
    "of",
    "month",
    "*",
    "*/5",
    "1-5",
    "@daily",
    "UTC",
    "Europe/Berlin",
    "file",
    "-",
    "__proto__",
    "9e9h",
  ];
  const text = fc.oneof(
    fc.array(fc.constantFrom(...words, ...more), { maxLength: 7 }).map((parts) => parts.join(" ")),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(Z|\+\d{2}:\d{2})?$/),
  );
  fc.assert(
    fc.property(text, (said) => {
      let trigger;
      try {
        trigger = readSchedule(said, here);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(LoopdError);
        return;
      }
      expect(triggerSchema.parse(trigger)).toEqual(trigger);
      if (trigger.type === "at") expect(trigger.at).toBeGreaterThan(now);
      expect(describeTrigger(trigger)).not.toBe("");
    }),
    { numRuns: 400 },
  );
});

test.each([
  ["0 9 * * 1-5", "weekdays at 09:00 Europe/Berlin"],
  ["0 9,17 * * *", "daily at 09:00 and 17:00 Europe/Berlin"],
  ["* * * * *", "every minute Europe/Berlin"],
  ["*/15 * * * *", "every 15 minutes Europe/Berlin"],
  ["*/15 9-17 * * 1-5", "every 15 minutes from 09:00 to 17:45 on weekdays Europe/Berlin"],
  ["0 * * * *", "every hour Europe/Berlin"],
  ["5,35 * * * *", "every hour at :05 and :35 Europe/Berlin"],
  ["30 */2 * * *", "every 2 hours at :30 Europe/Berlin"],
  ["0 9-17 * * *", "every hour from 09:00 to 17:00 Europe/Berlin"],
  ["1,7,9 8,13,19 * * *", "daily at minute 01, 07 and 09 of hour 08, 13 and 19 Europe/Berlin"],
  ["30 8 * * 1#1", "the first Monday of the month at 08:30 Europe/Berlin"],
  ["0 23 L * *", "the last day of the month at 23:00 Europe/Berlin"],
  ["0 6 1,15,L 1,7 *", "day 1, 15 and the last day of the month in January and July at 06:00 Europe/Berlin"],
  ["0 9 13 * fri", "day 13 of the month or Fridays at 09:00 Europe/Berlin"],
  ["0 9 */10 * sat,sun", "weekends that are day 1, 11, 21 and 31 of the month at 09:00 Europe/Berlin"],
  ["every 1h30m", "every 1 hour 30 minutes"],
  ["every hour", "every hour"],
  ["tomorrow 15:00", "once, Sun 22 Nov 2026 15:00 Europe/Berlin (+01:00)"],
  ["wake", "when this machine wakes"],
  ["login", "when you log in"],
  ["file ~/a", "when a file changes that fits ~/a"],
])("%s in words", (text, expected) => {
  expect(describeTrigger(readSchedule(text, here))).toBe(expected);
});

test("the next firings in words, with how far they are and what the clocks are off UTC", () => {
  const next = (text: string, count: number, from = now) => describeNext(readSchedule(text, here), from, count, "UTC");
  expect(next("weekdays at 9:00", 2)).toEqual([
    "Mon 23 Nov 2026 09:00 Europe/Berlin (+01:00), in 1 day 17 hours",
    "Tue 24 Nov 2026 09:00 Europe/Berlin (+01:00), in 2 days 17 hours",
  ]);
  expect(next("every 2h", 1)).toEqual(["Sat 21 Nov 2026 16:10 UTC (+00:00), in 1 hour 59 minutes"]);
  const march = Date.parse("2027-03-27T12:00Z");
  expect(next("daily 02:30", 2, march)).toEqual([
    "Sun 28 Mar 2027 03:00 Europe/Berlin (+02:00), in 13 hours",
    "Mon 29 Mar 2027 02:30 Europe/Berlin (+02:00), in 1 day 12 hours",
  ]);
  expect(next("0 0 30 2 *", 5)).toEqual(["never: no day fits it"]);
  expect(next("in 5 minutes", 5, now + 3_600_000)).toEqual(["never again: its time is past"]);
  const slots = nextSlots(readSchedule("every 2h", here), now, 2).map((slot) => new Date(slot).toISOString());
  expect(slots).toEqual(["2026-11-21T16:10:00.000Z", "2026-11-21T18:10:00.000Z"]);
  expect(next("wake", 5)).toEqual(["when this machine wakes"]);
});
