import { expect, test } from "vitest";
import * as z from "zod";
import { AgentTrace, defineTool, openSession } from "../../../src/agent/embed/index.ts";
import type { Entry } from "../../../src/protocol/entries.ts";
import { allEvents, hastyRuntime, nextCard, recorder, runtime, says, scripted, uses } from "../../fakes/embedded.ts";

const write = uses(["write_file", { path: "/w/a.txt" }]);
const throughJson = (entries: readonly Entry[]) => AgentTrace.from(JSON.parse(JSON.stringify(entries)) as unknown[]);

test("after a crash the saved entries go on: the approval is still there, and the call runs once", async () => {
  const saved: Entry[] = [];
  const first = scripted([write, says("never")], { save: (entries) => void saved.push(...entries) });
  const { cardId } = await nextCard(await first.session.send("write it"));
  expect(saved).toEqual(first.session.trace.snapshot());

  const second = scripted([says("written")], { trace: throughJson(saved) });
  expect(second.session.cards().map((card) => card.cardId)).toEqual([cardId]);
  const [turn] = second.session.resume();
  await second.session.approve(cardId);
  expect(await turn?.result).toMatchObject({ finish: "done", text: "written" });
  expect([first.done, second.done]).toEqual([[], ["write /w/a.txt "]]);
  const [before, after] = [first.requests[0]?.messages ?? [], second.requests[0]?.messages ?? []];
  expect(after.slice(0, before.length)).toEqual(before);
});

test("a crash while a call ran: a read runs again, an effect asks what became of it", async () => {
  const policy = { resolve: () => ({ decision: "execute" as const }) };
  /** A tool whose every run is told and ends only where it may. */
  const toolOf = (effect: "read" | "write", run: () => Promise<string>) =>
    defineTool({ name: effect, description: effect, effect, input: z.object({}), run });
  const runs: string[] = [];
  for (const effect of ["read", "write"] as const) {
    const entered = Promise.withResolvers<void>();
    const hangs = () => {
      runs.push(effect);
      entered.resolve();
      return new Promise<string>(() => {});
    };
    const stuck = scripted([uses([effect, {}])], { tools: [toolOf(effect, hangs)], policy });
    await stuck.session.send("go");
    await entered.promise;
    const trace = throughJson(stuck.session.trace.snapshot());
    const works = async () => {
      runs.push(`${effect} again`);
      return "did it";
    };
    const again = scripted([says("end")], { tools: [toolOf(effect, works)], policy, trace });
    const [open] = again.session.resume();
    if (open === undefined) throw new Error("no turn is open");
    if (effect === "write") {
      const card = await nextCard(open);
      expect(card.type).toBe("recovery");
      await expect(again.session.approve(card.cardId)).rejects.toMatchObject({ code: "invalid-params" });
      await again.session.answer(card.cardId, "happened");
    }
    expect((await open.result).finish).toBe("done");
  }
  expect(runs).toEqual(["read", "read again", "write"]);
});

test("entries that cannot be kept stop the session before anything follows from them; it can be taken up again", async () => {
  let isFull = false;
  const { tools, done } = recorder();
  const session = openSession({
    runtime,
    tools,
    model: ({ messages }) => (messages.length === 1 ? write : says("written")),
    save: (entries) => {
      if (isFull && entries.some(({ kind }) => kind === "tool.started")) throw new Error("the disk is full");
    },
  });
  const turn = await session.send("write it");
  isFull = true;
  await session.approve((await nextCard(turn)).cardId);
  await expect(turn.result).rejects.toThrow("the disk is full");
  await expect(allEvents(turn)).rejects.toThrow("the disk is full");
  expect(done).toEqual([]);
  isFull = false;
  const [again] = session.resume();
  expect(await again?.result).toMatchObject({ finish: "done", text: "written" });
  expect(done).toHaveLength(1);
});

test("a closed session says that its turns are still open, takes no more, and its trace goes on elsewhere", async () => {
  const { session } = scripted([write]);
  const turn = await session.send("write it");
  await nextCard(turn);
  await session.close();
  await expect(turn.result).rejects.toMatchObject({ code: "turn-open" });
  await expect(session.send("more")).rejects.toMatchObject({ code: "not-allowed" });
  const next = scripted([says("not done")], { trace: throughJson(session.trace.snapshot()) });
  const [open] = next.session.resume();
  await next.session.deny(next.session.cards()[0]?.cardId ?? "");
  expect((await open?.result)?.text).toBe("not done");
});

test("closing leaves a request and a tool behind that do not heed their signal, and records no outcome", async () => {
  const asking = scripted([], { model: () => new Promise(() => {}) });
  const turn = await asking.session.send("hello");
  for await (const event of turn.events) if (event.type === "entry" && event.entry.kind === "request.sent") break;
  await asking.session.close();
  expect(asking.session.trace.snapshot().at(-1)?.kind).toBe("request.sent");

  const entered = Promise.withResolvers<void>();
  const run = () => {
    entered.resolve();
    return new Promise<string>(() => {});
  };
  const tool = defineTool({ name: "deaf", description: "Deaf.", effect: "read", input: z.object({}), run });
  const running = scripted([uses(["deaf", {}])], { tools: [tool], runtime: hastyRuntime() });
  await running.session.send("go");
  await entered.promise;
  await running.session.close();
  expect(running.session.trace.snapshot().at(-1)?.kind).toBe("tool.started");
});

test("what is no trace is refused by entry", () => {
  const { session } = scripted([says("hi")]);
  const entry = { v: 1, seq: 1, id: "e", session: "s", at: "", boot: "b", mono: 0 };
  expect(session.trace.snapshot()).toEqual([]);
  expect(() => AgentTrace.from([])).toThrow(/begins with session.created/);
  expect(() => AgentTrace.from([{ ...entry, kind: "session.created", data: {} }])).toThrow(/Entry 0/);
  const created = { ...entry, kind: "session.created", data: { title: "", workspace: "", nonce: "n" } };
  expect(() => AgentTrace.from([created, created])).toThrow(/Entry 1 .*seq/);
});

test("entries are told in the order in which they are kept, and never change", async () => {
  const saved: number[] = [];
  const { session } = scripted([uses(["look", { at: "sky" }]), says("end")], {
    save: async (entries) => {
      await new Promise((resolve) => setImmediate(resolve));
      saved.push(...entries.map(({ seq }) => seq));
    },
  });
  await (
    await session.send("look")
  ).result;
  const entries = session.trace.snapshot();
  expect(saved).toEqual(entries.map((_, index) => index + 1));
  expect(() => Object.assign(entries[1]?.data ?? {}, { input: "other" })).toThrow(TypeError);
});
