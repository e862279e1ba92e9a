import { expect, test } from "vitest";
import { exhausted } from "../../src/agent/budget.ts";
import { fold } from "../../src/agent/fold.ts";
import type { Settings } from "../../src/agent/ports.ts";
import { emptyView, type Foldable, type TurnState } from "../../src/agent/transcript.ts";
import { limitsSchema } from "../../src/protocol/config.ts";

const settings = { limits: limitsSchema.parse({}) } as Settings;

function started(turn: string, at: string): Foldable {
  const where = { origin: "user" as const, originKey: turn, endpoint: "e", model: "m" };
  return {
    kind: "turn.started",
    turn,
    at,
    data: { input: "go", ...where, overrides: { maxTurnMs: 60_000 }, provenance: {} },
  };
}

/** The turn as it stands once it has had an answer with calls. */
function afterStep(turn: TurnState | undefined): TurnState {
  if (turn === undefined) throw new Error("no turn");
  return { ...turn, steps: 1, step: { text: "", stopReason: "tool_use", calls: [], verdicts: [] } };
}

test("a turn's wall time counts from when it begins, not from when it joined the queue", () => {
  const entries: Foldable[] = [
    started("one", "2026-01-01T00:00:00.000Z"),
    started("two", "2026-01-01T00:00:01.000Z"),
    { kind: "turn.finished", turn: "one", at: "2026-01-01T00:10:00.000Z", data: { finish: "done", text: "" } },
  ];
  const turn = afterStep(entries.reduce(fold, emptyView("s")).turn);
  expect(turn.turn).toBe("two");
  expect(exhausted(turn, settings, Date.parse("2026-01-01T00:10:59.000Z"))).toBeUndefined();
  expect(exhausted(turn, settings, Date.parse("2026-01-01T00:11:00.000Z"))).toMatchObject({ finish: "budget" });
});

test("a turn that nothing was before counts from its submission", () => {
  const turn = afterStep(fold(emptyView("s"), started("one", "2026-01-01T00:00:00.000Z")).turn);
  expect(exhausted(turn, settings, Date.parse("2026-01-01T00:00:59.999Z"))).toBeUndefined();
  expect(exhausted(turn, settings, Date.parse("2026-01-01T00:01:00.000Z"))).toMatchObject({
    words: "This turn has used its 60 seconds.",
  });
});
