import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "../../src/agent/fold.ts";
import { nextStep } from "../../src/agent/next-step.ts";
import type { ModelReply, ModelRequest } from "../../src/agent/ports.ts";
import { emptyView } from "../../src/agent/transcript.ts";
import type { Entry } from "../../src/protocol/entries.ts";
import { calls, memoryWorld, says, startTurn, use, type MemoryWorld } from "../fakes/memory-ports.ts";

const facts = ({ name }: { name: string }) =>
  name === "look" ? { inWorkspace: true, source: "web a.example" } : { inWorkspace: true };
const foldAll = (entries: readonly Entry[]) => entries.reduce(fold, emptyView("s1"));

/** Another session's world that begins with a past, forked after its last entry. */
function forkOf(past: readonly Entry[], replies: ModelReply[] = [says("here")]): MemoryWorld {
  const world = memoryWorld({ replies, facts });
  world.entries.splice(0, world.entries.length, ...past);
  world.write({ kind: "session.forked", session: "s1", data: { from: "s0", at: past.length } });
  return world;
}

async function asking(world: MemoryWorld, turn: string): Promise<ModelRequest> {
  startTurn(world, turn, "and now?");
  expect(await world.run()).toBe("ended");
  const request = world.requests.at(-1);
  if (request === undefined) throw new Error("nothing was asked of the model");
  return request;
}

function expectNoOrphans({ messages }: ModelRequest): void {
  for (const [index, { content }] of messages.entries()) {
    const wanted = content.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
    if (wanted.length === 0) continue;
    const next = messages[index + 1]?.content ?? [];
    expect(next.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []))).toEqual(wanted);
  }
}

const name = fc.constantFrom("look", "note", "ask", "act", "save", "nope");
const reply = fc.oneof(
  { weight: 3, arbitrary: fc.array(name, { minLength: 1, maxLength: 3 }).map((l) => calls(...l.map((n) => use(n)))) },
  { weight: 1, arbitrary: fc.constant(says("enough")) },
);
const deed = fc.constantFrom("approve", "deny", "steer", "cancel", "submit", "stay");
const story = fc.record({
  replies: fc.array(reply, { minLength: 1, maxLength: 5 }).map((list) => [...list, says("end")]),
  deeds: fc.array(deed, { maxLength: 8 }),
});

/** A session with whatever may be open in it. */
async function lived({ replies, deeds }: { replies: ModelReply[]; deeds: string[] }): Promise<Entry[]> {
  const world = memoryWorld({ replies: [...replies], facts });
  const queue = [...deeds];
  let turns = 1;
  for (let round = 0; round < 50 && (await world.run()) !== "ended"; round += 1) {
    const turn = world.view().turn?.turn ?? "";
    const how = queue.shift() ?? "approve";
    if (how === "stay") break;
    const open = world
      .view()
      .turn?.step?.calls.flatMap((call) => call.cards)
      .find((card) => card.resolution === undefined);
    if (how === "steer")
      world.write({ kind: "note.added", session: "s1", turn, data: { from: "person", text: "more" } });
    else if (how === "cancel")
      world.write({ kind: "turn.stopping", session: "s1", turn, data: { by: "test", why: "" } });
    else if (how === "submit") startTurn(world, `t${++turns}`, "another");
    else if (open !== undefined) {
      const approval = open.type === "question" ? ("answered" as const) : ("approved" as const);
      const data = { cardId: open.cardId, resolution: how === "deny" ? ("denied" as const) : approval, by: "test" };
      world.write({ kind: "card.resolved", session: "s1", turn, data });
    }
  }
  return world.entries;
}

test("forked at any entry, a session goes on from just there: prefix kept, nothing open taken over, nothing run again", async () => {
  await fc.assert(
    fc.asyncProperty(story, fc.nat(), fc.nat(), async (one, cut, secondCut) => {
      const whole = await lived(one);
      const past = whole.slice(0, 1 + (cut % whole.length));
      const before = foldAll(past);
      const fork = forkOf(past);
      expect(nextStep(fork.view(), fork.settings, 0)).toEqual({ type: "end" });
      expect(fork.view()).toMatchObject({ nonce: before.nonce, taints: before.taints, queue: [] });
      const open = fork.entries.length;
      const request = await asking(fork, "f1");
      expect(fork.performed).toEqual([]);
      expectNoOrphans(request);
      const { epoch } = before;
      if (epoch !== undefined) {
        expect([request.system, request.tools]).toEqual([epoch.system, epoch.tools]);
        const { messages: sent = [] } = before.sent ?? {};
        expect(request.messages.slice(0, sent.length)).toEqual(sent);
        expect(request.messages.slice(0, before.sealed.length)).toEqual(before.sealed);
      }
      const sent = fork.entries.slice(open).find((entry) => entry.kind === "request.sent");
      expect(sent?.data).not.toHaveProperty("brokenBy");
      expect(foldAll(fork.entries)).toEqual(fork.entries.slice(past.length).reduce(fold, before));
      expect(fork.view().turn).toMatchObject({ turn: "f1", finish: "done" });

      const again = forkOf(fork.entries.slice(0, 1 + (secondCut % fork.entries.length)));
      expectNoOrphans(await asking(again, "f2"));
      expect(again.performed).toEqual([]);
      expect(again.view().turn).toMatchObject({ turn: "f2", finish: "done" });
    }),
    { numRuns: 300 },
  );
});

test("what was open at the fork is told honestly: done, never begun here, or begun elsewhere", async () => {
  const world = memoryWorld({ replies: [calls(use("look"), use("act", {}, "b"), use("save", {}, "c")), says("end")] });
  expect(await world.run()).toBe("waiting");
  const [first] = world.entries.flatMap((entry) => (entry.kind === "card.opened" ? [entry.data] : []));
  const data = { cardId: first?.cardId ?? "", resolution: "approved" as const, by: "test" };
  world.write({ kind: "card.resolved", session: "s1", turn: "t1", data });
  await world.run();
  const isStart = (entry: Entry) => entry.kind === "tool.started" && entry.data.callId === "t1.1.1";
  const past = world.entries.slice(0, world.entries.findIndex(isStart) + 1);
  const { messages } = await asking(forkOf(past), "f1");
  const results = messages.flatMap(({ content }) => content.filter((block) => block.type === "tool_result"));
  expect(results.map(({ content, is_error }) => [content, is_error])).toEqual([
    ["did look", undefined],
    [expect.stringContaining("while this call ran"), true],
    [expect.stringContaining("before this call began"), true],
  ]);
  expect(messages.at(-1)?.content.map((block) => block.type === "text" && block.text)).toEqual([
    expect.stringMatching(/^\[loopd n0\] The conversation was forked here, .* Do not go on with it\.$/),
    "and now?",
  ]);
});

test("words that no request had carried yet stay with the other session, those that one had are taken back", async () => {
  const world = memoryWorld({ replies: [says("end")] });
  await world.run();
  const at = (kind: Entry["kind"]) => world.entries.slice(0, world.entries.findIndex((e) => e.kind === kind) + 1);
  const texts = async (past: readonly Entry[]) =>
    JSON.stringify((await asking(forkOf(past), "f1")).messages.map(({ content }) => content));
  expect(await texts(at("turn.started"))).toBe('[[{"type":"text","text":"and now?"}]]');
  expect(await texts(at("request.sent"))).toMatch(/hello.*Do not go on with it.*and now/);
  const answered = await texts(at("model.responded"));
  expect(answered).toMatch(/hello.*end.*and now/);
  expect(answered).not.toContain("Do not go on");
});

test("what the person added to a request that is not gone on with is not asked in the fork", async () => {
  const world = memoryWorld({ replies: [calls(use("act")), says("end")] });
  expect(await world.run()).toBe("waiting");
  world.write({ kind: "note.added", session: "s1", turn: "t1", data: { from: "person", text: "hurry" } });
  const { messages } = await asking(forkOf(world.entries), "f1");
  expect(JSON.stringify(messages)).not.toContain("hurry");
});

test("a cleared session begins anew: no word, no taint, no thinking of before, and its own kind of epoch", async () => {
  const world = memoryWorld({ replies: [calls(use("look")), says("secret words"), says("fresh")], facts });
  expect(await world.run()).toBe("ended");
  expect(world.view().taints).toEqual(["web a.example"]);
  world.write({ kind: "session.cleared", session: "s1", data: { by: "test" } });
  expect(world.view()).toMatchObject({ taints: [], sealed: [] });
  expect(nextStep(world.view(), world.settings, 0)).toEqual({ type: "end" });

  const { messages } = await asking(world, "t2");
  expect(messages).toEqual([{ role: "user", content: [{ type: "text", text: "and now?" }] }]);
  const epochs = world.entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data] : []));
  expect(epochs.map(({ reason, keeps }) => [reason, keeps])).toEqual([
    ["start", "without-thinking"],
    ["cleared", undefined],
  ]);
  expect(world.view().isCleared).toBe(false);

  const back = forkOf(
    world.entries.slice(
      0,
      world.entries.findIndex((entry) => entry.kind === "session.cleared"),
    ),
  );
  expect(back.view().taints).toEqual(["web a.example"]);
  expect(JSON.stringify((await asking(back, "f1")).messages)).toContain("secret words");
});

test("a clear before the first request, or after a cancel, leaves nothing waiting either", async () => {
  const world = memoryWorld({ replies: [calls(use("act")), says("end")] });
  expect(await world.run()).toBe("waiting");
  world.write({ kind: "turn.stopping", session: "s1", turn: "t1", data: { by: "test", why: "" } });
  expect(await world.run()).toBe("ended");
  world.write({ kind: "session.cleared", session: "s1", data: { by: "test" } });
  world.write({ kind: "session.cleared", session: "s1", data: { by: "test" } });
  const { messages } = await asking(world, "t2");
  expect(JSON.stringify(messages)).toBe('[{"role":"user","content":[{"type":"text","text":"and now?"}]}]');
});
