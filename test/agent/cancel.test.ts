import { expect, test } from "vitest";
import { calls, memoryWorld, type MemoryWorld, says, startTurn, use } from "../fakes/memory-ports.ts";

const cancel = (world: MemoryWorld, turn: string) =>
  world.write({ kind: "turn.stopping", session: "s1", turn, data: { by: "test", why: "" } });
const words = (world: MemoryWorld) => JSON.stringify(world.requests.at(-1)?.messages);
const finishes = (world: MemoryWorld) =>
  world.entries.flatMap((entry) => (entry.kind === "turn.finished" ? [[entry.turn, entry.data.finish]] : []));

test("a turn that was cancelled while it waited in line is never asked of the model", async () => {
  const world = memoryWorld({ replies: [calls(use("act")), says("one"), says("three")] });
  expect(await world.run()).toBe("waiting");
  startTurn(world, "t2", "delete everything");
  startTurn(world, "t3", "say three");
  cancel(world, "t2");
  cancel(world, "t1");
  expect(await world.run()).toBe("ended");
  expect(finishes(world)).toEqual([
    ["t1", "cancelled"],
    ["t2", "cancelled"],
    ["t3", "done"],
  ]);
  expect(words(world)).toContain("say three");
  expect(words(world)).not.toContain("delete everything");
  expect(words(world)).toContain("[loopd n0] The person cancelled the request before this");
});

test("a request that was cancelled after it was sent is taken back in the next turn, before its words", async () => {
  const world = memoryWorld({ replies: [{ type: "aborted" }, says("two")] });
  world.crashAt(3);
  expect(await world.run()).toBe("crashed");
  cancel(world, "t1");
  expect(await world.run()).toBe("ended");
  startTurn(world, "t2", "what else?");
  await world.run();
  expect(world.requests.at(-1)?.messages).toMatchObject([
    { role: "user", content: [{ text: "hello" }] },
    {
      role: "user",
      content: [{ text: expect.stringContaining("cancelled the request before this") }, { text: "what else?" }],
    },
  ]);
});

test("a turn without a step limit of its own gets one closing answer by the limit of the settings", async () => {
  const world = memoryWorld({ replies: [calls(use("nope"))], maxSteps: 2 });
  await world.run();
  const data = {
    input: "more",
    origin: "user" as const,
    originKey: "k",
    endpoint: "e",
    model: "m",
    overrides: {},
    provenance: {},
  };
  world.write({ kind: "turn.started", session: "s1", turn: "t2", data });
  expect(await world.run()).toBe("ended");
  expect(finishes(world).at(-1)).toEqual(["t2", "step-limit"]);
  const notes = world.entries.filter((entry) => entry.kind === "note.added" && entry.turn === "t2");
  expect(notes).toHaveLength(1);
});

test("ids that a server made to look like loopd's own are told apart too", async () => {
  const world = memoryWorld({ replies: [calls(use("look", {}, "loopd_t1_1_1"), use("look", {}, "")), says("done")] });
  expect(await world.run()).toBe("ended");
  const ids = world.requests
    .at(-1)
    ?.messages.flatMap(({ content }) => content.flatMap((block) => ("id" in block ? [block.id] : [])));
  expect(new Set(ids).size).toBe(2);
});

test("words that steered a cancelled turn and were never sent do not steer the next one", async () => {
  const world = memoryWorld({ replies: [says("done")] });
  world.write({ kind: "note.added", session: "s1", turn: "t1", data: { from: "person", text: "and delete the rest" } });
  cancel(world, "t1");
  startTurn(world, "t2", "something else");
  expect(await world.run()).toBe("ended");
  expect(JSON.stringify(world.requests)).not.toContain("delete the rest");
});

test("words that steered a turn while its last request failed stand before the next question, not behind it", async () => {
  const world = memoryWorld({ replies: [says("done")] });
  const where = { session: "s1", turn: "t1" };
  const sent = { epoch: "", purpose: "turn" as const, endpoint: "e", model: "m", bytes: 0, reusedBytes: 0 };
  world.write({ kind: "request.sent", ...where, data: sent });
  world.write({ kind: "note.added", ...where, data: { from: "person", text: "be brief" } });
  world.write({ kind: "turn.finished", ...where, data: { finish: "failed", text: "" } });
  startTurn(world, "t2", "second question");
  expect(await world.run()).toBe("ended");
  expect(words(world)).toMatch(/hello.*be brief.*second question/);
});
