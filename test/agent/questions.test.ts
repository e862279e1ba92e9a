import { expect, test } from "vitest";
import type { Entry } from "../../src/protocol/entries.ts";
import { calls, memoryWorld, type MemoryWorld, says, use } from "../fakes/memory-ports.ts";

const ofKind = <K extends Entry["kind"]>(world: MemoryWorld, kind: K) =>
  world.entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
const answer = (world: MemoryWorld, cardId: string, data: object = {}) =>
  world.write({
    ...{ kind: "card.resolved", session: "s1", turn: "t1" },
    data: { cardId, resolution: "answered", answer: "blue", by: "test", ...data },
  });
const texts = (world: MemoryWorld) => ofKind(world, "tool.finished").map((entry) => entry.data.text);

test("however often the helper stops while a question is open, its call runs again only once it is answered", async () => {
  const world = memoryWorld({ replies: [calls(use("ask")), says("done")] });
  for (let restart = 0; restart < 6; restart += 1) expect(await world.run()).toBe("waiting");
  answer(world, "t1.1.0#1");
  expect(await world.run()).toBe("ended");
  expect([world.performed.length, ofKind(world, "card.opened").length]).toEqual([2, 1]);
  expect(texts(world)).toEqual(['answered: "blue" ']);
});

test("a call that the helper dies under after each answer is still given up after three attempts", async () => {
  const world = memoryWorld({ replies: [calls(use("ask")), says("done")] });
  expect(await world.run()).toBe("waiting");
  answer(world, "t1.1.0#1");
  for (let attempt = 2; attempt <= 3; attempt += 1) {
    world.crashAt(2);
    expect(await world.run()).toBe("crashed");
  }
  expect(await world.run()).toBe("ended");
  expect([world.performed.length, ofKind(world, "card.opened").length]).toEqual([3, 1]);
  expect(ofKind(world, "tool.finished").map((entry) => entry.data.outcome)).toEqual(["error"]);
});

test("the question of a call that must not run again is withdrawn, and the person is asked what became of it", async () => {
  const world = memoryWorld({ replies: [calls(use("elicit")), says("done")] });
  expect(await world.run()).toBe("waiting");
  answer(world, "t1.1.0#1", { resolution: "approved", answer: undefined });
  expect(await world.run()).toBe("waiting");
  expect(await world.run()).toBe("waiting");
  expect(ofKind(world, "card.opened").map((entry) => entry.data.type)).toEqual(["approval", "question", "recovery"]);
  expect(ofKind(world, "card.resolved").at(-1)?.data).toMatchObject({ cardId: "t1.1.0#2", resolution: "cancelled" });
  answer(world, "t1.1.0#3", { answer: "again" });
  expect(await world.run()).toBe("waiting");
  expect(ofKind(world, "card.opened").at(-1)?.data).toMatchObject({ type: "question", cardId: "t1.1.0#4" });
  answer(world, "t1.1.0#4");
  expect(await world.run()).toBe("waiting");
  expect(ofKind(world, "card.opened").at(-1)?.data).toMatchObject({ type: "recovery", cardId: "t1.1.0#5" });
  answer(world, "t1.1.0#5", { answer: "again" });
  expect(await world.run()).toBe("ended");
  expect(texts(world)).toEqual(['answered: "blue" ']);
});

test("each call of a step asks its own question, one after the other", async () => {
  const world = memoryWorld({ replies: [calls(use("ask", {}, "a"), use("ask", {}, "b")), says("done")] });
  expect(await world.run()).toBe("waiting");
  expect(ofKind(world, "card.opened").map((entry) => entry.data.cardId)).toEqual(["t1.1.0#1"]);
  answer(world, "t1.1.0#1", { answer: "first" });
  expect(await world.run()).toBe("waiting");
  answer(world, "t1.1.1#1", { answer: "second" });
  expect(await world.run()).toBe("ended");
  expect(texts(world)).toEqual(['answered: "first" ', 'answered: "second" ']);
});

test("cancelling while a question is open settles card, call and turn in one record", async () => {
  const world = memoryWorld({ replies: [calls(use("ask"), use("act")), says("done")] });
  expect(await world.run()).toBe("waiting");
  world.write({ kind: "turn.stopping", session: "s1", turn: "t1", data: { by: "test", why: "" } });
  expect(await world.run()).toBe("ended");
  const resolved = ofKind(world, "card.resolved").map((entry) => [entry.data.cardId, entry.data.resolution]);
  expect(resolved).toEqual([
    ["t1.1.0#1", "cancelled"],
    ["t1.1.1#1", "cancelled"],
  ]);
  expect(ofKind(world, "tool.finished")).toHaveLength(2);
  expect(ofKind(world, "turn.finished")[0]?.data.finish).toBe("cancelled");
});
