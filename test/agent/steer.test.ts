import { expect, test } from "vitest";
import type { Hook } from "../../src/protocol/hooks.ts";
import { calls, memoryWorld, says, startTurn, use } from "../fakes/memory-ports.ts";

const CHECK: Hook = { name: "check", at: ["answer"], mode: "restrictive", onFail: "deny" };
const value = (number: number) => calls(use("final_answer", { json: { number } }));

test.each([
  ["words", [says("first"), says("second")], undefined, "second"],
  ["JSON", [value(1), value(2)], { type: "object" }, '{"number":2}'],
])("words of a person that come while an answer in %s is checked are read before the turn ends", async (...row) => {
  const [, replies, schema, text] = row;
  let isSaid = false;
  const world = memoryWorld({
    replies: [says("hello"), ...replies],
    hooks: [CHECK],
    hook: (_, { at }) => {
      if (world.view().turn?.turn === "t2" && !isSaid) {
        isSaid = true;
        world.write({ kind: "note.added", session: "s1", turn: "t2", data: { from: "person", text: "and mind this" } });
      }
      return at === "answer" ? { verdict: "pass" } : {};
    },
  });
  expect(await world.run()).toBe("ended");
  const where = { origin: "user" as const, originKey: "t2", endpoint: "e", model: "m", provenance: {} };
  const data = { ...where, input: "go", overrides: { schema } };
  world.write({ kind: "turn.started", session: "s1", turn: "t2", data });
  expect(await world.run()).toBe("ended");
  expect(isSaid).toBe(true);
  expect(JSON.stringify(world.requests.at(-1)?.messages.at(-1))).toContain("and mind this");
  expect(world.entries.at(-1)).toMatchObject({ kind: "turn.finished", turn: "t2", data: { finish: "done", text } });
  expect(world.entries.filter((entry) => entry.kind === "request.sent" && entry.data.brokenBy !== undefined)).toEqual(
    [],
  );
});

test("words that come at any moment, also after a crash, in the closing answer or with a turn in line, are told once", async () => {
  const may = [{ id: "may", layer: "config" as const, when: { tool: "act" }, decision: "execute" as const }];
  let moments = 0;
  for (let plug = 1; plug <= 14; plug += 1) {
    const replies = [calls(use("look"), use("act", {}, "b")), calls(use("act", {}, "c")), says("one"), says("two")];
    const world = memoryWorld({ replies, rules: may, maxSteps: 2, crashes: [plug] });
    if ((await world.run()) !== "crashed") continue;
    moments += 1;
    world.write({ kind: "note.added", session: "s1", turn: "t1", data: { from: "person", text: "mind this" } });
    startTurn(world, "t2", "and then?");
    for (let end = await world.run(); end !== "ended"; end = await world.run()) {
      const open = world.entries.findLast((entry) => entry.kind === "card.opened");
      if (end !== "waiting" || open?.kind !== "card.opened") continue;
      const data = { cardId: open.data.cardId, resolution: "answered" as const, answer: "skip", by: "test" };
      world.write({ kind: "card.resolved", session: "s1", turn: "t1", data });
    }
    expect(world.view().turn).toMatchObject({ turn: "t2", finish: "done" });
    expect(JSON.stringify(world.requests.at(-1)?.messages).split("mind this")).toHaveLength(2);
    expect(
      world.entries.flatMap(({ kind, data }) => (kind === "request.sent" ? [data.brokenBy] : [])),
    ).not.toContainEqual(expect.anything());
  }
  expect(moments).toBeGreaterThan(6);
});
