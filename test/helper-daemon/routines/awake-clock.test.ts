import { expect, test } from "vitest";
import { type Clocks, createAwakeClock } from "../../../helper-daemon/routines/awake-clock.ts";

const HOUR_MS = 3_600_000;
const begin: Clocks = { wall: 1_000_000_000_000, passed: 50_000, awake: 7_000 };
/** Clocks after wall time, real time and waking time went on by so much. */
const after = (wall: number, passed: number, awake: number): Clocks => ({
  ...{ wall: begin.wall + wall, passed: begin.passed + passed, awake: (begin.awake ?? 0) + awake },
});
/** Why no tick came until then. */
function reasonAt(now: Clocks): string | undefined {
  const clock = createAwakeClock(begin, undefined);
  clock.ticked(begin);
  return clock.absencesUntil(now)[0]?.reason;
}

test.each<[string, Clocks, string | undefined]>([
  ["a late tick", after(80_000, 80_000, 80_000), undefined],
  ["sleep", after(8 * HOUR_MS, 8 * HOUR_MS, 5_000), "asleep"],
  [
    "sleep, where the system does not tell how long it was awake",
    { ...after(HOUR_MS, HOUR_MS, 0), awake: undefined },
    "asleep",
  ],
  ["a clock put ahead", after(HOUR_MS, 5_000, 5_000), "clock"],
  ["a clock put ahead by a year in a night of sleep", after(8_760 * HOUR_MS, 8 * HOUR_MS, 5_000), "clock"],
  ["a night of sleep with a clock put ahead by an hour", after(9 * HOUR_MS, 8 * HOUR_MS, 5_000), "asleep"],
  ["a helper that did not come to it", after(HOUR_MS, HOUR_MS, HOUR_MS), "held-up"],
  ["a clock put back", after(-HOUR_MS, 5_000, 5_000), undefined],
])("%s", (_, now, reason) => {
  expect(reasonAt(now)).toBe(reason);
});

test("what was before the helper began it was off for, whatever the clocks did meanwhile", () => {
  const clock = createAwakeClock(begin, begin.wall - HOUR_MS);
  const now = after(10, 10, 10);
  expect(clock.absencesUntil(now)).toEqual([{ from: begin.wall - HOUR_MS, to: now.wall, reason: "off" }]);
  clock.ticked(now);
  expect(clock.absencesUntil(after(30_010, 30_010, 30_010))).toEqual([]);
});
