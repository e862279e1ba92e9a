import { expect, test } from "vitest";
import { onCalendar } from "../../launchd/on-calendar.ts";
import type { Trigger } from "../../src/protocol/routine.ts";
import { fieldsOf, firesIn, minutesOf } from "./calendar-simulator.ts";
import { elapses, hasNoSystemd } from "./systemd-analyze.ts";

const cron = (expression: string, zone = "Europe/Berlin"): Trigger => ({ type: "cron", expression, zone });

test.each([
  ["0 9 * * *", ["*-*-* 09:00:00 Europe/Berlin"]],
  ["*/30 8-10 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 08,09,10:00,30:00 Europe/Berlin"]],
  ["* * * * *", ["*-*-* *:*:00 Europe/Berlin"]],
  ["0 9 13 * 5", ["*-*-13 09:00:00 Europe/Berlin", "Fri *-*-* 09:00:00 Europe/Berlin"]],
  ["0 9 */10 * 5", ["Fri *-*-01,11,21,31 09:00:00 Europe/Berlin"]],
  ["0 23 L * *", ["*-*~01 23:00:00 Europe/Berlin"]],
  ["0 23 15,L 1,2 *", ["*-01,02-15 23:00:00 Europe/Berlin", "*-01,02~01 23:00:00 Europe/Berlin"]],
  ["30 8 * * mon#1", ["Mon *-*-01..07 08:30:00 Europe/Berlin"]],
  ["0 17 * * fri#L", ["Fri *-*~07/1 17:00:00 Europe/Berlin"]],
])("%s is %j", (expression, lines) => {
  expect(onCalendar([cron(expression)])).toEqual(lines);
});

test("other triggers: an instant, a period, and those that wait for no clock", () => {
  expect(onCalendar([{ type: "at", at: Date.parse("2026-12-01T15:00:30Z"), zone: "Europe/Berlin" }])).toEqual([
    "2026-12-01 15:00:00 UTC",
  ]);
  expect(onCalendar([{ type: "every", ms: 60_000, anchor: 0 }, cron("0 9 W * *"), cron("0 9 * * *", "x; y")])).toEqual([
    "*-*-* *:00/5:00",
  ]);
  expect(onCalendar([{ type: "wake" }, { type: "login" }, { type: "file", glob: "/x" }])).toEqual([]);
  expect(onCalendar([cron("0 9 * * *"), cron("0 9 * * *")])).toHaveLength(1);
});

test
  .skipIf(hasNoSystemd)
  .each([
    "0 9 * * *",
    "15,45 */12 * * *",
    "0 9 13 * fri",
    "0 9 1-31 * mon",
    "0 9 */10 * fri",
    "0 0 29 2 *",
    "0 0 31 * *",
    "0 23 L * *",
    "0 23 L * sun",
    "0 12 1,15,L 2,3 *",
    "30 8 * * mon#1",
    "30 8 * * tue#2,thu#5,sat",
    "0 17 * * fri#L",
    "0 7 * 3 0,6",
  ])("systemd itself fires %s when the cron does, for two months", (expression) => {
  const lines = onCalendar([cron(expression, "UTC")]);
  const until = "2028-04-01 00:00";
  const found = new Set(lines.flatMap((line) => elapses(line, "2028-01-31 23:59:59", 260)).filter((at) => at < until));
  const pad = (number: number) => String(number).padStart(2, "0");
  const meant = minutesOf("2028-02-01", 60)
    .filter((wall) => firesIn(fieldsOf(expression), wall))
    .map((wall) => `2028-${pad(wall.month)}-${pad(wall.day)} ${pad(wall.hour)}:${pad(wall.minute)}`);
  expect(meant.length).toBeGreaterThan(0);
  expect([...found].sort()).toEqual(meant);
});

test.skipIf(hasNoSystemd)("systemd takes zones, instants and five minutes", () => {
  const triggers: Trigger[] = [
    cron("30 2 * * *", "America/New_York"),
    cron("0 9 * * *", "Etc/GMT+3"),
    { type: "at", at: Date.parse("2028-12-01T15:00:30Z"), zone: "UTC" },
    { type: "every", ms: 60_000, anchor: 0 },
  ];
  const first = onCalendar(triggers).map((line) => elapses(line, "2028-01-31 23:59:59", 1)[0]);
  expect(first).toEqual(["2028-02-01 07:30", "2028-02-01 12:00", "2028-12-01 15:00", "2028-02-01 00:00"]);
});
