import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { standingFrom } from "../../helper-daemon/routines/change-routine.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import type { RoutineRow } from "../../src/protocol/routine-methods.ts";
import { routineSchema, type Trigger } from "../../src/protocol/routine.ts";
import type { Json } from "../../src/protocol/values.ts";
import { cliOn } from "../commands/cli/run-cli.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { routineJourney } from "../fakes/routine-desk.ts";

/** A hang guard. */
const PATIENT = { timeout: 120_000 };
const MEGABYTE = 1_000_000;
const refusal = (request: Promise<unknown>) =>
  request.then(
    () => "nothing was refused",
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  );

/** A home with routines of these names, every five hundredth with a prompt of a megabyte. */
function homeWithRoutines(names: readonly string[], trigger: Trigger): string {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  const store = openStore(join(home, "loopd.db"), createStamp("seed"));
  createHub(store.log).together((record) => {
    for (const [index, name] of names.entries()) {
      const prompt = index % 500 === 499 ? "p".repeat(MEGABYTE) : "Go.";
      const after = { routine: routineSchema.parse({ name, prompt, trigger }) } as Json;
      record([{ kind: "state.changed", session: "home", data: { store: "routine", key: name, after } }]);
      store.routines.stand(name, standingFrom(trigger, Date.now()));
    }
  });
  store.close();
  return home;
}

test("ten thousand routines are listed, in a terminal and page by page, whatever they ask", PATIENT, async () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `r${String(i).padStart(5, "0")}`);
  const trigger = { type: "cron" as const, expression: "0 9 30 2 *", zone: "Europe/Berlin" };
  const home = homeWithRoutines(names.slice(0, 9_700), trigger);
  const desk = await routineJourney(undefined, { home });
  const cli = cliOn(home);
  onTestFinished(() => removeFolder(cli.workspace));
  for (const name of names.slice(9_700)) await desk.add({ name, schedule: { cron: "0 9 * * *" } });
  const listed = await cli.json<RoutineRow[]>("routines", "list");
  expect(listed.map(({ name }) => name)).toEqual(names);
  expect(listed.filter(({ isPromptCut }) => isPromptCut).length).toBe(19);
  const { stdout } = await cli.run(["routines", "list"]);
  expect(stdout.split("\n").filter((line) => line.startsWith("r0"))).toHaveLength(10_000);
  const { routine } = await desk.face.connection.request("routine.show", { name: "r00499" });
  expect(routine.prompt).toHaveLength(MEGABYTE);
});

test("odd names and endless prompts are refused in words; what is taken can be changed and followed", async () => {
  const desk = await routineJourney();
  const { connection } = desk.face;
  const daily = { schedule: { cron: "0 9 * * *" } };
  for (const name of ["two\nlines", "tab\tname", "🦀", "x".repeat(1_000), " ", "-", "\u202eabc", "a/b", "__proto__"])
    expect(await refusal(desk.add({ ...daily, name }))).toMatch(/^invalid-params: .*name.*up to 64 letters/s);
  for (const name of ["Zürich 07", "日報", "constructor"]) await desk.add({ ...daily, name });
  // Control characters are six bytes each in JSON.
  const prompt = "\u0001".repeat(300_000);
  expect(await refusal(desk.add({ ...daily, prompt }))).toMatch(/^invalid-params: .*prompt.*1\.5 MiB as JSON/s);
  const long = "p".repeat(MEGABYTE - 1);
  await desk.add({ ...daily, prompt: `${long}a` });
  await connection.request("routine.edit", { name: "brief", changes: { prompt: `${long}b` } });
  const changes = desk.face.entries.filter((one) => one.kind === "state.changed" && one.data.key === "brief");
  await desk.face.untilKind("state.changed", ({ data }) => data.key === "brief" && data.before !== undefined);
  expect(changes.length).toBeGreaterThan(0);
  await connection.request("routine.run", { name: "brief" });
  await desk.idle();
  const [run] = (await connection.request("routine.runs", { name: "brief" })).runs;
  expect([run?.state, run?.detail]).toEqual(["failed", expect.stringContaining("window")]);
  expect((await connection.request("routine.list", {})).routines.map(({ name }) => name)).toContain("日報");
});

test("a year of minutes is backfilled a hundred at a time, none twice, and cancelled at once", async () => {
  const desk = await routineJourney();
  const { connection } = desk.face;
  await desk.add({ schedule: { cron: "* * * * *" } });
  const year = { name: "brief", from: "2025-01-01", to: "2025-12-31" };
  const first = await connection.request("routine.backfill", year);
  expect([first.slots.length, first.slots[0], first.left]).toEqual([
    100,
    "2025-01-01T00:00:00.000Z",
    365 * 1_440 - 100,
  ]);
  await connection.request("routine.cancel", { name: "brief", by: "me" });
  await desk.idle();
  for (let round = 1; round <= 12; round += 1) {
    const next = await connection.request("routine.backfill", year);
    const begin = new Date(Date.UTC(2025, 0, 1) + round * 100 * 60_000).toISOString();
    expect([next.slots.length, next.slots[0], next.left]).toEqual([100, begin, 365 * 1_440 - 100 * (round + 1)]);
    await connection.request("routine.cancel", { name: "brief", by: "me" });
  }
  await desk.idle();
  expect((await desk.runs()).filter(({ state }) => state === "due" || state === "running")).toEqual([]);
});

test("an endpoint that is gone fails the run with words; a session that is gone or cleared begins anew", async () => {
  const desk = await routineJourney();
  const { connection } = desk.face;
  const url = desk.server.url;
  const profile = {
    ...{ dialect: "anthropic" as const, model: "m", trust: "local" as const },
    url,
    auth: "none" as const,
  };
  await connection.request("endpoint.add", { name: "other", profile });
  const hourly = { schedule: { cron: "0 * * * *" } };
  await desk.add({ ...hourly, name: "gone", endpoint: "other" });
  await desk.add({ ...hourly, name: "talk", session: "resume" });
  const first = await connection.request("routine.run", { name: "talk" });
  await desk.idle();
  await connection.request("endpoint.remove", { name: "other" });
  expect(await refusal(connection.request("routine.run", { name: "gone" }))).toMatch(/^unknown-endpoint: .*other/);
  await connection.request("routine.backfill", { name: "gone", from: "2026-01-05T10:00", to: "2026-01-05T10:00" });
  await desk.idle();
  const { runs } = await connection.request("routine.runs", { name: "gone" });
  expect(runs).toMatchObject([{ state: "failed", detail: expect.stringContaining("other") as string }]);
  await connection.request("session.clear", { session: first.session, by: "me" });
  const second = await connection.request("routine.run", { name: "talk" });
  await desk.idle();
  expect(second.session).toBe(first.session);
  expect(desk.server.requests.at(-1)?.body.messages).toHaveLength(1);
});
