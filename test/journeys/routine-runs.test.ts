import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { delegating, homeWith, isDelegated, plays } from "../fakes/delegating.ts";
import { clockTest, movedClock } from "../fakes/moved-clock.ts";
import { gate, script, startModelServer } from "../fakes/model-server.ts";
import { recordingPrograms } from "../fakes/recording-programs.ts";
import { routineJourney } from "../fakes/routine-desk.ts";

/** A hang guard. */
const PATIENT = { timeout: 60_000 };
const HOURLY = { schedule: { cron: "0 * * * *" } };
/** One attempt for each request, so that a failure is told at once. */
const ONE_ATTEMPT = { limits: { requestAttempts: 1 } };
const sentCount = (entries: readonly { kind: string }[]) =>
  entries.filter(({ kind }) => kind === "request.sent").length;

clockTest("a run that failed is tried again where nothing can have happened, and only there", async () => {
  const clock = movedClock("2026-11-20T08:59:30Z");
  let isAway = true;
  const desk = await routineJourney(
    ({ messages }) => {
      const hasActed = messages.at(-1)?.content.some(({ type }) => type === "tool_result") === true;
      const acts = JSON.stringify(messages[0]).includes("Act.") && !hasActed;
      if (acts) return script().calls("shell_run", { command: "echo once >> effect.txt", outside: true });
      return isAway ? script().status(500) : script().says("done");
    },
    { ...clock, home: homeWith(ONE_ATTEMPT) },
  );
  const rule = { id: "run", when: { tool: "shell_run" }, decision: "execute" as const };
  await desk.face.connection.request("rule.add", { rule });
  await desk.add({ name: "act", prompt: "Act.", schedule: { cron: "0 9 * * *" } });
  await desk.add({ name: "talk", prompt: "Talk.", schedule: { cron: "0 9 * * *" } });
  clock.set("2026-11-20T09:00:01Z");
  await desk.poke();
  await expect.poll(() => desk.ledgerOf("act"), PATIENT).toEqual(["failed 2026-11-20T09:00"]);
  await expect
    .poll(async () => (await desk.runs()).find((run) => run.routine === "talk"), PATIENT)
    .toMatchObject({
      state: "due",
      detail: expect.stringContaining("endpoint-server-error") as string,
    });
  isAway = false;
  clock.set("2026-11-20T09:00:40Z");
  await desk.poke();
  expect(await desk.ledgerOf("talk")).toEqual(["due 2026-11-20T09:00"]);
  clock.set("2026-11-20T09:01:10Z");
  await desk.poke();
  await desk.idle();
  expect(await desk.ledgerOf("talk")).toEqual(["ran 2026-11-20T09:00"]);
  expect(await desk.ledgerOf("act")).toEqual(["failed 2026-11-20T09:00"]);
  expect(readFileSync(join(desk.workspace, "effect.txt"), "utf8")).toBe("once\n");
  expect(desk.face.entries.filter(({ kind }) => kind === "turn.started")).toHaveLength(3);
});

clockTest("a routine that a person approves late means what its card showed, or is refused", async () => {
  const clock = movedClock("2026-11-20T12:00:00Z");
  const desk = await routineJourney(({ messages }) => {
    if (messages.length > 1) return script().says("done");
    const said = JSON.stringify(messages[0]?.content);
    const [, name = "", when = ""] = /<(\w+): ([^>]+)>/.exec(said) ?? [];
    const wish = { name, prompt: "Do it.", when };
    return script().calls([{ name: "call_tool", input: { name: "routines_create", arguments: wish } }]);
  }, clock);
  const { connection } = desk.face;
  const asked = [
    ["soon", "in 20 minutes"],
    ["past", "in 5 minutes"],
    ["day", "tomorrow 15:00"],
    ["often", "every 2h"],
  ] as const;
  const turns = new Map<string, string>();
  for (const [name, when] of asked)
    turns.set(name, (await desk.face.submit({ input: `<${name}: ${when}>`, workspace: desk.workspace })).turn);
  const answer = async (name: string): Promise<string> => {
    const ofTurn = ({ turn }: { turn?: string }) => turn === turns.get(name);
    const { data } = await desk.face.untilKind("card.opened", ofTurn);
    await connection.request("card.resolve", { cardId: data.cardId, resolution: "approved", by: "me" });
    return (await desk.face.untilKind("tool.finished", ofTurn)).data.text;
  };
  await Promise.all(asked.map(([name]) => desk.face.untilKind("card.opened", ({ turn }) => turn === turns.get(name))));
  clock.set("2026-11-20T12:10:00Z");
  expect(await answer("past")).toMatch(/^ERROR: That meant Fri 20 Nov 2026 12:0\d(:\d\d)? UTC .* which is past by now/);
  expect(await answer("soon")).toMatch(/^Added soon: once, Fri 20 Nov 2026 12:2\d(:\d\d)? UTC/);
  clock.set("2026-11-21T00:30:00Z");
  expect(await answer("day")).toMatch(/^Added day: once, Sat 21 Nov 2026 15:00 UTC/);
  expect(await answer("often")).toMatch(/^Added often: every 2 hours\.\nNext:\n- Sat 21 Nov 2026 02:00 UTC/);
  const { routines } = await connection.request("routine.list", {});
  expect(routines.map(({ name }) => name)).toEqual(["day", "often", "soon"]);
  const decided = desk.face.entries.flatMap((one) => (one.kind === "tool.decided" ? [one.data.facts.preview] : []));
  const shown = /runs (once, .*12:2\d.* UTC \S+)/.exec(decided.join("\n"))?.[1];
  expect(routines.find(({ name }) => name === "soon")?.schedule).toBe(shown);
});

test("a person's question comes before what a routine's run has delegated, too", async () => {
  const held = gate();
  onTestFinished(() => held.release());
  const done = () => script().says("done");
  const play = plays([delegating({ task: "task-a" }, { task: "task-b" }), done], {
    "task-a": [() => script().says("a").holds(held)],
    "task-b": [() => script().says("b").holds(held)],
  });
  const desk = await routineJourney((body, number) => {
    const isPerson = !isDelegated(body) && JSON.stringify(body.messages[0]).includes("a person asks");
    if (isPerson) return done();
    return typeof play === "function" ? play(body, number) : play;
  });
  const { connection } = desk.face;
  await connection.request("endpoint.set", { name: "test", changes: { slots: 1 } });
  await desk.add(HOURLY);
  await connection.request("routine.run", { name: "brief" });
  await desk.server.received(2);
  await expect.poll(() => sentCount(desk.face.entries), PATIENT).toBe(3);
  await desk.face.submit({ input: "a person asks", workspace: desk.workspace });
  await expect.poll(() => sentCount(desk.face.entries), PATIENT).toBe(4);
  held.release();
  await desk.idle();
  expect(desk.server.requests[2]?.text).toContain("a person asks");
});

test("a routine runs with its own endpoint, model, tools, note and budget, and never waits where it may not", async () => {
  const desk = await routineJourney();
  const { connection } = desk.face;
  const other = await startModelServer(({ messages }) => {
    const said = JSON.stringify(messages[0]);
    if (said.includes("Spend.")) return script().calls("files_list", { path: "." });
    const acts = [
      script().calls("files_write", { path: "effect.txt", text: "x" }),
      script().calls("shell_run", { command: "touch effect.txt", outside: true }),
    ];
    return acts[(messages.length - 1) / 2] ?? script().says("done");
  });
  onTestFinished(() => other.close());
  const profile = { ...{ dialect: "anthropic" as const, model: "m", trust: "local" as const, window: 200_000 } };
  await connection.request("endpoint.add", { name: "other", profile: { ...profile, url: other.url, auth: "none" } });
  const own = { ...HOURLY, endpoint: "other", model: "m2" };
  const overrides = { note: "Mind the gap.", tools: ["shell_run", "files_read"], approvals: "deny" as const };
  await desk.add({ ...own, name: "careful", prompt: "Act.", overrides });
  await desk.add({ ...own, name: "frugal", prompt: "Spend.", overrides: { maxSteps: 2 }, pauseAfterFailures: 1 });
  for (const name of ["careful", "frugal"]) await connection.request("routine.run", { name });
  await desk.idle();
  expect(desk.server.requests).toEqual([]);
  expect(new Set(other.requests.map(({ body }) => body.model))).toEqual(new Set(["m2"]));
  const [first] = other.requests.filter(({ text }) => text.includes("Act."));
  expect(first?.text).toContain("Mind the gap.");
  const ends = desk.face.entries.flatMap((one) => (one.kind === "tool.finished" ? [one.data] : []));
  expect(ends.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
    expect.arrayContaining(["files_write denied", "shell_run denied"]),
  );
  expect(desk.face.entries.filter(({ kind }) => kind === "card.opened")).toEqual([]);
  expect(existsSync(join(desk.workspace, "effect.txt"))).toBe(false);
  expect((await desk.ledgerOf("careful"))[0]).toMatch(/^ran /);
  expect((await desk.ledgerOf("frugal"))[0]).toMatch(/^failed /);
  await desk.poke();
  const { routine } = await connection.request("routine.show", { name: "frugal" });
  expect(routine).toMatchObject({ paused: "It failed once.", failures: 1 });
  const [run] = (await connection.request("routine.runs", { name: "frugal" })).runs;
  expect(run?.detail).toContain("step");
});

test.skipIf(process.platform !== "linux")(
  "the person is told of a run's end, of its failure, and of what waits",
  async () => {
    const programs = recordingPrograms(["notify-send"]);
    const desk = await routineJourney(
      ({ messages }) => {
        const said = JSON.stringify(messages[0]);
        if (said.includes("Fail.")) return script().status(400);
        if (said.includes("Ask.") && messages.length === 1)
          return script().calls("shell_run", { command: "true", outside: true });
        return script().says("All is <b>well</b>.");
      },
      { environment: { PATH: programs.PATH } },
    );
    const { connection } = desk.face;
    const all = { ...HOURLY, notify: ["finish" as const, "failure" as const, "approval" as const] };
    await desk.add({ ...all, name: "good", prompt: "Say." });
    await desk.add({ ...all, name: "bad", prompt: "Fail.", pauseAfterFailures: 1 });
    await desk.add({ ...all, name: "asks", prompt: "Ask." });
    await desk.add({ ...all, name: "silent", prompt: "Fail.", notify: [] });
    for (const name of ["good", "bad", "asks", "silent"]) await connection.request("routine.run", { name });
    const told = () => programs.called().sort();
    await expect.poll(() => told().length, PATIENT).toBe(4);
    const [asks, failed, paused, good] = told();
    const head = "notify-send --app-name=loopd -- loopd: Routine";
    expect(asks).toBe(`${head} asks It waits for you. See: loopd approvals`);
    expect(failed).toMatch(/Routine bad It failed: endpoint-/);
    expect(paused).toBe(`${head} bad It is paused. It failed once.`);
    expect(good).toContain("Routine good It has run: All is");
  },
);
