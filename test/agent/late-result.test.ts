import { expect, test } from "vitest";
import { fold } from "../../src/agent/fold.ts";
import type { CallContext, Outcome, Ports, Timer } from "../../src/agent/ports.ts";
import { runCalls, SHUTDOWN } from "../../src/agent/run-call.ts";
import { callsOf } from "../../src/agent/transcript.ts";
import type { Entry, EntryDraft } from "../../src/protocol/entries.ts";
import { calls, memoryWorld, type MemoryWorld, use } from "../fakes/memory-ports.ts";

const ok = (text: string): Outcome => ({ kind: "ok", text, isSideEffectPossible: true });

/** A clock that runs out when the test says so. */
interface Clock extends Timer {
  limit: number;
  expire(): void;
  log: string[];
}

function clock(limit: number): Clock {
  let expire = () => {};
  const expired = new Promise<void>((resolve) => (expire = resolve));
  const log: string[] = [];
  const note = (word: string) => () => void log.push(word);
  const moves = { stop: note("stop"), pause: note("pause"), resume: note("resume"), restart: note("restart") };
  return {
    limit,
    expired,
    expire,
    log,
    ...moves,
    elapsed: () => log.filter((word) => word === "restart").length * limit,
  };
}

/** One started call of a real trace, run by ports whose clocks and tool are the test's. */
async function started(run: (context: CallContext) => Promise<Outcome>) {
  const world: MemoryWorld = memoryWorld({ replies: [calls(use("note"))], crashes: [4] });
  await world.run();
  const view = world.view();
  const turn = view.turn;
  const call = turn && callsOf(turn)[0];
  if (turn === undefined || call === undefined) throw new Error("the trace has no call");
  const clocks: Clock[] = [];
  const recorded: EntryDraft[] = [];
  const changed = new Set<() => void>();
  const entries: Entry[] = [...world.entries];
  const add = (draft: EntryDraft) => {
    recorded.push(draft);
    entries.push({ v: 1, seq: entries.length + 1, id: `x${entries.length}`, at: "", boot: "b", mono: 0, ...draft });
    for (const wake of [...changed]) wake();
  };
  const untilChange = () => new Promise<void>((resolve) => changed.add(resolve));
  const ports: Ports = {
    settings: () => world.settings,
    record: async (drafts) => {
      for (const draft of drafts) add(draft);
      return entries.slice(-drafts.length);
    },
    read: async (after, wait) => {
      for (;;) {
        const found = entries.filter((entry) => entry.seq > after);
        if (found.length > 0 || wait === undefined || wait.aborted) return found;
        const aborted = new Promise<void>((resolve) => wait.addEventListener("abort", () => resolve(), { once: true }));
        await Promise.race([untilChange(), aborted]);
      }
    },
    model: async () => ({ type: "aborted" }),
    hook: async () => ({}),
    inspect: async () => ({ hash: "" }),
    run: (_, context) => run(context),
    now: () => 1_000 * clocks.length,
    timer: (limit) => {
      const one = clock(limit);
      clocks.push(one);
      return one;
    },
    ready: async () => {},
    request: () => Promise.reject(new Error("no test asks for a method")),
    digest: (text) => text,
    boot: () => "b",
    tell: () => {},
  };
  const stop = new AbortController();
  const end = runCalls(ports, view, turn, [call], world.settings, stop.signal, async (end) => end);
  return { end, clocks, recorded, add, untilChange, stop, view };
}

const finishedOf = (drafts: EntryDraft[]) => drafts.flatMap((one) => (one.kind === "tool.finished" ? [one.data] : []));
const lateOf = (drafts: EntryDraft[]) => drafts.flatMap((one) => (one.kind === "tool.late" ? [one.data] : []));
const tick = () => new Promise((resolve) => setImmediate(resolve));

test("a tool that ignores its limit ends its call after the grace; what it brings later is recorded, never used", async () => {
  let bring: (outcome: Outcome) => void = () => {};
  const late = new Promise<Outcome>((resolve) => (bring = resolve));
  const { end, clocks, recorded, untilChange, view } = await started(() => late);
  clocks[0]?.expire();
  await tick();
  expect(clocks[1]?.limit).toBe(5_000);
  clocks[1]?.expire();
  const drafts = await end;
  expect(finishedOf(drafts)).toMatchObject([{ outcome: "timed-out", text: expect.stringMatching(/^ERROR: .* limit/) }]);
  expect(recorded).toEqual([]);
  const changed = untilChange();
  bring(ok("at last"));
  await changed;
  expect(lateOf(recorded)).toMatchObject([{ callId: "t1.1.0", outcome: "ok", text: "at last" }]);
  expect(lateOf(recorded)[0]?.attempt).toBe(finishedOf(drafts)[0]?.attempt);
  expect(finishedOf(recorded)).toEqual([]);
  const after = [...drafts, ...recorded].reduce((one, draft) => fold(one, draft), view);
  const before = drafts.reduce((one, draft) => fold(one, draft), view);
  expect(after.turn?.step?.calls).toEqual(before.turn?.step?.calls);
});

test("a tool that throws after its call has ended is recorded too, and breaks nothing", async () => {
  let fail: (cause: Error) => void = () => {};
  const { end, clocks, recorded, untilChange } = await started(() => new Promise((_, reject) => (fail = reject)));
  clocks[0]?.expire();
  await tick();
  clocks[1]?.expire();
  await end;
  const changed = untilChange();
  fail(new Error("broken pipe"));
  await changed;
  expect(lateOf(recorded)).toMatchObject([{ outcome: "error", text: expect.stringContaining("broken pipe") }]);
});

test("a tool that ends within the grace gives its call what it has so far, and nothing is late", async () => {
  const { end, clocks, recorded } = await started(
    ({ signal }) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve(ok("half")), { once: true })),
  );
  clocks[0]?.expire();
  expect(finishedOf(await end)).toMatchObject([
    { outcome: "timed-out", text: expect.stringMatching(/limit[^]*half/), isSideEffectPossible: false },
  ]);
  await tick();
  expect(recorded).toEqual([]);
});

test("while the person is asked the clock stands still; a limit that is over meanwhile ends nothing", async () => {
  const { end, clocks, recorded, add, untilChange } = await started(async ({ ask }) => {
    const { answer } = await ask({ text: "which?", from: "model" });
    return ok(String(answer));
  });
  if (recorded.length === 0) await untilChange();
  expect(recorded).toMatchObject([{ kind: "card.opened", data: { type: "question", cardId: "t1.1.0#1" } }]);
  expect(clocks[0]?.log).toEqual(["pause"]);
  const data = { cardId: "t1.1.0#1", resolution: "answered" as const, answer: "this", by: "test" };
  add({ kind: "card.resolved", session: "s1", turn: "t1", data: { ...data, cardId: "t1.1.0#9" } });
  await tick();
  add({ kind: "card.resolved", session: "s1", turn: "t1", data });
  expect(finishedOf(await end)).toMatchObject([{ outcome: "ok", text: "this" }]);
  expect(clocks[0]?.log).toEqual(["pause", "resume", "stop"]);
});

test("progress begins the limit anew, but not for ever", async () => {
  const { end, clocks } = await started(async ({ restartLimit }) => {
    for (let index = 0; index < 100; index += 1) restartLimit();
    return ok("done");
  });
  await end;
  expect(clocks[0]?.log.filter((word) => word === "restart")).toHaveLength(9);
});

test("when the helper goes down nothing is recorded for a running call; when the turn is cancelled it is", async () => {
  const hang = ({ signal }: CallContext) =>
    new Promise<Outcome>((resolve) => signal.addEventListener("abort", () => resolve(ok("cut")), { once: true }));
  const down = await started(hang);
  down.stop.abort(SHUTDOWN);
  expect(await down.end).toEqual([]);
  const cancelled = await started(hang);
  cancelled.stop.abort();
  expect(finishedOf(await cancelled.end)).toMatchObject([{ outcome: "cancelled" }]);
});
