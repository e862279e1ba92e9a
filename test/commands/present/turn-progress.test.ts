import { expect, test } from "vitest";
import { callLine, progressLine, summaryLine } from "../../../src/commands/present/progress-line.ts";
import { addDelta, addEntry, beginProgress } from "../../../src/commands/present/turn-progress.ts";
import type { Delta, Entry } from "../../../src/protocol/entries.ts";
import { entryMaker, requestTo, response, startedBy } from "../entries.ts";

const fold = (entries: Entry[]) => entries.reduce(addEntry, beginProgress("s1", "t1"));
const delta = (request: string, text: string, channel: Delta["channel"] = "text"): Delta => ({
  session: "s1",
  turn: "t1",
  request,
  channel,
  text,
});

test("a whole turn with an approval folds to what a face shows", () => {
  const make = entryMaker();
  const call = { callId: "t1.1.0", name: "shell_run", arguments: { command: "date" }, effect: "exec" as const };
  const opened = { cardId: "t1.1.0#1", type: "approval" as const, callId: "t1.1.0" };
  const entries = [
    make("turn.started", startedBy("rehearsal", "rehearsal")),
    make("request.sent", requestTo("m")),
    make("model.responded", response("Let me look.", "shell_run")),
    make("tool.requested", call),
    make("card.opened", opened),
    make("card.resolved", { cardId: "t1.1.0#1", resolution: "approved", by: "someone" }),
    make("tool.started", { callId: "t1.1.0", attempt: 1, timeLimitMs: 1000 }),
    make("tool.finished", {
      callId: "t1.1.0",
      attempt: 1,
      name: "shell_run",
      outcome: "ok",
      durationMs: 12,
      text: "Thu",
      isSideEffectPossible: true,
    }),
    make("request.sent", requestTo("m")),
    make("model.responded", response("It is Thursday.")),
    make("turn.finished", { finish: "done", text: "It is Thursday." }),
  ];
  const at = (length: number) => fold(entries.slice(0, length));
  expect(at(1)).toMatchObject({ state: "running", isRehearsal: true, steps: 0 });
  expect(at(5)).toMatchObject({
    state: "waiting",
    pendingCards: [opened],
    calls: [{ state: "waiting", summary: "run `date`" }],
  });
  expect(at(7)).toMatchObject({ state: "running", pendingCards: [], calls: [{ state: "running" }] });
  expect(progressLine(at(7), Date.parse(entries[0]?.at ?? "") + 65_000)).toBe(
    "step 1 · shell_run: run `date` · 10 (5 cached) → 3 tokens · 1 min 5 s",
  );
  const end = fold(entries);
  expect(end).toMatchObject({
    state: "done",
    finish: "done",
    steps: 2,
    text: "It is Thursday.",
    tokens: { input: 10, cached: 10, output: 6 },
  });
  expect(end.calls.map(callLine)).toEqual(["✓ run `date` (12 ms)"]);
  expect(summaryLine(end)).toBe("rehearsal at rehearsal · 2 steps · 1 tool call · 20 (10 cached) → 6 tokens · 10.0 s");
});

test("text streams, starts over at a reset, and is replaced by what was recorded", () => {
  const make = entryMaker();
  const sent = make("request.sent", requestTo("m"));
  let progress = fold([make("turn.started", startedBy("x")), sent]);
  progress = addDelta(addDelta(progress, delta(sent.id, "Hel")), delta(sent.id, "p"));
  expect(progress.text).toBe("Help");
  progress = addDelta(addDelta(progress, delta(sent.id, "", "reset")), delta(sent.id, "Hello"));
  expect(progress.text).toBe("Hello");
  expect(addEntry(progress, make("model.responded", response("Hello, you"))).text).toBe("Hello, you");
});

test("entries and deltas of other turns change nothing, and nothing is changed in place", () => {
  const make = entryMaker("t2");
  const before = Object.freeze(beginProgress("s1", "t1"));
  expect(addEntry(before, make("turn.started", startedBy("x")))).toBe(before);
  expect(addDelta(before, { ...delta("e1", "x"), turn: "t2" })).toBe(before);
});

test("a request sent again after a crash is the same step", () => {
  const make = entryMaker();
  const entries = [
    make("turn.started", startedBy("x")),
    make("request.sent", requestTo("m")),
    make("request.sent", requestTo("m")),
  ];
  expect(fold(entries).steps).toBe(1);
});

test("a call that asks waits for an answer, runs on with it, and also after a crash in between", () => {
  const make = entryMaker();
  const { at } = make("turn.started", startedBy("x"));
  const callId = "t1.1.0";
  const entries = [
    make("turn.started", startedBy("x")),
    make("tool.requested", { callId, name: "ask_user", arguments: { question: "Which?" }, effect: "state" }),
    make("tool.started", { callId, attempt: 1, timeLimitMs: 1000 }),
    make("card.opened", {
      cardId: `${callId}#1`,
      type: "question",
      callId,
      question: { text: "Which?", from: "model" },
    }),
    make("tool.started", { callId, attempt: 2, timeLimitMs: 1000 }),
    make("card.resolved", { cardId: `${callId}#1`, resolution: "answered", by: "me", answer: "that" }),
  ];
  const after = (count: number) => fold(entries.slice(0, count));
  expect(after(4)).toMatchObject({ state: "waiting", calls: [{ state: "waiting", summary: "ask “Which?”" }] });
  expect(progressLine(after(4), Date.parse(at))).toMatch(/^waiting for your answer/);
  expect(after(5)).toMatchObject({ state: "waiting", calls: [{ state: "waiting" }] });
  expect(after(6)).toMatchObject({ state: "running", calls: [{ state: "running" }] });
  const approval = addEntry(after(2), make("card.opened", { cardId: `${callId}#1`, type: "approval", callId }));
  expect(progressLine(approval, Date.parse(at))).toMatch(/^waiting for your approval/);
});

test("what a tool says about its work is one short line without controls, and nothing after its end", () => {
  const make = entryMaker();
  const callId = "t1.1.0";
  const running = fold([
    make("turn.started", startedBy("x")),
    make("tool.requested", { callId, name: "maps__route", arguments: {}, effect: "exec" }),
    make("tool.started", { callId, attempt: 1, timeLimitMs: 1000 }),
  ]);
  const told = addDelta(running, delta(callId, `\u001b[2J\u0007half\nway ${"x".repeat(500)}`, "progress"));
  expect(progressLine(told, 0)).toMatch(/^maps__route: \[2Jhalf way x{40,60}…$/);
  const end = {
    callId,
    attempt: 1,
    name: "maps__route",
    outcome: "ok" as const,
    durationMs: 1,
    text: "Left, then right",
  };
  const over = addEntry(told, make("tool.finished", { ...end, isSideEffectPossible: false }));
  expect(addDelta(over, delta(callId, "still here", "progress")).calls).toMatchObject([{ text: "Left, then right" }]);
});

const EPOCH = {
  ...{ reason: "window" as const, endpoint: "x", model: "m", system: "", tools: [], hash: "h", carries: [] },
  ...{ keeps: "all" as const, keepsFrom: 4, tokensBefore: 3_310, tokensAfter: 1_940 },
};

test("room that is made in the window is told while it happens, and what it cost at the end", () => {
  const make = entryMaker();
  const entries = [
    make("turn.started", startedBy("x")),
    make("request.sent", requestTo("m")),
    make("request.failed", { code: "endpoint-context-overflow", message: "prompt is too long" }),
    make("request.sent", { ...requestTo("m"), purpose: "summarise" }),
    make("epoch.opened", { ...EPOCH, spent: { tokens: 960, costUsd: 0 } }),
    make("request.sent", requestTo("m")),
    make("warning.raised", { code: "messages-dropped", text: "x has dropped messages." }),
    make("model.responded", response("Done.")),
    make("turn.finished", { finish: "done", text: "Done." }),
  ];
  const summarising = fold(entries.slice(0, 4));
  expect(summarising).toMatchObject({ isSummarising: true, steps: 1 });
  expect(progressLine(summarising, Date.parse(entries[0]?.at ?? ""))).toBe("step 1 · summarising to make room");
  const end = fold(entries);
  expect(end).toMatchObject({ isSummarising: false, steps: 1, summaryTokens: 960, text: "Done." });
  expect(end.notices).toEqual([
    {
      type: "progress",
      text: "too large for the model's window, so it is asked again with less: prompt is too long",
    },
    { type: "progress", text: "summarising…" },
    { type: "progress", text: "making room: 3,310 → 1,940 tokens" },
    { type: "warning", text: "Warning: x has dropped messages." },
  ]);
  expect(summaryLine(end)).toContain("10 (5 cached) → 3 tokens · 960 tokens for summaries");
});

test("a new epoch that makes nothing smaller is no news", () => {
  const make = entryMaker();
  const plain = { ...EPOCH, keepsFrom: undefined, tokensBefore: undefined, tokensAfter: undefined };
  expect(fold([make("turn.started", startedBy("x")), make("epoch.opened", plain)]).notices).toEqual([]);
});

test("a person who watches reads which control is operated, not its reference", () => {
  const make = entryMaker();
  const call = {
    callId: "t1.1.0",
    name: "screen_act",
    arguments: { ref: "b7", action: "press" },
    effect: "ui" as const,
  };
  const facts = { hash: "h", app: "Mail", preview: "press Send in Mail – Draft" };
  const decided = { callId: "t1.1.0", decision: "execute" as const, ruleId: "r", causes: [], facts };
  const { calls } = fold([make("tool.requested", call), make("tool.decided", decided)]);
  expect(calls.map(({ summary }) => summary)).toEqual(["press Send in Mail – Draft"]);
  const secret = { ...facts, isSecure: true, preview: "type into PIN (a secret field) in Mail – Draft:\n> 1234" };
  const after = fold([make("tool.requested", call), make("tool.decided", { ...decided, facts: secret })]);
  expect(after.calls.map(({ summary }) => summary)).toEqual(["type into PIN (a secret field) in Mail – Draft"]);
});
