import { expect, test } from "vitest";
import { tickSchedule } from "../../launchd/tick-schedule.ts";
import type { Trigger } from "../../src/protocol/routine.ts";

const BERLIN = "Europe/Berlin";
const cron = (expression: string, zone = BERLIN): Trigger => ({ type: "cron", expression, zone });
const every: Trigger = { type: "every", ms: 7_200_000, anchor: 0 };
const nine = { Hour: 9, Minute: 0 };

test("without a routine that waits for the clock there is no tick", () => {
  expect(tickSchedule([], BERLIN)).toBeUndefined();
  expect(tickSchedule([{ type: "wake" }, { type: "login" }, { type: "file", glob: "/x/*" }], BERLIN)).toBeUndefined();
  expect(tickSchedule([cron("0 0 30 2 *")], BERLIN)).toBeUndefined();
});

test("routines share one calendar, each minute in it once", () => {
  const triggers = [cron("0 9 * * *"), cron("0 9 * * mon"), cron("30 18 * * 1,4"), { type: "wake" } as const];
  expect(tickSchedule(triggers, BERLIN)).toEqual({
    calendar: [nine, { Weekday: 1, Hour: 18, Minute: 30 }, { Weekday: 4, Hour: 18, Minute: 30 }],
    everySeconds: undefined,
  });
});

test("a routine at one time is a minute of this machine's wall", () => {
  const at: Trigger = { type: "at", at: Date.parse("2026-07-01T22:30:40Z"), zone: "America/New_York" };
  expect(tickSchedule([at], BERLIN)).toEqual({
    calendar: [{ Month: 7, Day: 2, Hour: 0, Minute: 30 }],
    everySeconds: undefined,
  });
});

test.each([
  ["another zone", cron("0 7 * * *", "America/New_York")],
  ["a zone that this machine does not know", cron("0 7 * * *", "Mars/Base")],
  ["a period", every],
  ["too many intervals", cron("*/15 9-17 * * 1-5")],
  ["an expression of a newer version", cron("0 7 W * *")],
])("%s asks for a tick every five minutes, beside what the calendar says", (_, trigger) => {
  expect(tickSchedule([cron("0 9 * * *"), trigger], BERLIN)).toEqual({ calendar: [nine], everySeconds: 300 });
  expect(tickSchedule([trigger], BERLIN)).toEqual({ calendar: [], everySeconds: 300 });
});

test("a zone has the same calendar under each of its names", () => {
  expect(tickSchedule([cron("0 9 * * *", "Asia/Kolkata")], "Asia/Calcutta")?.calendar).toEqual([nine]);
  expect(tickSchedule([cron("0 9 * * *", "Europe/Kiev")], "Europe/Kyiv")?.calendar).toEqual([nine]);
  expect(tickSchedule([cron("0 9 * * *", "Mars/Base")], "Mars/Base")).toEqual({ calendar: [], everySeconds: 300 });
});

test("routines that only together take more than 64 intervals share five minutes", () => {
  const many = Array.from({ length: 65 }, (_, i) => cron(`${i % 60} ${1 + Math.floor(i / 60)} * * *`));
  expect(tickSchedule(many.slice(1), BERLIN)?.calendar).toHaveLength(64);
  expect(tickSchedule(many, BERLIN)).toEqual({ calendar: [], everySeconds: 300 });
});
