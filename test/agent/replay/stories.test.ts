import fc from "fast-check";
import { expect, test } from "vitest";
import { replay, type Replay } from "../../../src/agent/replay.ts";
import type { Entry } from "../../../src/protocol/entries.ts";
import { entrySchema } from "../../../src/protocol/entries.ts";
import type { MemoryWorld } from "../../fakes/memory-ports.ts";
import { play, story } from "../../fakes/stories.ts";

const differences = ({ points }: Replay) => points.filter(({ result }) => result === "differs");
const again = ({ entries, settings }: MemoryWorld) => {
  const { rules, hooks, limits, tools } = settings;
  return { entries, given: { rules, hooks, limits, tools } };
};

test("whatever happened, crashes included, today's loop decides what was decided", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { entries, given } = again(await play(one));
      const result = replay(entries, given);
      expect(differences(result)).toEqual([]);
      expect(result.points.length).toBeGreaterThan(0);
      expect(replay(JSON.parse(JSON.stringify(entries)) as Entry[], given)).toEqual(result);
    }),
    { numRuns: 60 },
  );
});

test("what tools the trace knows is enough where today's are not known", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const { entries, given } = again(await play(one));
      const isIdempotent = (name: string) => given.tools.find(name)?.isIdempotent === true;
      const find = (name: string) => (isIdempotent(name) ? given.tools.find(name) : undefined);
      expect(differences(replay(entries, { ...given, tools: { find } }))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("no list of entries is too strange: shuffled, cut, doubled, with fields changed, it is told and nothing throws", async () => {
  const values = fc.constantFrom<unknown>("", "x", 0, -1, 1e99, null, true, [], {}, "denied", "t1.1.0", "look");
  const damage = fc.record({
    order: fc.array(fc.nat(), { maxLength: 80 }),
    changes: fc.array(fc.record({ at: fc.nat(), field: fc.nat(), value: values }), { maxLength: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(story, damage, async (one, { order, changes }) => {
      const { entries, given } = again(await play(one));
      const copies = JSON.parse(JSON.stringify(entries)) as { data: Record<string, unknown> }[];
      for (const { at, field, value } of changes) {
        const data = copies[at % copies.length]?.data ?? {};
        const keys = Object.keys(data);
        data[keys[field % Math.max(1, keys.length)] ?? "text"] = value;
      }
      const strange = [...order.map((index) => copies[index % copies.length]), ...copies].flatMap((copy) => {
        const parsed = entrySchema.safeParse(copy);
        return parsed.success ? [parsed.data] : [];
      });
      const result = replay(strange, given);
      expect(replay(strange, given)).toEqual(result);
    }),
    { numRuns: 60 },
  );
});

/** Another decision in the place of the recorded one; undefined where the entry holds none. */
function otherwise(entry: Entry): Entry | undefined {
  switch (entry.kind) {
    case "tool.decided":
      return { ...entry, data: { ...entry.data, decision: entry.data.decision === "deny" ? "execute" : "deny" } };
    case "turn.finished":
      return { ...entry, data: { ...entry.data, finish: entry.data.finish === "done" ? "step-limit" : "done" } };
    case "tool.requested":
      return { ...entry, data: { ...entry.data, arguments: { other: true } } };
    case "tool.started":
      return { ...entry, data: { ...entry.data, callId: "t1.99.0" } };
    case "epoch.opened":
      return { ...entry, data: { ...entry.data, reason: entry.data.reason === "start" ? "model" : "start" } };
    case "note.added":
      return { ...entry, data: { ...entry.data, closes: entry.data.closes === "budget" ? "step-limit" : "budget" } };
    case "tool.finished":
      return { ...entry, data: { ...entry.data, outcome: "timed-out" } };
    default:
      return undefined;
  }
}

test("any one decision that was recorded otherwise is found, at its entry", async () => {
  await fc.assert(
    fc.asyncProperty(story, fc.nat(), async (one, pick) => {
      const { entries, given } = again(await play(one));
      const decided = new Set(replay(entries, given).points.map(({ seq }) => seq));
      const candidates = entries.filter((entry) => decided.has(entry.seq) && otherwise(entry) !== undefined);
      const chosen = candidates[pick % candidates.length];
      const changed = chosen && otherwise(chosen);
      if (chosen === undefined || changed === undefined) return;
      const told = entries.map((entry) => (entry === chosen ? changed : entry));
      const [first] = differences(replay(told, given));
      expect(first).toMatchObject({ seq: chosen.seq, kind: chosen.kind });
    }),
    { numRuns: 100 },
  );
});
