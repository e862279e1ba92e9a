import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Overrides } from "../../src/protocol/entries.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { type Behaviour, gate, script } from "../fakes/model-server.ts";
import { dataOf } from "./hostile-world.ts";

/** A turn in a home with this configuration. */
async function turn(config: object, behaviour: Behaviour, overrides?: Overrides): Promise<Journey> {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify(config));
  const begun = await journey(behaviour, { home });
  writeFileSync(join(begun.workspace, "a.txt"), "text");
  const { workspace } = begun;
  await begun.face.submit({ input: "go", workspace, ...(overrides === undefined ? {} : { overrides }) });
  return begun;
}

const finished = async ({ face }: Journey) => (await face.untilKind("turn.finished")).data;
const texts = ({ server }: Journey) => server.requests.map(({ text }) => text);
const reading = (number: number) => script().calls("files_read", { path: "a.txt", from: number });
/** Reads on and on, until it is told to answer. */
const endless: Behaviour = (body, number) =>
  JSON.stringify(body.messages.at(-1)).includes("Answer now") ? script().says("my best answer") : reading(number);

test("at its last step a turn gives one closing answer, and no tool of that answer runs", async () => {
  const limited = await turn({ limits: { maxSteps: 3 } }, (_, number) => reading(number));
  expect(await finished(limited)).toMatchObject({ finish: "step-limit" });
  expect(limited.server.requests).toHaveLength(4);
  expect(dataOf(limited.face, "tool.started")).toHaveLength(3);
  expect(texts(limited).at(-1)).toContain("This turn has used its 3 steps. Answer now");
});

test("a turn's own step limit counts instead of the configured one, and its answer in words is the turn's", async () => {
  const limited = await turn({ limits: { maxSteps: 50 } }, endless, { maxSteps: 2 });
  expect(await finished(limited)).toEqual({ finish: "step-limit", text: "my best answer" });
  expect(limited.server.requests).toHaveLength(3);
});

test("a model that asks for ever for the denied tool is ended by the budget of denials, with a closing answer", async () => {
  const denied = await turn(
    { limits: { maxDenials: 4 }, rules: [{ id: "no", when: { tool: "files_write" }, decision: "deny" }] },
    (body) =>
      JSON.stringify(body.messages.at(-1)).includes("Answer now")
        ? script().says("I may not")
        : script().calls("files_write", { path: "b.txt", text: "x" }),
  );
  expect(await finished(denied)).toEqual({ finish: "budget", text: "I may not" });
  expect(dataOf(denied.face, "tool.finished").map(({ outcome }) => outcome)).toEqual(Array(4).fill("denied"));
  expect(readdirSync(denied.workspace)).toEqual(["a.txt"]);
});

test("the same call with the same result three times ends the turn with a closing answer", async () => {
  const stuck = await turn({}, (body) =>
    JSON.stringify(body.messages.at(-1)).includes("Answer now") ? script().says("stuck") : reading(1),
  );
  expect(await finished(stuck)).toEqual({ finish: "budget", text: "stuck", repairs: { repeated: 2 } });
  expect(dataOf(stuck.face, "tool.finished")).toHaveLength(3);
});

test("a turn that has used its tokens gives a closing answer", async () => {
  const usage = { input_tokens: 400, output_tokens: 100 };
  const spent = await turn({ limits: { maxTokens: 1000 } }, (_, number) => reading(number).withUsage(usage));
  expect(await finished(spent)).toMatchObject({ finish: "budget" });
  expect(spent.server.requests).toHaveLength(3);
  expect(texts(spent).at(-1)).toContain("This turn has used its 1000 tokens.");
});

test.each([
  ["a command", () => script().calls("shell_run", { command: "sleep 600", outside: true })],
  ["a model that never answers", () => script().silent()],
  ["a model that stops in the middle", () => script().stalls()],
])("%s is not waited for beyond the turn's time", async (_, hangs) => {
  const rules = [{ id: "run", when: { effect: "exec" }, decision: "execute" }];
  const slow = await turn({ limits: { maxTurnMs: 1_000 }, rules }, (_, number) =>
    number === 1 ? hangs() : script().says("in a hurry"),
  );
  expect(await finished(slow)).toEqual({ finish: "budget", text: "in a hurry" });
  expect(texts(slow)).toHaveLength(2);
  expect(texts(slow).at(-1)).toContain("This turn has used its 1 seconds.");
  expect(dataOf(slow.face, "request.sent").map(({ brokenBy }) => brokenBy)).toEqual([undefined, undefined]);
  const outcomes = dataOf(slow.face, "tool.finished").map(({ outcome }) => outcome);
  expect(outcomes.every((outcome) => outcome === "timed-out")).toBe(true);
});

test("a turn that has used its time gives a closing answer", async () => {
  const held = gate();
  const slow = await turn({ limits: { maxTurnMs: 1_000 } }, (_, number) =>
    number === 1 ? reading(number).holds(held) : script().says("in a hurry"),
  );
  const started = slow.face.entries.find(({ kind }) => kind === "turn.started");
  const begun = Date.parse(started?.at ?? new Date().toISOString());
  // No event tells that the time is over: it is over once the clock says so.
  while (Date.now() < begun + 1_100) await new Promise((resolve) => setTimeout(resolve, 50));
  held.release();
  expect(await finished(slow)).toEqual({ finish: "budget", text: "in a hurry" });
  expect(texts(slow).at(-1)).toContain("This turn has used its 1 seconds.");
});

test("budgets are not used anew after kill -9: what was spent before counts", async () => {
  const usage = { input_tokens: 400, output_tokens: 100 };
  const held = gate();
  const spent = await turn({ limits: { maxTokens: 1000 } }, (_, number) => {
    const step = reading(number).withUsage(usage);
    return number === 2 ? step.holds(held) : step;
  });
  await spent.server.received(2);
  await spent.helper.kill();
  held.release();
  const { face } = await spent.restart();
  expect((await face.untilKind("turn.finished")).data.finish).toBe("budget");
  expect(dataOf(face, "model.responded")).toHaveLength(3);
});
