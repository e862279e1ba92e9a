import { expect, onTestFinished, test } from "vitest";
import type { RoutineRow } from "../../src/protocol/routine-methods.ts";
import type { RunRow } from "../../src/protocol/routine.ts";
import { cliOn } from "../commands/cli/run-cli.ts";
import { removeFolder } from "../fakes/helper.ts";
import { gate, script } from "../fakes/model-server.ts";
import { routineJourney } from "../fakes/routine-desk.ts";

/** A hang guard. */
const PATIENT = { timeout: 60_000 };
const HOURLY = { schedule: { cron: "0 * * * *" } };
const refusal = (request: Promise<unknown>) =>
  request.then(
    () => "nothing was refused",
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  );

test("a person adds, sees, runs, edits, pauses, resumes and removes a routine from a terminal", async () => {
  const desk = await routineJourney();
  const cli = cliOn(desk.helper.home);
  onTestFinished(() => removeFolder(cli.workspace));
  const zone = ["--zone", "Europe/Berlin"];
  const added = await cli.run([
    "routines",
    "add",
    "brief",
    "--when",
    "weekdays at 9:00",
    ...zone,
    "--prompt",
    "Brief me",
  ]);
  expect(added.stdout).toMatch(
    /^brief: weekdays at 09:00 Europe\/Berlin\n {2}asks: Brief me\n {2}works in: .*\n {2}next:\n(.*09:00 Europe.*\n){5}$/,
  );
  expect(await cli.json<RoutineRow[]>("routines", "list")).toMatchObject([
    { name: "brief", trigger: { type: "cron", zone: "Europe/Berlin" }, workspace: cli.workspace, failures: 0 },
  ]);
  const next = ["next", "brief", "--count", "2", "--from", "2026-10-24T00:00:00Z"];
  expect(await cli.json("routines", ...next)).toEqual([
    { scheduledFor: "2026-10-26T08:00:00.000Z" },
    { scheduledFor: "2026-10-27T08:00:00.000Z" },
  ]);

  expect((await cli.run(["routines", "run", "brief"])).stdout).toContain("brief runs in session s");
  await desk.finished(1);
  const [run] = await cli.json<RunRow[]>("routines", "runs", "brief");
  expect(run).toMatchObject({ routine: "brief", state: "ran", askedAs: "run", tokens: expect.any(Number) as number });
  expect(desk.face.entries).toContainEqual(
    expect.objectContaining({
      kind: "turn.started",
      session: run?.session,
      data: expect.objectContaining({ origin: "routine" }) as object,
    }),
  );

  const edited = await cli.run([
    "routines",
    "edit",
    "brief",
    "--every",
    "2h",
    "--budget",
    "steps=3,time=10m",
    "--json",
  ]);
  expect(JSON.parse(edited.stdout)).toMatchObject({
    schedule: "every 2 hours",
    overrides: { maxSteps: 3, maxTurnMs: 600_000 },
  });
  expect((await cli.run(["routines", "pause", "brief", "--reason", "holiday"])).stdout).toMatch(
    /paused: Paused by .*: holiday/,
  );
  expect((await cli.run(["routines", "resume", "--all"])).stdout).not.toContain("paused");
  expect((await cli.run(["routines", "remove", "brief"])).stdout).toBe("Removed brief.\n");
  expect(await cli.json("routines", "list")).toEqual([]);
  expect(await cli.json("routines", "runs")).toHaveLength(1);
});

test("what cannot be is refused with what was understood, and nothing is kept", async () => {
  const desk = await routineJourney();
  const { connection } = desk.face;
  const refused = [
    [
      () => desk.add({ schedule: { when: "weekdays at banana" } }),
      /^invalid-params: .*Understood: "weekdays".*Not understood: "banana"/,
    ],
    [() => desk.add({ schedule: { cron: "* * * * * *" } }), /^invalid-params: .*6 fields.*five/],
    [
      () => desk.add({ schedule: { cron: "0 9 * * *" }, zone: "Mars/Base" }),
      /^invalid-params: .*no time zone "Mars\/Base"/,
    ],
    [() => desk.add({ schedule: { at: "2020-01-01T00:00:00Z" } }), /^invalid-params: .*past/],
    [() => desk.add({ schedule: { cron: "0 9 * * *", every: "2h" } }), /^invalid-params: .*one schedule/],
    [() => desk.add({ ...HOURLY, endpoint: "nowhere" }), /^unknown-endpoint: /],
    [() => desk.add({ ...HOURLY, overrides: { tools: ["files_raed"] } }), /^unknown-tool: .*files_read/],
    [() => desk.add({ ...HOURLY, workspace: "/nowhere/at/all" }), /^workspace-missing: /],
  ] as const;
  for (const [request, words] of refused) expect(await refusal(request())).toMatch(words);
  const preview = (when: string) =>
    connection.request("routine.preview", { schedule: { when }, zone: "Europe/Berlin" });
  expect(await refusal(preview("weekdays at banana"))).toMatch(/^invalid-params: .*Not understood: "banana"/);
  const previewed = await preview("weekdays at 9:00");
  expect(previewed.schedule).toBe("weekdays at 09:00 Europe/Berlin");
  expect(previewed.firings).toHaveLength(5);
  expect(await connection.request("routine.list", {})).toEqual({ routines: [] });
  await desk.add(HOURLY);
  expect(await refusal(desk.add(HOURLY))).toMatch(/^routine-exists: /);
  expect(await refusal(connection.request("routine.show", { name: "breif" }))).toMatch(
    /^unknown-routine: .*Did you mean brief\?/,
  );
});

test("a run that is under way is the only one, and is cancelled by name", async () => {
  const held = gate();
  const desk = await routineJourney(script().says("too late").holds(held));
  onTestFinished(() => held.release());
  await desk.add(HOURLY);
  const { connection } = desk.face;
  const { turn } = await connection.request("routine.run", { name: "brief" });
  await desk.server.received(1);
  expect(await refusal(connection.request("routine.run", { name: "brief" }))).toMatch(
    /^turn-open: A run of brief is under way/,
  );
  // Edited while it runs: it goes on as it began.
  await connection.request("routine.edit", { name: "brief", changes: { prompt: "Something else." } });
  expect(await connection.request("routine.cancel", { name: "brief", by: "me", why: "enough" })).toEqual({
    turns: [turn],
  });
  await desk.finished(1);
  expect(await desk.runs()).toMatchObject([{ state: "interrupted", detail: "Cancelled by me: enough" }]);
});

test("slots of the past run one after the other when they are asked for, and once", async () => {
  const desk = await routineJourney();
  await desk.add({ schedule: { cron: "0 9 * * *" } });
  const past = { name: "brief", from: "2026-01-05", to: "2026-01-07" };
  const { connection } = desk.face;
  const asked = { ...past, isDryRun: true };
  expect((await connection.request("routine.backfill", asked)).slots).toHaveLength(3);
  expect(await desk.runs()).toEqual([]);
  expect(await connection.request("routine.backfill", past)).toEqual({
    slots: ["2026-01-05T09:00:00.000Z", "2026-01-06T09:00:00.000Z", "2026-01-07T09:00:00.000Z"],
    left: 0,
  });
  await desk.finished(3);
  expect((await desk.runs()).map(({ state, askedAs }) => [state, askedAs])).toEqual(Array(3).fill(["ran", "backfill"]));
  const order = desk.face.entries.flatMap((entry) => (entry.kind === "turn.started" ? [entry.data.originKey] : []));
  expect(order).toEqual([...order].sort());
  expect((await connection.request("routine.backfill", past)).slots).toEqual([]);
});

test("a routine that keeps failing is paused, and says why; its slots then count as missed", async () => {
  const desk = await routineJourney(() => script().status(400));
  await desk.add({ ...HOURLY, pauseAfterFailures: 2 });
  const { connection } = desk.face;
  for (const count of [1, 2]) {
    await connection.request("routine.run", { name: "brief" });
    await desk.finished(count);
  }
  await desk.poke();
  const { routine } = await connection.request("routine.show", { name: "brief" });
  expect(routine).toMatchObject({ failures: 2, paused: "It failed 2 times in a row." });
  expect((await desk.runs())[0]).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("endpoint-") as string,
  });
  expect((await connection.request("routine.resume", { name: "brief" })).routine).toMatchObject({ failures: 0 });
});

test("a model adds a routine only with approval, sees its firings, and gives it no more than it may do itself", async () => {
  const wish = { name: "brief", prompt: "Write it.", when: "weekdays at 9:00", tools: ["files_read", "shell_run"] };
  const call = { name: "call_tool", input: { name: "routines_create", arguments: wish } };
  const desk = await routineJourney(script().calls([call]).says("done"));
  await desk.face.submit({
    ...{ input: "Every morning!", workspace: desk.workspace },
    overrides: { tools: ["routines_create", "files_read", "call_tool"] },
  });
  const { data } = await desk.face.untilKind("card.opened");
  const decided = await desk.face.untilKind("tool.decided");
  expect(decided.data.facts.preview).toMatch(/^New routine brief\nasks:\nWrite it\.[^]*next:\n(.* 09:00 .*\n?){5}$/);
  expect((await desk.face.connection.request("routine.list", {})).routines).toEqual([]);
  await desk.face.connection.request("card.resolve", { cardId: data.cardId, resolution: "approved", by: "me" });
  const { data: end } = await desk.face.untilKind("tool.finished");
  expect(end).toMatchObject({
    outcome: "ok",
    text: expect.stringContaining("Added brief: weekdays at 09:00") as string,
  });
  const { routines } = await desk.face.connection.request("routine.list", {});
  expect(routines).toMatchObject([{ workspace: desk.workspace, overrides: { tools: ["files_read"] } }]);
});

test("runs that go on in one session know of the ones before", async () => {
  const desk = await routineJourney();
  await desk.add({ ...HOURLY, session: "resume" });
  const { connection } = desk.face;
  const first = await connection.request("routine.run", { name: "brief" });
  await desk.finished(1);
  const second = await connection.request("routine.run", { name: "brief" });
  await desk.finished(2);
  expect(second.session).toBe(first.session);
  expect(desk.server.requests.at(-1)?.body.messages.filter(({ role }) => role === "user")).toHaveLength(2);
});

test("stopping everything pauses every routine", async () => {
  const desk = await routineJourney();
  await desk.add(HOURLY);
  const { connection } = desk.face;
  await connection.request("turn.stop-all", { by: "me", why: "enough" });
  const { routines } = await connection.request("routine.list", {});
  expect(routines).toMatchObject([{ paused: "Paused by me: enough" }]);
  expect((await connection.request("helper.status", {})).nextRun).toBeUndefined();
});

test("a person's question comes before the runs that wait for the same endpoint", async () => {
  const held = gate();
  const desk = await routineJourney(({ messages }, number) =>
    number === 1 ? script().says("first").holds(held) : script().says(JSON.stringify(messages.length)),
  );
  onTestFinished(() => held.release());
  const { connection } = desk.face;
  await connection.request("endpoint.set", { name: "test", changes: { slots: 1 } });
  for (const name of ["one", "two", "three"]) await desk.add({ ...HOURLY, name, prompt: `routine ${name}` });
  await connection.request("routine.run", { name: "one" });
  await desk.server.received(1);
  for (const name of ["two", "three"]) await connection.request("routine.run", { name });
  for (const count of [2, 3])
    await expect.poll(() => sentCount(desk.face.entries), PATIENT).toBeGreaterThanOrEqual(count);
  await desk.face.submit({ input: "a person asks", workspace: desk.workspace });
  await expect.poll(() => sentCount(desk.face.entries), PATIENT).toBe(4);
  held.release();
  await desk.finished(3);
  await desk.server.received(4);
  expect(desk.server.requests[1]?.text).toContain("a person asks");
});

function sentCount(entries: readonly { kind: string }[]): number {
  return entries.filter(({ kind }) => kind === "request.sent").length;
}
