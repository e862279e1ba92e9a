import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "../../src/agent/fold.ts";
import { nextStep } from "../../src/agent/next-step.ts";
import { emptyView } from "../../src/agent/transcript.ts";
import type { Entry } from "../../src/protocol/entries.ts";
import { HOOKS, play, story } from "../fakes/stories.ts";

const foldAll = (entries: readonly Entry[]) => entries.reduce(fold, emptyView("s1"));
const isOf =
  <K extends Entry["kind"]>(kind: K) =>
  (entry: Entry): entry is Extract<Entry, { kind: K }> =>
    entry.kind === kind;

test("whatever happens, every started turn finishes exactly once and every call gets exactly one outcome", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { entries } = await play(one);
      for (const { turn } of entries.filter(isOf("turn.started"))) {
        expect(entries.filter(isOf("turn.finished")).filter((entry) => entry.turn === turn)).toHaveLength(1);
      }
      for (const { data } of entries.filter(isOf("tool.requested"))) {
        expect(entries.filter(isOf("tool.finished")).filter((entry) => entry.data.callId === data.callId)).toHaveLength(
          1,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("no effect runs without a decision, nor twice unless a person said so", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { entries, performed } = await play(one);
      for (const { data } of entries.filter(isOf("tool.requested"))) {
        const runs = performed.filter((callId) => callId === data.callId).length;
        const cards = entries
          .filter(isOf("card.resolved"))
          .filter((entry) => entry.data.cardId.startsWith(`${data.callId}#`));
        const again = cards.filter((entry) => entry.data.answer === "again").length;
        const isApproved = cards.some((entry) => entry.data.resolution === "approved");
        if (data.effect === "exec" || data.effect === "write") {
          expect(runs).toBeLessThanOrEqual(1 + again);
          const decided = entries.filter(isOf("tool.decided")).findLast((entry) => entry.data.callId === data.callId);
          if (runs > 0) expect(isApproved || decided?.data.decision === "execute").toBe(true);
        }
        if (data.effect === undefined) expect(runs).toBe(0);
      }
    }),
    { numRuns: 300 },
  );
});

test("an interrupted question is found again, not asked twice, and its answer is what the call gets", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { entries } = await play(one);
      const opened = entries.filter(isOf("card.opened")).filter((entry) => entry.data.type === "question");
      for (const { data } of entries.filter(isOf("tool.requested")).filter((entry) => entry.data.name === "ask")) {
        const cards = opened.filter((entry) => entry.data.callId === data.callId);
        expect(cards.length).toBeLessThanOrEqual(1);
        const resolved = entries.filter(isOf("card.resolved")).find((e) => e.data.cardId === cards[0]?.data.cardId);
        const end = entries.filter(isOf("tool.finished")).find((entry) => entry.data.callId === data.callId)?.data;
        const isReshaped = entries
          .filter(isOf("hook.applied"))
          .some((e) => e.data.callId === data.callId && e.data.at === "after" && e.data.change !== "none");
        if (end?.outcome !== "ok" || isReshaped || end.text.includes("its output was lost")) continue;
        expect(
          end.text.startsWith(`${resolved?.data.resolution}: ${JSON.stringify(resolved?.data.answer ?? null)}`),
        ).toBe(true);
      }
      const ends = entries.filter(isOf("card.resolved")).map((entry) => entry.data.cardId);
      for (const { data } of entries.filter(isOf("card.opened"))) {
        expect(ends.filter((cardId) => cardId === data.cardId)).toHaveLength(1);
      }
    }),
    { numRuns: 300 },
  );
});

test("folding any prefix and then the rest is folding the whole, and decides the same", async () => {
  await fc.assert(
    fc.asyncProperty(story, fc.nat(), async (one, cut) => {
      const world = await play(one);
      const at = cut % (world.entries.length + 1);
      const prefix = foldAll(world.entries.slice(0, at));
      const rest = JSON.parse(JSON.stringify(world.entries.slice(at))) as Entry[];
      expect(rest.reduce(fold, prefix)).toEqual(foldAll(world.entries));
      expect(nextStep(prefix, world.settings, 0)).toEqual(
        nextStep(foldAll(world.entries.slice(0, at)), world.settings, 0),
      );
    }),
    { numRuns: 200 },
  );
});

test("no request ever carries a call without its result, or breaks the prefix", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { requests, entries } = await play(one);
      for (const { messages } of requests) {
        for (const [index, { content }] of messages.entries()) {
          const wanted = content.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
          const next = messages[index + 1]?.content ?? [];
          if (wanted.length === 0) continue;
          expect(next.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []))).toEqual(wanted);
        }
      }
      expect(entries.filter(isOf("request.sent")).filter((entry) => entry.data.brokenBy !== undefined)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("every hook is applied once to each call before it starts, and sees each outcome before it is recorded", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { entries } = await play(one);
      const applied = entries.filter(isOf("hook.applied"));
      const hooks = one.sayings === null ? [] : HOOKS;
      for (const end of entries.filter(isOf("tool.finished"))) {
        const { callId, outcome } = end.data;
        const about = applied.filter((entry) => entry.data.callId === callId);
        const start = entries.filter(isOf("tool.started")).find((entry) => entry.data.callId === callId);
        for (const { name } of hooks) {
          const own = about.filter((entry) => entry.data.hook === name);
          const before = own.filter((entry) => entry.data.at === "before");
          expect(before.length).toBeLessThanOrEqual(1);
          if (start !== undefined) expect(before[0]?.seq).toBeLessThan(start.seq);
          const after = own.filter((entry) => entry.data.at === "after" && entry.data.outcome === outcome);
          expect(after.length).toBeGreaterThan(0);
          expect(after[0]?.seq).toBeLessThan(end.seq);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("no turn that a validator did not pass is done", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { entries } = await play(one);
      if (one.sayings === null) return;
      for (const { data, turn, seq } of entries.filter(isOf("turn.finished"))) {
        if (data.finish !== "done") continue;
        const since = entries.findLast((entry) => entry.kind === "model.responded" && entry.seq < seq)?.seq ?? 0;
        const verdicts = entries.filter(isOf("hook.applied")).flatMap((entry) => {
          const isOurs = entry.turn === turn && entry.seq > since && entry.data.at === "answer";
          return isOurs ? [entry.data.verdict] : [];
        });
        expect(verdicts).toEqual(["pass", "pass"]);
      }
    }),
    { numRuns: 200 },
  );
});
