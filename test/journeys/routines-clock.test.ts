import Database from "better-sqlite3";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { cliOn } from "../commands/cli/run-cli.ts";
import { removeFolder } from "../fakes/helper.ts";
import { clockTest, movedClock } from "../fakes/moved-clock.ts";
import { gate, script } from "../fakes/model-server.ts";
import { routineJourney } from "../fakes/routine-desk.ts";

/** A hang guard. */
const PATIENT = { timeout: 120_000 };
const hours = (from: string, count: number) =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(from) + i * 3_600_000).toISOString());

/** Routines by name: zone and cron. */
const WORLD: Record<string, [string, string]> = {
  apia: ["Pacific/Apia", "0 12 * * *"],
  "casablanca 0230": ["Africa/Casablanca", "30 2 * * *"],
  "havana 0000": ["America/Havana", "0 0 * * *"],
  "kiev 0330": ["Europe/Kiev", "30 3 * * *"],
  "lord howe 0215": ["Australia/Lord_Howe", "15 2 * * *"],
  "new york 0130": ["America/New_York", "30 1 * * *"],
  "new york 0230": ["America/New_York", "30 2 * * *"],
  "new york hourly": ["America/New_York", "0 * * * *"],
  "30 february": ["UTC", "0 9 30 2 *"],
  "29 february": ["UTC", "0 9 29 2 *"],
  "last day": ["UTC", "0 23 L * *"],
};

/** Stretches of time that the clock goes through, each with the slots that run in it, and no others. */
const STRETCHES: { times: string[]; ran: Record<string, string[]> }[] = [
  {
    // 30 December 2011 is left out.
    times: ["2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00", "2011-12-31T10:00", "2011-12-31T22:00"],
    ran: { apia: ["2011-12-29T22:00", "2011-12-30T22:00", "2011-12-31T22:00"] },
  },
  {
    // Ramadan begins: 03:00 is 02:00 again.
    times: ["2026-02-15T00:30", "2026-02-15T01:30", "2026-02-15T02:00", "2026-02-15T02:30", "2026-02-15T03:30"],
    ran: { "casablanca 0230": ["2026-02-15T01:30"] },
  },
  {
    times: ["2026-02-28T09:00", "2026-02-28T23:00", "2026-03-01T09:00"],
    ran: { "last day": ["2026-02-28T23:00"] },
  },
  {
    times: [...hours("2026-03-08T05:00Z", 23)],
    ran: {
      "new york hourly": hours("2026-03-08T05:00Z", 23),
      "new york 0230": ["2026-03-08T07:00"],
      "havana 0000": ["2026-03-08T05:00"],
    },
  },
  {
    // It ends: 02:00 is 03:00.
    times: ["2026-03-22T01:30", "2026-03-22T02:00", "2026-03-22T02:30"],
    ran: { "casablanca 0230": ["2026-03-22T02:00"] },
  },
  {
    times: ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30"],
    ran: { "kiev 0330": ["2026-03-29T01:00"] },
  },
  {
    times: ["2026-10-03T15:00", "2026-10-03T15:15", "2026-10-03T15:30", "2026-10-03T15:45", "2026-10-03T16:00"],
    ran: { "lord howe 0215": ["2026-10-03T15:30"] },
  },
  {
    times: [...hours("2026-11-01T04:00Z", 25), "2026-11-01T05:30", "2026-11-01T06:30"],
    ran: { "new york hourly": hours("2026-11-01T04:00Z", 25), "new york 0130": ["2026-11-01T05:30"] },
  },
  {
    times: ["2028-02-28T09:00", "2028-02-29T09:00", "2028-02-29T23:00", "2028-03-01T09:00"],
    ran: { "29 february": ["2028-02-29T09:00"], "last day": ["2028-02-29T23:00"] },
  },
];

clockTest("through every change of clocks each slot runs once, and at its time", PATIENT, async () => {
  const minute = (iso: string) => iso.slice(0, 16);
  const clock = movedClock("2011-12-29T20:00:00Z");
  const desk = await routineJourney(undefined, clock.environment);
  const { connection } = desk.face;
  let expected = 0;
  for (const [index, { times, ran }] of STRETCHES.entries()) {
    const moments = times.map(minute).sort();
    clock.set(new Date(Date.parse(`${moments[0]}Z`) - 60_000).toISOString());
    const named = Object.entries(ran).map(([name, slots]) => ({ name: `${name} ${index}`, of: WORLD[name], slots }));
    for (const { name, of: [zone, cron] = ["", ""] } of named) await desk.add({ name, schedule: { cron }, zone });
    for (const moment of moments) {
      clock.set(`${moment}:05Z`);
      await desk.poke();
      await desk.idle();
    }
    for (const { name, slots } of named) {
      const { runs } = await connection.request("routine.runs", { name, limit: 100 });
      const told = runs.map(({ state, scheduledFor }) => `${state} ${minute(scheduledFor)}`).reverse();
      expect([name, ...told]).toEqual([name, ...slots.map((slot) => `ran ${minute(slot)}`)]);
      expected += slots.length;
      await connection.request("routine.remove", { name });
    }
  }
  expect(desk.server.requests).toHaveLength(expected);
  const next = async (cron: string) => {
    await desk.add({ name: "next", schedule: { cron } });
    const { slots } = await connection.request("routine.next", { name: "next", count: 2 });
    await connection.request("routine.remove", { name: "next" });
    return slots.map(({ scheduledFor }) => minute(scheduledFor));
  };
  clock.set("2026-11-21T12:00:00Z");
  expect(await next("0 9 30 2 *")).toEqual([]);
  expect(await next("0 9 29 2 *")).toEqual(["2028-02-29T09:00", "2032-02-29T09:00"]);
});

clockTest("asleep for three days: each routine as its catch-up says, the ledger why, and nothing else", async () => {
  const clock = movedClock("2026-11-20T12:00:10Z");
  const desk = await routineJourney(undefined, clock.environment);
  const cli = cliOn(desk.helper.home);
  onTestFinished(() => removeFolder(cli.workspace));
  const daily = { schedule: { cron: "0 9 * * *" } };
  for (const catchUp of ["latest", "all", "skip"] as const) await desk.add({ ...daily, name: catchUp, catchUp });
  await desk.add({ name: "minutely", schedule: { cron: "* * * * *" } });
  await desk.add({ name: "on wake", schedule: { on: "wake" } });
  await desk.add({ name: "paused", schedule: { cron: "0 * * * *" } });
  await desk.face.connection.request("routine.pause", { name: "paused" });
  await desk.poke();
  clock.sleepUntil("2026-11-23T12:00:40Z");
  await desk.poke();
  await desk.idle();
  await desk.poke();
  expect(await desk.ledgerOf("latest")).toEqual([
    "late 2026-11-23T09:00",
    "missed 2026-11-22T09:00 asleep",
    "missed 2026-11-21T09:00 asleep",
  ]);
  expect(await desk.ledgerOf("all")).toEqual([
    "late 2026-11-23T09:00",
    "late 2026-11-22T09:00",
    "late 2026-11-21T09:00",
  ]);
  expect(await desk.ledgerOf("skip")).toEqual([
    "missed 2026-11-23T09:00 asleep",
    "missed 2026-11-22T09:00 asleep",
    "missed 2026-11-21T09:00 asleep",
  ]);
  const minutes = await desk.ledgerOf("minutely");
  expect(minutes).toHaveLength(1_000);
  expect(minutes.slice(0, 2)).toEqual(["ran 2026-11-23T12:00", "missed 2026-11-23T11:59 asleep"]);
  expect(new Set(minutes.slice(1).map((line) => line.split(" ")[2]))).toEqual(new Set(["asleep"]));
  expect(await desk.ledgerOf("on wake")).toEqual(["ran 2026-11-23T12:00"]);
  expect(await desk.ledgerOf("paused")).toEqual([]);
  expect(desk.server.requests).toHaveLength(1 + 3 + 0 + 1 + 1);

  const { stdout } = await cli.run(["routines", "runs", "latest"], { env: { TZ: "UTC" } });
  expect(stdout).toMatch(
    /^SLOT +ROUTINE +STATE +BEGAN +ENDED +TOOK +TOKENS +SESSION +WHY\n2026-11-23 09:00 +latest +late +2026-11-23 12:00 .*\n2026-11-22 09:00 +latest +missed .* this machine was asleep\n/,
  );
});

clockTest(
  "a clock that is put ahead is no sleep, and one that is corrected loses no slot that really comes",
  async () => {
    const clock = movedClock("2026-11-20T12:00:00Z");
    const desk = await routineJourney(undefined, clock.environment);
    const { connection } = desk.face;
    await desk.add({ name: "daily", schedule: { cron: "0 9 * * *" }, catchUp: "skip" });
    await desk.add({ name: "on wake", schedule: { on: "wake" } });
    await desk.poke();
    clock.set("2027-11-20T12:00:00Z");
    await desk.poke();
    const ahead = await desk.ledgerOf("daily");
    expect(ahead).toHaveLength(365);
    expect(new Set(ahead.map((line) => line.split(" ")[2]))).toEqual(new Set(["clock"]));
    clock.set("9999-12-31T23:59:30Z");
    await desk.poke();
    const { routine } = await connection.request("routine.show", { name: "daily" });
    expect(routine.name).toBe("daily");
    clock.set("2026-11-20T12:05:00Z");
    await desk.poke();
    expect(await desk.ledgerOf("daily")).toEqual([]);
    clock.set("2026-11-21T09:00:05Z");
    await desk.poke();
    await desk.idle();
    expect(await desk.ledgerOf("daily")).toEqual(["ran 2026-11-21T09:00"]);
    expect(await desk.ledgerOf("on wake")).toEqual([]);
  },
);

clockTest("off for three days, the ledger says so; a routine whose zone is gone is paused, and no other", async () => {
  const clock = movedClock("2026-11-20T12:00:00Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ name: "daily", schedule: { cron: "0 9 * * *" } });
  await desk.add({ name: "gone", schedule: { cron: "0 9 * * *" } });
  await desk.helper.stop();
  const database = new Database(join(desk.helper.home, "loopd.db"));
  database
    .prepare("UPDATE routines SET definition = json_set(definition, '$.trigger.zone', 'Mars/Base') WHERE name = 'gone'")
    .run();
  database.close();
  clock.sleepUntil("2026-11-23T12:00:00Z");
  const after = await desk.again();
  await after.idle();
  expect(await after.ledgerOf("daily")).toEqual([
    "late 2026-11-23T09:00",
    "missed 2026-11-22T09:00 off",
    "missed 2026-11-21T09:00 off",
  ]);
  const { routines } = await after.face.connection.request("routine.list", {});
  expect(routines).toMatchObject([
    { name: "daily" },
    { name: "gone", paused: expect.stringContaining("Mars/Base") as string },
  ]);
});

clockTest("a clock that is set back an hour repeats nothing", async () => {
  const clock = movedClock("2026-11-20T08:59:30Z");
  const desk = await routineJourney(undefined, clock.environment);
  await desk.add({ schedule: { cron: "*/30 * * * *" } });
  const goTo = async (time: string) => {
    clock.set(`2026-11-20T${time}Z`);
    await desk.poke();
    await desk.idle();
  };
  for (const time of ["09:00:10", "09:30:10", "08:45:00", "09:00:10", "09:30:10", "10:00:10"]) await goTo(time);
  expect(await desk.ledger()).toEqual(["ran 2026-11-20T10:00", "ran 2026-11-20T09:30", "ran 2026-11-20T09:00"]);
});

clockTest("an approval asked for at 03:00 with the lid closed is there in the morning, and then goes on", async () => {
  const clock = movedClock("2026-11-20T02:59:00Z");
  const calls = script().calls("shell_run", { command: "echo night > night.txt", outside: true }).says("done");
  const desk = await routineJourney(calls, clock.environment);
  const cli = cliOn(desk.helper.home);
  onTestFinished(() => removeFolder(cli.workspace));
  await desk.add({ schedule: { cron: "0 3 * * *" } });
  clock.set("2026-11-20T03:00:10Z");
  await desk.poke();
  const card = await desk.face.untilKind("card.opened");
  expect(await desk.runs()).toMatchObject([{ state: "waiting", scheduledFor: "2026-11-20T03:00:00.000Z" }]);
  clock.sleepUntil("2026-11-20T08:10:00Z");
  await desk.poke();
  expect(await cli.json("approvals", "list")).toMatchObject([{ approvalId: card.data.cardId, state: "pending" }]);
  expect((await cli.run(["approvals", "list"])).stdout).toContain("echo night > night.txt");
  expect((await cli.run(["approvals", "approve", card.data.cardId])).exitCode).toBe(0);
  await desk.idle();
  const [run] = await desk.runs();
  expect(run).toMatchObject({ state: "ran", scheduledFor: "2026-11-20T03:00:00.000Z" });
  expect(run?.startedAt).toMatch(/^2026-11-20T03:00:1/);
  expect(run?.finishedAt).toMatch(/^2026-11-20T08:1/);
  const { stdout } = await cli.run(["routines", "runs"], { env: { TZ: "UTC" } });
  expect(stdout).toMatch(/\n2026-11-20 03:00 +brief +ran +2026-11-20 03:00 +2026-11-20 08:1\d +5 h 1\d min /);
});

clockTest("kill -9 in the middle of a run repeats no side effect, and says what is not known", async () => {
  const clock = movedClock("2026-11-20T08:59:55Z");
  const held = gate();
  onTestFinished(() => held.release());
  const desk = await routineJourney(({ messages }) => {
    const asked = JSON.stringify(messages[0]);
    if (asked.includes("only talk")) return script().says("done").holds(held);
    const [last] = messages.at(-1)?.content ?? [];
    if (last?.type === "tool_result") return script().says("done");
    return script().calls("shell_run", { command: "echo once >> effect.txt; sleep 1000", outside: true });
  }, clock.environment);
  const rule = { id: "run", when: { tool: "shell_run" }, decision: "execute" as const };
  await desk.face.connection.request("rule.add", { rule });
  await desk.add({ name: "act", prompt: "Act.", schedule: { cron: "0 9 * * *" } });
  await desk.add({ name: "talk", prompt: "only talk", schedule: { cron: "0 9 * * *" } });
  clock.set("2026-11-20T09:00:01Z");
  await desk.poke();
  await desk.face.untilKind("tool.started");
  await desk.server.received(2);
  const effect = () => readFileSync(join(desk.workspace, "effect.txt"), "utf8");
  await expect.poll(() => existsSync(join(desk.workspace, "effect.txt")), PATIENT).toBe(true);
  await desk.helper.kill();
  const after = await desk.again();
  const card = await after.face.untilKind("card.opened");
  expect(card.data.type).toBe("recovery");
  expect(await after.ledgerOf("act")).toEqual(["waiting 2026-11-20T09:00"]);
  held.release();
  await after.idle();
  expect(await after.ledgerOf("talk")).toEqual(["ran 2026-11-20T09:00"]);
  const answer = { cardId: card.data.cardId, resolution: "answered" as const, answer: "happened", by: "me" };
  await after.face.connection.request("card.resolve", answer);
  await after.face.untilKind("turn.finished", ({ turn }) => turn === card.turn);
  await after.idle();
  expect(await after.ledgerOf("act")).toEqual(["ran 2026-11-20T09:00"]);
  expect(effect()).toBe("once\n");
  expect(after.face.entries.filter(({ kind }) => kind === "turn.started")).toHaveLength(2);
});

clockTest("while a run is open the next slot is skipped, or waits, or cancels it", async () => {
  const clock = movedClock("2026-11-20T08:59:30Z");
  const held = gate();
  onTestFinished(() => held.release());
  const desk = await routineJourney(
    (_, number) => (number <= 3 ? script().says("first").holds(held) : script().says("later")),
    clock.environment,
  );
  const overlaps = ["skip", "buffer-one", "cancel-other"] as const;
  for (const overlap of overlaps) await desk.add({ name: overlap, overlap, schedule: { cron: "* * * * *" } });
  clock.set("2026-11-20T09:00:01Z");
  await desk.poke();
  await desk.server.received(3);
  for (const minute of ["01", "02"]) {
    clock.set(`2026-11-20T09:${minute}:01Z`);
    await desk.poke();
    const newest = async () => (await desk.ledgerOf("cancel-other"))[0];
    await expect.poll(newest, PATIENT).toMatch(new RegExp(`^(ran|late) 2026-11-20T09:${minute}`));
  }
  expect((await desk.ledgerOf("cancel-other")).at(-1)).toBe("interrupted 2026-11-20T09:00");
  expect(await desk.ledgerOf("buffer-one")).toEqual([
    "skipped 2026-11-20T09:02 overlap",
    "due 2026-11-20T09:01",
    "running 2026-11-20T09:00",
  ]);
  held.release();
  await desk.idle();
  expect(await desk.ledgerOf("skip")).toEqual([
    "skipped 2026-11-20T09:02 overlap",
    "skipped 2026-11-20T09:01 overlap",
    "ran 2026-11-20T09:00",
  ]);
  expect((await desk.ledgerOf("buffer-one")).slice(1)).toEqual(["late 2026-11-20T09:01", "ran 2026-11-20T09:00"]);
});

clockTest(
  "edited while a run is under way: it goes on as it began, and the new schedule counts from then on",
  async () => {
    const clock = movedClock("2026-11-20T08:59:30Z");
    const held = gate();
    onTestFinished(() => held.release());
    const desk = await routineJourney(
      ({ messages }) =>
        script()
          .says(JSON.stringify(messages).includes("old words") ? "old" : "new")
          .holds(held),
      clock.environment,
    );
    const { connection } = desk.face;
    await desk.add({ name: "brief", prompt: "old words", schedule: { cron: "0 9 * * *" } });
    clock.set("2026-11-20T09:00:01Z");
    await desk.poke();
    await desk.server.received(1);
    const edits = [
      { name: "brief", changes: { prompt: "new words" }, schedule: { cron: "30 9 * * *" } },
      { name: "brief", changes: { overlap: "buffer-one" as const } },
      { name: "brief", changes: { overrides: { note: "Be short." } } },
    ];
    // Three faces at once.
    await Promise.all(edits.map((edit) => connection.request("routine.edit", edit)));
    const { routine } = await connection.request("routine.show", { name: "brief" });
    expect(routine).toMatchObject({ prompt: "new words", overlap: "buffer-one", overrides: { note: "Be short." } });
    expect(routine.next).toBe("2026-11-20T09:30:00.000Z");
    held.release();
    await desk.idle();
    clock.set("2026-11-20T09:30:01Z");
    await desk.poke();
    await desk.idle();
    expect(await desk.ledger()).toEqual(["ran 2026-11-20T09:30", "ran 2026-11-20T09:00"]);
    const finished = desk.face.entries.flatMap((one) => (one.kind === "turn.finished" ? [one.data.text] : []));
    expect(finished).toEqual(["old", "new"]);
  },
);
