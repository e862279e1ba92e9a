import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planResume, standingFrom } from "../../../helper-daemon/routines/change-routine.ts";
import { cutStretch } from "../../../helper-daemon/routines/missed-stretches.ts";
import { planTick } from "../../../helper-daemon/routines/plan-tick.ts";
import type { Absence, OpenRun } from "../../../helper-daemon/routines/routine-plan.ts";
import { slotsOf } from "../../../helper-daemon/routines/trigger-slots.ts";
import { SimulatedTicks } from "./simulated-ticks.ts";
import { cron, ledger, watched } from "./watched.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (iso: string) => Date.parse(iso.includes("Z") ? iso : `${iso}Z`);

/** The machine falls asleep after a tick on 18 Nov 19:59 and wakes on 21 Nov 12:00; daily slots are at 09:00. */
const slept: Absence = { from: at("2026-11-18T19:59"), to: at("2026-11-21T12:00"), reason: "asleep" };
const morning = cron("0 9 * * *");
const evening = at("2026-11-18T19:59");

function tickAfterSleep(wanted: Omit<Parameters<typeof watched>[0], "from">): string[] {
  return ledger(planTick({ now: slept.to, absences: [slept], routines: [watched({ ...wanted, from: evening })] }));
}

describe("asleep three days on daily 09:00", () => {
  test("latest: one run, two missed as one line", () => {
    expect(tickAfterSleep({ trigger: morning })).toEqual(["missed 2026-11-19T09:00 2 asleep", "run 2026-11-21T09:00"]);
  });

  test("all: three runs, one after the other", () => {
    const ticks = new SimulatedTicks(watched({ trigger: morning, from: evening, catchUp: "all" }));
    const first = ticks.tick(slept.to, [slept]);
    expect(ledger(first.slice(0, 1))).toEqual(["run 2026-11-19T09:00", "due 2026-11-20T09:00", "due 2026-11-21T09:00"]);
    expect(ticks.ran).toEqual([at("2026-11-19T09:00"), at("2026-11-20T09:00"), at("2026-11-21T09:00")]);
  });

  test("skip: none", () => {
    expect(tickAfterSleep({ trigger: morning, catchUp: "skip" })).toEqual(["missed 2026-11-19T09:00 3 asleep"]);
  });

  test("a window keeps older ones from running", () => {
    expect(tickAfterSleep({ trigger: morning, window: "2h" })).toEqual(["missed 2026-11-19T09:00 3 asleep"]);
    expect(tickAfterSleep({ trigger: morning, catchUp: "all", window: "30h" })).toEqual([
      "missed 2026-11-19T09:00 1 asleep",
      "run 2026-11-20T09:00",
      "due 2026-11-21T09:00",
    ]);
  });

  test("every minute: one run, and the rest is one line with its true count", () => {
    expect(tickAfterSleep({ trigger: cron("* * * * *") })).toEqual([
      "missed 2026-11-18T20:00 3840 asleep",
      "run 2026-11-21T12:00",
    ]);
  });

  test("all of every minute: as many as one catch-up takes, and words about the others", () => {
    const [old, tooMany, ...runs] = tickAfterSleep({ trigger: cron("* * * * *"), catchUp: "all", window: "1d" });
    expect([old, tooMany]).toEqual(["missed 2026-11-18T20:00 2400 asleep", "missed 2026-11-20T12:00 1341 too-many"]);
    expect([runs.length, runs[0], runs.at(-1)]).toEqual([100, "run 2026-11-21T10:21", "due 2026-11-21T12:00"]);
  });

  test("nothing fires again at the next tick", () => {
    const ticks = new SimulatedTicks(watched({ trigger: morning, from: evening }));
    ticks.tick(slept.to, [slept]);
    expect(ticks.tick(slept.to + 30_000, [])).toEqual([]);
  });
});

test("each stretch has its own reason, and a slot that no absence explains says that the helper was held up", () => {
  const absences: Absence[] = [
    { from: at("2026-11-18T10:00"), to: at("2026-11-18T14:30"), reason: "off" },
    { from: at("2026-11-18T16:30"), to: at("2026-11-18T20:10"), reason: "asleep" },
  ];
  const routine = watched({ trigger: cron("0 * * * *"), from: at("2026-11-18T10:00") });
  expect(ledger(planTick({ now: at("2026-11-18T20:10"), absences, routines: [routine] }))).toEqual([
    "missed 2026-11-18T11:00 4 off",
    "missed 2026-11-18T15:00 2 held-up",
    "missed 2026-11-18T17:00 3 asleep",
    "run 2026-11-18T20:00",
  ]);
});

test("on time, a slot runs whatever the catch-up says", () => {
  for (const catchUp of ["latest", "all", "skip"] as const) {
    const routine = watched({ trigger: morning, from: evening, catchUp });
    const now = at("2026-11-19T09:00:29");
    expect(ledger(planTick({ now, absences: [], routines: [routine] }))).toEqual(["run 2026-11-19T09:00"]);
  }
});

describe("a slot while a run is open", () => {
  const running: OpenRun = { scheduledFor: at("2026-11-18T09:00"), state: "running" };
  const due: OpenRun = { scheduledFor: at("2026-11-18T21:00"), state: "due" };
  const plan = (overlap: "skip" | "buffer-one" | "cancel-other", open: readonly OpenRun[]) => {
    const routine = { ...watched({ trigger: morning, from: evening, overlap }), open };
    return ledger(planTick({ now: at("2026-11-19T09:00"), absences: [], routines: [routine] }));
  };

  test("is skipped, also while the run waits for a person", () => {
    expect(plan("skip", [running])).toEqual(["skipped 2026-11-19T09:00 1 overlap"]);
    expect(plan("skip", [{ ...running, state: "waiting" }])).toEqual(["skipped 2026-11-19T09:00 1 overlap"]);
  });

  test("waits for its end, one at most", () => {
    expect(plan("buffer-one", [running])).toEqual(["due 2026-11-19T09:00"]);
    expect(plan("buffer-one", [running, due])).toEqual(["skipped 2026-11-19T09:00 1 overlap"]);
  });

  test("cancels the run, and begins when that has ended", () => {
    expect(plan("cancel-other", [running])).toEqual(["due 2026-11-19T09:00", "cancel 2026-11-18T09:00"]);
    expect(plan("cancel-other", [running, due])).toEqual([
      ...["due 2026-11-19T09:00", "cancel 2026-11-18T09:00", "withdraw 2026-11-18T21:00"],
    ]);
  });

  test("what waits begins at a tick after the end, though no slot is due", () => {
    const routine = watched({ trigger: morning, from: evening });
    const tick = (open: readonly OpenRun[]) =>
      ledger(planTick({ now: evening, absences: [], routines: [{ ...routine, open }] }));
    expect([tick([running, due]), tick([due])]).toEqual([[], ["start 2026-11-18T21:00"]]);
  });

  test("late slots that all are asked for queue up behind it", () => {
    const routine = { ...watched({ trigger: morning, from: evening, catchUp: "all" }), open: [running] };
    expect(ledger(planTick({ now: slept.to, absences: [slept], routines: [routine] }))).toEqual([
      ...["due 2026-11-19T09:00", "due 2026-11-20T09:00", "due 2026-11-21T09:00"],
    ]);
  });
});

describe("a paused routine", () => {
  const routine = watched({ trigger: cron("0 * * * *"), from: evening });

  test("is left alone, and misses what comes until it goes on", () => {
    const now = at("2026-11-19T08:30");
    expect(planTick({ now, absences: [], routines: [{ ...routine, isPaused: true }] })).toEqual([]);
    const resumed = planResume(routine.routine.trigger, routine.cursor, now);
    expect(resumed).toEqual({
      cursor: now,
      nextDue: at("2026-11-19T09:00"),
      missed: [{ from: at("2026-11-18T20:00"), to: at("2026-11-19T08:00"), count: 13, reason: "paused" }],
    });
  });

  test("it becomes one after so many failures in a row, and 0 is never", () => {
    const failing = (failures: number, pauseAfterFailures: number) => {
      const one = { ...watched({ trigger: cron("0 * * * *"), from: evening, pauseAfterFailures }), failures };
      return ledger(planTick({ now: at("2026-11-18T20:00"), absences: [], routines: [one] }));
    };
    expect(failing(2, 3)).toEqual(["run 2026-11-18T20:00"]);
    expect(failing(3, 3)).toEqual(["pause It failed 3 times in a row."]);
    expect(failing(9, 0)).toEqual(["run 2026-11-18T20:00"]);
  });

  test("it becomes one when this system does not know its zone any more; the others go on", () => {
    const broken = { ...routine, id: "mars", routine: { ...routine.routine, trigger: cron("0 * * * *", "Mars/Base") } };
    const plans = planTick({ now: at("2026-11-18T20:00"), absences: [], routines: [broken, routine] });
    expect(ledger(plans)).toEqual([
      'pause This system does not know the time zone "Mars/Base"; give the routine another one.',
      "run 2026-11-18T20:00",
    ]);
  });
});

test("once: it runs, or is missed if nobody was there in time, and is over", () => {
  const once = (ago: number) => {
    const now = at("2026-11-21T12:00");
    const routine = watched({ trigger: { type: "at", at: now - ago, zone: "UTC" }, from: now - 5 * DAY_MS });
    return planTick({ now, absences: [{ from: now - 4 * DAY_MS, to: now, reason: "off" }], routines: [routine] });
  };
  expect(ledger(once(HOUR_MS))).toEqual(["run 2026-11-21T11:00"]);
  expect(ledger(once(2 * DAY_MS))).toEqual(["missed 2026-11-19T12:00 1 off"]);
  expect([once(HOUR_MS), once(2 * DAY_MS)].map(([plan]) => plan?.nextDue)).toEqual([undefined, undefined]);
});

test("every two hours holds to its anchor, whatever late ticks and summer time do", () => {
  const anchor = at("2026-03-07T10:17");
  const ticks = new SimulatedTicks(watched({ trigger: { type: "every", ms: 2 * HOUR_MS, anchor }, from: anchor }));
  for (let now = anchor; now < anchor + 2 * DAY_MS + 47_000; now += 47_000) ticks.tick(now, []);
  expect(ticks.ran).toEqual(Array.from({ length: 24 }, (_, i) => anchor + (i + 1) * 2 * HOUR_MS));
});

test("what happens runs once for all that happened before a tick", () => {
  const now = at("2026-11-21T12:00");
  const routine = {
    ...watched({ trigger: { type: "file", glob: "/tmp/*" }, from: now - HOUR_MS }),
    happened: [now - 2_000, now - 1_000, now],
  };
  const [plan] = planTick({ now, absences: [], routines: [routine] });
  expect(plan).toMatchObject({ due: [now], start: [now], missed: [], nextDue: undefined, cursor: now });
  expect(plan?.skipped).toEqual([{ from: now - 2_000, to: now - 1_000, count: 2, reason: "overlap" }]);
});

describe("clocks that are put elsewhere", () => {
  test("an hour back: what ran does not run again, and nothing after it is lost", () => {
    const ticks = new SimulatedTicks(watched({ trigger: cron("*/10 * * * *"), from: at("2026-11-21T10:00") }));
    const run = (from: string, to: string) => {
      for (let now = at(from); now <= at(to); now += 30_000) ticks.tick(now, []);
    };
    run("2026-11-21T10:00:15", "2026-11-21T12:05");
    run("2026-11-21T11:05", "2026-11-21T13:00");
    expect(ticks.ran).toEqual(Array.from({ length: 18 }, (_, i) => at("2026-11-21T10:10") + i * 600_000));
    expect(ticks.plans.flatMap((plan) => plan.rewound ?? [])).toEqual([
      { from: at("2026-11-21T12:00:15"), to: at("2026-11-21T11:05") },
    ]);
  });

  test("a year ahead and corrected: one run for the time that never was, then every slot in its time", () => {
    const trigger = morning;
    const ticks = new SimulatedTicks(watched({ trigger, from: at("2026-11-20T12:00") }));
    const ahead = at("2027-11-20T12:00");
    const clock: Absence = { from: at("2026-11-20T12:00"), to: ahead, reason: "clock" };
    const [jumped] = ticks.tick(ahead, [clock]);
    expect(ledger(jumped === undefined ? [] : [jumped])).toEqual([
      "missed 2026-11-21T09:00 364 clock",
      "run 2027-11-20T09:00",
    ]);

    const corrected = at("2026-11-20T12:01");
    const [back] = ticks.tick(corrected, []);
    expect(back?.rewound).toEqual({ from: ahead, to: corrected });
    expect((jumped?.missed ?? []).map((stretch) => cutStretch(trigger, stretch, corrected))).toEqual([undefined]);

    for (let now = corrected; now < at("2026-11-24T12:00"); now += 10 * 60_000) ticks.tick(now, []);
    expect(ticks.ran).toEqual(
      ["2027-11-20T09:00", "2026-11-21T09:00", "2026-11-22T09:00", "2026-11-23T09:00", "2026-11-24T09:00"].map(at),
    );
    for (let now = at("2027-11-20T08:00"); now < at("2027-11-20T10:00"); now += 60_000) ticks.tick(now, []);
    expect(ticks.ran.filter((slot) => slot === at("2027-11-20T09:00"))).toHaveLength(1);
  });

  test("a missed stretch keeps what lies before the clock that was set back", () => {
    const stretch = { from: at("2026-11-19T09:00"), to: at("2026-11-22T09:00"), count: 4, reason: "clock" } as const;
    expect(cutStretch(morning, stretch, at("2026-11-20T12:00"))).toEqual({
      ...stretch,
      to: at("2026-11-20T09:00"),
      count: 2,
    });
    expect(cutStretch(morning, stretch, at("2026-11-22T09:00"))).toEqual(stretch);
  });
});

test("an edited trigger has slots from now on", () => {
  const now = at("2026-11-21T12:00");
  expect(standingFrom(cron("0 12 * * *"), now)).toEqual({ cursor: now, nextDue: now + DAY_MS });
  expect(standingFrom(cron("0 0 30 2 *"), now).nextDue).toBeUndefined();
});

const triggers = fc.constantFrom(
  cron("30 2 * * *", "America/New_York"),
  cron("*/20 1-3 * * *", "America/New_York"),
  cron("0 * * * *", "Australia/Lord_Howe"),
  cron("* * * * *"),
  cron("30 23 * * *", "America/Nuuk"),
  { type: "every" as const, ms: 37 * 60_000, anchor: at("2026-03-01T00:07") },
);
const catchUps = fc.constantFrom("latest" as const, "all" as const, "skip" as const);

test("however ticks divide a stretch, every slot is accounted for once, and runs come in order", () => {
  const start = at("2026-03-07T00:00");
  const gaps = fc.array(fc.integer({ min: 1_000, max: 30 * HOUR_MS }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(triggers, catchUps, gaps, (trigger, catchUp, lengths) => {
      const ticks = new SimulatedTicks(watched({ trigger, from: start, catchUp }));
      let now = start;
      for (const length of lengths) {
        now += length;
        ticks.tick(now, [{ from: now - length, to: now, reason: "asleep" }]);
      }
      expect(ticks.accounted()).toBe(slotsOf(trigger, []).countIn(start, now));
      expect(ticks.ran).toEqual([...new Set(ticks.ran)].sort((a, b) => a - b));
      const stretches = ticks.plans.flatMap((plan) => plan.missed);
      const overlapping = stretches.filter((one) => ticks.ran.some((slot) => slot >= one.from && slot <= one.to));
      expect(overlapping).toEqual([]);
      expect(ticks.watched.nextDue).toBe(slotsOf(trigger, []).after(now));
    }),
    { numRuns: 150 },
  );
});

test("where all slots are caught up with, many ticks run what one tick runs", () => {
  const start = at("2026-03-07T00:00");
  const lengths = fc.array(fc.integer({ min: 1_000, max: 10 * HOUR_MS }), { minLength: 1, maxLength: 9 });
  const hourly = fc.constantFrom(cron("0 * * * *", "America/New_York"), cron("15 2,14 * * *", "America/New_York"));
  fc.assert(
    fc.property(hourly, lengths, (trigger, parts) => {
      const [many, one] = [1, 2].map(() => new SimulatedTicks(watched({ trigger, from: start, catchUp: "all" })));
      let now = start;
      for (const part of parts) many?.tick((now += part), []);
      one?.tick(now, []);
      expect(many?.ran).toEqual(one?.ran);
    }),
    { numRuns: 150 },
  );
});

test("however often the clock is set, no slot runs twice", () => {
  const start = at("2026-03-07T00:00");
  const moves = fc.array(fc.integer({ min: -4 * HOUR_MS, max: 6 * HOUR_MS }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(triggers, catchUps, moves, (trigger, catchUp, lengths) => {
      const ticks = new SimulatedTicks(watched({ trigger, from: start, catchUp }));
      let now = start;
      for (const length of lengths) ticks.tick((now += length), []);
      expect(new Set(ticks.ran).size).toBe(ticks.ran.length);
      expect(ticks.watched.cursor).toBeLessThanOrEqual(now);
    }),
    { numRuns: 150 },
  );
});

test("ten thousand idle routines are left alone", () => {
  const idle = watched({ trigger: morning, from: evening });
  const routines = Array.from({ length: 10_000 }, (_, i) => ({ ...idle, id: String(i) }));
  expect(planTick({ now: evening + HOUR_MS, absences: [], routines })).toEqual([]);
});
