import { expect, test } from "vitest";
import { calls, memoryWorld, says, use } from "../fakes/memory-ports.ts";

const finishOf = (world: ReturnType<typeof memoryWorld>) =>
  world.entries.flatMap((entry) => (entry.kind === "turn.finished" ? [entry.data] : []));
const closingNotes = (world: ReturnType<typeof memoryWorld>) =>
  world.entries.flatMap((entry) => (entry.kind === "note.added" && entry.data.closes ? [entry.data.text] : []));

test("a model that asks for ever for what is denied gets a closing answer, and no call of that one runs", async () => {
  const denied = { id: "no", layer: "config" as const, when: { tool: "act" }, decision: "deny" as const };
  const world = memoryWorld({ replies: [calls(use("act"))], rules: [denied], limits: { maxDenials: 4 } });
  expect(await world.run()).toBe("ended");
  expect(closingNotes(world)).toEqual([expect.stringContaining("4 calls of this turn were denied")]);
  expect(world.requests).toHaveLength(5);
  expect(finishOf(world)).toEqual([expect.objectContaining({ finish: "budget" })]);
  expect(world.performed).toEqual([]);
});

test("the same call with the same result three times ends the turn; another result does not count", async () => {
  const stuck = memoryWorld({ replies: [calls(use("look", { path: "a" }))] });
  expect(await stuck.run()).toBe("ended");
  expect(closingNotes(stuck)).toEqual([expect.stringContaining("same result 3 times")]);
  expect(stuck.performed).toHaveLength(3);

  let count = 0;
  const moving = memoryWorld({
    replies: [calls(use("look", { path: "a" }))],
    maxSteps: 6,
    answers: () => ({ text: `line ${(count += 1)}` }),
  });
  expect(await moving.run()).toBe("ended");
  expect(moving.performed).toHaveLength(6);
  expect(finishOf(moving)).toEqual([expect.objectContaining({ finish: "step-limit" })]);
});

test("looking again after something else has changed is no standstill, and neither is a call that hangs", async () => {
  const working = memoryWorld({
    replies: [...Array(4)]
      .flatMap((_, n) => [calls(use("look", { path: "a" })), calls(use("save", { n }))])
      .concat(says("done")),
    rules: [{ id: "may", layer: "config", when: { tool: "save" }, decision: "execute" }],
  });
  expect(await working.run()).toBe("ended");
  expect(finishOf(working)).toEqual([{ finish: "done", text: "done" }]);
  const hanging = memoryWorld({
    replies: [calls(use("look", { path: "a" }))],
    maxSteps: 5,
    answers: () => ({ kind: "timed-out", text: "ERROR: stopped" }),
  });
  expect(await hanging.run()).toBe("ended");
  expect(finishOf(hanging)).toEqual([expect.objectContaining({ finish: "step-limit" })]);
});

test("tokens are counted as the endpoint reports them", async () => {
  let path = 0;
  const world = memoryWorld({
    replies: [calls(use("look", { path: "a" }))],
    limits: { maxTokens: 7 },
    answers: () => ({ text: String((path += 1)) }),
  });
  expect(await world.run()).toBe("ended");
  // Two tokens a response: the fourth reaches the limit, the fifth answers.
  expect(world.requests).toHaveLength(5);
  expect(closingNotes(world)).toEqual([expect.stringContaining("used its 7 tokens")]);
});

test("a closing answer in words is the turn's text", async () => {
  const world = memoryWorld({
    replies: [calls(use("act")), calls(use("act")), says("I could not.")],
    rules: [{ id: "no", layer: "config", when: { effect: "exec" }, decision: "deny" }],
    limits: { maxDenials: 2 },
  });
  expect(await world.run()).toBe("ended");
  expect(finishOf(world)).toEqual([{ finish: "budget", text: "I could not." }]);
});

test("a crash anywhere neither forgets what was used nor asks for a second closing answer", async () => {
  for (let plug = 1; plug <= 14; plug += 1) {
    const world = memoryWorld({ replies: [calls(use("look", { path: "a" }))], crashes: [plug] });
    let end = await world.run();
    while (end === "crashed") end = await world.run();
    expect(end).toBe("ended");
    expect(closingNotes(world)).toHaveLength(1);
    expect(finishOf(world)).toHaveLength(1);
  }
});
