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

test("going to and fro between two changes is a standstill as well; a look after each new change is none", async () => {
  const may = [{ id: "may", layer: "config" as const, when: { tool: "save" }, decision: "execute" as const }];
  const [on, off] = [calls(use("save", { light: "on" })), calls(use("save", { light: "off" }))];
  const toAndFro = memoryWorld({ replies: [on, off, on, off, on, off, on, off, says("done")], rules: may });
  expect(await toAndFro.run()).toBe("ended");
  expect(closingNotes(toAndFro)).toEqual([expect.stringContaining("same result 3 times")]);
  const check = calls(use("act", { command: "make" }));
  const anew = memoryWorld({
    replies: [1, 2, 3, 4, 5].flatMap((n) => [calls(use("save", { n })), structuredClone(check)]).concat(says("done")),
    rules: [...may, { id: "run", layer: "config", when: { tool: "act" }, decision: "execute" }],
  });
  expect(await anew.run()).toBe("ended");
  expect(finishOf(anew)).toEqual([{ finish: "done", text: "done" }]);
});

test("the same call counts as the same through call_tool, with its keys in another order", async () => {
  const through = { name: "look", arguments: { b: 1, a: { d: 2, c: 3 } } };
  const stuck = memoryWorld({
    replies: [
      calls(use("look", { a: { c: 3, d: 2 }, b: 1 })),
      calls(use("call_tool", through)),
      calls(use("look", { b: 1, a: { d: 2, c: 3 } })),
      says("enough"),
    ],
  });
  expect(await stuck.run()).toBe("ended");
  expect(stuck.performed).toHaveLength(3);
  expect(closingNotes(stuck)).toHaveLength(1);
});

test("a response without usage is counted by its size, so a limit on tokens holds all the same", async () => {
  let path = 0;
  const world = memoryWorld({
    replies: [{ type: "responded", content: [use("look", { path: "a" })], stopReason: "tool_use" }],
    limits: { maxTokens: 1_000 },
    answers: () => ({ text: String((path += 1)).padStart(700) }),
  });
  expect(await world.run()).toBe("ended");
  expect(closingNotes(world)).toEqual([expect.stringContaining("used its 1000 tokens")]);
  const sent = world.entries.flatMap((entry) => (entry.kind === "request.sent" ? [entry.data.bytes] : []));
  // The last of them is the closing answer.
  const bytes = sent.slice(0, -1).reduce((sum, one) => sum + one, 0);
  expect(bytes / 3.5).toBeGreaterThan(800);
  expect(sent.slice(0, -2).reduce((sum, one) => sum + one, 0) / 3.5).toBeLessThan(1_000);
});
