import { expect, test } from "vitest";
import { type Routine, routineSchema, type RunRow, runRowSchema, runStateSchema } from "../../src/protocol/routine.ts";

const brief = { name: "Morning brief", prompt: "Write the brief.", trigger: { type: "wake" } };

function mistakes(routine: unknown): string[] {
  const { error } = routineSchema.safeParse(routine);
  return (error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

test("a routine needs a name, a prompt and a trigger; the rest is as the design says", () => {
  const routine: Routine = routineSchema.parse(brief);
  expect(routine).toMatchObject({ session: "new", overlap: "skip", catchUp: "latest", pauseAfterFailures: 5 });
  expect(routine).not.toHaveProperty("window");
});

test.each([
  [{ ...brief, name: "" }, "name: up to 64 letters"],
  [{ ...brief, name: " brief" }, "name: up to 64 letters"],
  [{ ...brief, name: "a\nb" }, "name: up to 64 letters"],
  [{ ...brief, name: "../brief" }, "name: up to 64 letters"],
  [{ ...brief, prompt: "  " }, "prompt: "],
  [{ ...brief, trigger: { type: "cron", expression: "60 * * * *", zone: "UTC" } }, "trigger.expression: the minute"],
  [{ ...brief, trigger: { type: "every", ms: 1_000, anchor: 0 } }, "trigger.ms: at least a minute"],
  [{ ...brief, trigger: { type: "hourly" } }, "trigger.type: "],
  [{ ...brief, window: "soon" }, "window: a time such as 90s"],
  [{ ...brief, overrides: { yes: true } }, "overrides: "],
  [{ ...brief, catchup: "all" }, ": "],
])("%j is refused", (routine, words) => {
  expect(mistakes(routine)).toEqual([expect.stringContaining(words)]);
});

test("a line of the ledger is a slot or a stretch of them", () => {
  const row: RunRow = runRowSchema.parse({
    ...{ routine: "Morning brief", scheduledFor: "2026-11-19T09:00:00Z", to: "2026-11-20T09:00:00Z" },
    ...{ state: "missed", reason: "asleep", count: 2 },
  });
  expect(row).toMatchObject({ state: "missed", count: 2 });
  expect(runStateSchema.options).toHaveLength(9);
});
