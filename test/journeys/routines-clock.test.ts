import { expect } from "vitest";
import { clockTest, movedClock } from "../fakes/moved-clock.ts";
import { gate, script } from "../fakes/model-server.ts";
import { routineJourney } from "../fakes/routine-desk.ts";

const DAYS = ["2026-11-21T09:00", "2026-11-22T09:00", "2026-11-23T09:00"];

clockTest.each([
  ["latest", [`late ${DAYS[2]}`, `missed ${DAYS[1]} asleep`, `missed ${DAYS[0]} asleep`], 1],
  ["all", [`late ${DAYS[2]}`, `late ${DAYS[1]}`, `late ${DAYS[0]}`], 3],
  ["skip", [`missed ${DAYS[2]} asleep`, `missed ${DAYS[1]} asleep`, `missed ${DAYS[0]} asleep`], 0],
] as const)("asleep for three days, a daily routine catches up with %s", async (catchUp, expected, ran) => {
  const clock = movedClock("2026-11-20T12:00:00Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { cron: "0 9 * * *" }, catchUp });
  clock.set("2026-11-23T12:00:00Z");
  await desk.poke();
  await desk.finished(ran);
  expect(await desk.ledger()).toEqual(expected);
  await desk.poke();
  expect(await desk.ledger()).toEqual(expected);
  expect(desk.server.requests).toHaveLength(ran);
});

clockTest("a routine that fires every minute runs once after three days", async () => {
  const clock = movedClock("2026-11-20T12:00:10Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { cron: "* * * * *" } });
  clock.set("2026-11-23T12:00:40Z");
  await desk.poke();
  await desk.finished(1);
  const runs = await desk.runs();
  expect(runs.filter(({ state }) => state !== "missed")).toMatchObject([
    { scheduledFor: "2026-11-23T12:00:00.000Z", state: "ran" },
  ]);
  expect(runs.filter(({ state }) => state === "missed").length).toBe(999);
});

clockTest("off for three days, the ledger says so", async () => {
  const clock = movedClock("2026-11-20T12:00:00Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { cron: "0 9 * * *" } });
  await desk.helper.stop();
  clock.set("2026-11-23T12:00:00Z");
  const after = await desk.again();
  await after.finished(1);
  expect(await after.ledger()).toEqual([`late ${DAYS[2]}`, `missed ${DAYS[1]} off`, `missed ${DAYS[0]} off`]);
});

clockTest("a clock that is set back an hour repeats nothing", async () => {
  const clock = movedClock("2026-11-20T08:59:30Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { cron: "*/30 * * * *" } });
  for (const [count, now] of ["09:00:10", "09:30:10"].entries()) {
    clock.set(`2026-11-20T${now}Z`);
    await desk.poke();
    await desk.finished(count + 1);
  }
  clock.set("2026-11-20T08:45:00Z");
  await desk.poke();
  for (const now of ["09:00:10", "09:30:10", "10:00:10"]) {
    clock.set(`2026-11-20T${now}Z`);
    await desk.poke();
  }
  await desk.finished(3);
  expect(await desk.ledger()).toEqual(["ran 2026-11-20T10:00", "ran 2026-11-20T09:30", "ran 2026-11-20T09:00"]);
});

clockTest("a clock that was a year ahead and is corrected loses no slot of the time that really passes", async () => {
  const clock = movedClock("2026-11-20T12:00:00Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { cron: "0 9 * * *" }, catchUp: "skip" });
  clock.set("2027-11-20T12:00:00Z");
  await desk.poke();
  expect(await desk.ledger()).toHaveLength(365);
  clock.set("2026-11-20T12:05:00Z");
  await desk.poke();
  expect(await desk.ledger()).toEqual([]);
  clock.set("2026-11-21T09:00:05Z");
  await desk.poke();
  await desk.finished(1);
  expect(await desk.ledger()).toEqual(["ran 2026-11-21T09:00"]);
});

clockTest.each([
  [
    "New York springs forward",
    "America/New_York",
    "30 2 * * *",
    "2026-03-08T05:00",
    "2026-03-08T07:00",
    "2026-03-08T12:00",
  ],
  ["New York falls back", "America/New_York", "30 1 * * *", "2026-11-01T04:00", "2026-11-01T05:30", "2026-11-01T12:00"],
  [
    "Lord Howe moves by half an hour",
    "Australia/Lord_Howe",
    "15 2 * * *",
    "2026-10-03T12:00",
    "2026-10-03T15:30",
    "2026-10-03T20:00",
  ],
  ["Havana has no midnight", "America/Havana", "0 0 * * *", "2026-03-08T04:00", "2026-03-08T05:00", "2026-03-08T12:00"],
])("%s: the slot runs once", async (_, zone, cron, before, slot, after) => {
  const clock = movedClock(`${before}:00Z`);
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { cron }, zone });
  clock.set(`${slot}:05Z`);
  await desk.poke();
  await desk.finished(1);
  // Half-hourly, so that it is no sleep.
  clock.set(`${after}:00Z`);
  await desk.poke();
  expect(await desk.ledger()).toEqual([`ran ${slot}`]);
});

clockTest("an approval asked for at 03:00 is there in the morning, and the ledger has both times", async () => {
  const clock = movedClock("2026-11-20T02:59:00Z");
  const calls = script().calls("shell_run", { command: "echo night > night.txt", outside: true }).says("done");
  const desk = await routineJourney(calls, clock.environment);
  await desk.add({ schedule: { cron: "0 3 * * *" } });
  clock.set("2026-11-20T03:00:10Z");
  await desk.poke();
  const card = await desk.face.untilKind("card.opened");
  expect(await desk.runs()).toMatchObject([{ state: "waiting", scheduledFor: "2026-11-20T03:00:00.000Z" }]);
  await desk.helper.kill();
  clock.set("2026-11-20T08:10:00Z");
  const morning = await desk.again();
  const { cards } = await morning.face.connection.request("card.list", {});
  expect(cards.map(({ approvalId }) => approvalId)).toEqual([card.data.cardId]);
  await morning.face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "me" });
  await morning.finished(1);
  const [run] = await morning.runs();
  expect(run).toMatchObject({ state: "ran", scheduledFor: "2026-11-20T03:00:00.000Z" });
  expect(run?.startedAt).toMatch(/^2026-11-20T03:00:1/);
  expect(run?.finishedAt).toMatch(/^2026-11-20T08:1/);
});

clockTest("a run that kill -9 interrupts goes on with the next helper, and is one run", async () => {
  const clock = movedClock("2026-11-20T08:59:55Z");
  const held = gate();
  const desk = await routineJourney(script().says("never heard").holds(held).says("done"), clock.environment);
  await desk.add({ schedule: { cron: "0 9 * * *" } });
  clock.set("2026-11-20T09:00:01Z");
  await desk.poke();
  await desk.server.received(1);
  expect(await desk.ledger()).toEqual(["running 2026-11-20T09:00"]);
  await desk.helper.kill();
  const after = await desk.again();
  await after.finished(1);
  held.release();
  expect(await after.ledger()).toEqual(["ran 2026-11-20T09:00"]);
  expect(after.face.entries.filter(({ kind }) => kind === "turn.started")).toHaveLength(1);
});

clockTest("a routine that waits for the machine to wake runs once after it has slept, and not for a tick", async () => {
  const clock = movedClock("2026-11-20T22:00:00Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { on: "wake" } });
  await desk.poke();
  expect(await desk.ledger()).toEqual([]);
  clock.set("2026-11-21T07:00:00Z");
  await desk.poke();
  await desk.finished(1);
  await desk.poke();
  expect(await desk.ledger()).toEqual(["ran 2026-11-21T07:00"]);
});
