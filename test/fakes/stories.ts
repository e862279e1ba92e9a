import fc from "fast-check";
import type { ModelReply } from "../../src/agent/ports.ts";
import type { Hook } from "../../src/protocol/hooks.ts";
import { calls, memoryWorld, says, startTurn, use, type MemoryWorld } from "./memory-ports.ts";

const call = fc.record({
  name: fc.constantFrom("look", "note", "ask", "act", "elicit", "save", "nope"),
  id: fc.constantFrom("a", "b", "", "c"),
});
const reply: fc.Arbitrary<ModelReply> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(call, { minLength: 1, maxLength: 4 })
      .map((list) => calls(...list.map(({ name, id }) => use(name, {}, id)))),
  },
  { weight: 1, arbitrary: fc.constant(says("enough")) },
  {
    weight: 1,
    arbitrary: fc.constant({ type: "failed", code: "endpoint-overloaded", message: "busy" } satisfies ModelReply),
  },
);
/** What a person does each time the loop waits for one. */
const deed = fc.constantFrom("approve", "deny", "steer", "cancel", "happened", "again", "skip", "submit");
/** What hooks answer, one after the other; `undefined` fails. What does not fit the phase fails as well. */
const said = fc.constantFrom<unknown>(
  ...[{}, {}, { arguments: { by: "hook" } }, { cancel: { reason: "no" } }, undefined],
  ...[{ decision: "execute" }, { decision: "deny" }, { decision: "requiresApproval" }],
  ...[{ outcome: { text: "reshaped" } }, { verdict: "pass" }, { verdict: "fail", text: "bad" }],
);
/** Hooks that are asked in every phase. */
export const HOOKS: Hook[] = ["one", "two"].map((name) => {
  return { name, at: ["before", "decide", "after", "answer"], mode: "restrictive", onFail: "deny" };
});
/** What models, tools, hooks, people and the power supply do in one session. */
export const story = fc.record({
  sayings: fc.option(fc.array(said, { minLength: 1, maxLength: 20 })),
  replies: fc.array(reply, { minLength: 1, maxLength: 6 }).map((list) => [...list, says("end")]),
  deeds: fc.array(deed, { maxLength: 12 }),
  crashes: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }),
  maxSteps: fc.integer({ min: 1, max: 5 }),
});

/** Answers the oldest open card in the way a deed says; a card that a deed does not fit is approved or skipped. */
function answerOldest(world: MemoryWorld, how: string): void {
  const resolved = new Set(
    world.entries.flatMap((entry) => (entry.kind === "card.resolved" ? [entry.data.cardId] : [])),
  );
  const open = world.entries.find((entry) => entry.kind === "card.opened" && !resolved.has(entry.data.cardId));
  if (open?.kind !== "card.opened") return;
  const { cardId, type } = open.data;
  const isRecovery = type === "recovery";
  if (type === "question" && how !== "deny") {
    const data = { cardId, resolution: "answered" as const, answer: how, by: "test" };
    world.write({ kind: "card.resolved", session: "s1", turn: open.turn, data });
    return;
  }
  const answer = ["happened", "again", "skip"].includes(how) ? how : "skip";
  const resolution = isRecovery ? ("answered" as const) : how === "deny" ? ("denied" as const) : ("approved" as const);
  const data = { cardId, resolution, by: "test", ...(isRecovery ? { answer } : {}) };
  world.write({ kind: "card.resolved", session: "s1", turn: open.turn, data });
}

/** Lives through a story; every turn of it has ended then. */
export async function play({
  replies,
  deeds,
  crashes,
  maxSteps,
  sayings,
}: typeof story extends fc.Arbitrary<infer T> ? T : never): Promise<MemoryWorld> {
  let asked = 0;
  const hook = () => {
    const answer = sayings?.[asked++ % sayings.length];
    if (answer === undefined) throw new Error("a broken hook");
    return answer;
  };
  const hooks = sayings === null ? [] : HOOKS;
  const world = memoryWorld({ replies: [...replies], crashes, maxSteps, hooks, hook });
  const queue = [...deeds];
  let submitted = 1;
  for (let round = 0; round < 200; round += 1) {
    const end = await world.run();
    if (end === "ended") return world;
    if (end === "crashed") continue;
    const turn = world.view().turn?.turn ?? "";
    const how = queue.shift() ?? "approve";
    if (how === "steer")
      world.write({ kind: "note.added", session: "s1", turn, data: { from: "person", text: "more" } });
    else if (how === "cancel")
      world.write({ kind: "turn.stopping", session: "s1", turn, data: { by: "test", why: "" } });
    else if (how === "submit") startTurn(world, `t${++submitted}`, "another", maxSteps);
    else answerOldest(world, how);
  }
  throw new Error("the story did not end");
}
