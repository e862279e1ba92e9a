import { expect, test } from "vitest";
import { methods } from "../../../src/protocol/requests.ts";
import type { RoutineRow } from "../../../src/protocol/routine-methods.ts";
import type { Trigger } from "../../../src/protocol/routine.ts";
import { readSchedule } from "../../../helper-daemon/routines/schedule-text.ts";
import {
  addedRoutine,
  editedRoutine,
  isOtherSchedule,
  nameProblem,
  routineValues,
} from "../../../src/commands/present/routine-form.ts";
import { backfillAlert, presentRoutine, presentRun } from "../../../src/commands/present/routine-item.ts";

const USUAL = { zone: "UTC", workspace: "/w" };
const row = (trigger: Trigger, rest: Partial<RoutineRow> = {}): RoutineRow => ({
  ...{ name: "brief", prompt: "Write.", trigger, session: "new", overrides: {}, overlap: "skip", catchUp: "latest" },
  ...{ pauseAfterFailures: 5, notify: ["failure"], schedule: "weekdays at 09:00 UTC", failures: 0, ...rest },
});
const CRON: Trigger = { type: "cron", expression: "0 9 * * 1-5", zone: "Asia/Tokyo" };

test("a new routine leaves out whatever was left as it is", () => {
  const values = { ...routineValues(undefined, USUAL), name: " brief ", schedule: "every 2h", prompt: " Write. " };
  const added = methods["routine.add"].params.parse(addedRoutine(values, "me"));
  expect(added).toMatchObject({
    ...{ name: "brief", prompt: "Write.", workspace: "/w", schedule: { when: "every 2h" }, zone: "UTC", by: "me" },
    ...{ overrides: { tools: null, approvals: null }, notify: ["failure", "approval"] },
  });
  expect(added).not.toHaveProperty("endpoint", null);
});

test("an edit names only what was changed: words that nobody touched stay as untrusted as they were", () => {
  const before = routineValues(row(CRON, { endpoint: "a", overrides: { tools: ["files_list"] } }), USUAL);
  expect(editedRoutine(before, before, "me")).toEqual({ name: "brief", changes: {}, by: "me" });
  const after = { ...before, endpoint: "", tools: [], notify: ["approval", "failure"], zone: "UTC" };
  expect(methods["routine.edit"].params.parse(editedRoutine(before, after, "me"))).toEqual({
    name: "brief",
    changes: { endpoint: null, overrides: { tools: null, approvals: null }, notify: ["failure", "approval"] },
    ...{ schedule: { when: "0 9 * * 1-5" }, zone: "UTC", by: "me" },
  });
  expect(editedRoutine(before, { ...before, prompt: "Other" }, "me").changes).toEqual({ prompt: "Other" });
});

test("every kind of schedule is shown in words that are read as the same again", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const triggers: Trigger[] = [
    CRON,
    { type: "every", ms: 7_200_000, anchor: Date.parse("2026-11-21T12:00:00Z") },
    { type: "at", at: Date.parse("2027-01-31T09:00:00Z"), zone: "UTC" },
    { type: "wake" },
    { type: "login" },
    { type: "file", glob: "/home/me/My Files/*.pdf" },
  ];
  for (const trigger of triggers) {
    const values = routineValues(row(trigger), USUAL);
    expect(readSchedule(values.schedule, { now, zone: values.zone })).toEqual(trigger);
    expect(isOtherSchedule(values, { ...values, schedule: ` ${values.schedule} ` })).toBe(false);
  }
});

test("a name that cannot be one says why", () => {
  expect(nameProblem("Mein täglicher Bericht")).toBeUndefined();
  expect(nameProblem("")).toMatch(/^Up to 64 letters/);
  expect(nameProblem("a/b")).toMatch(/^Up to 64 letters/);
});

test("a routine and its runs say in words what colours only repeat", () => {
  const last = { routine: "brief", scheduledFor: "2026-11-20T09:00:00Z", state: "failed" as const };
  const paused = presentRoutine(row(CRON, { paused: "Paused after 5 failures.", failures: 5, last }));
  expect(paused).toMatchObject({ tags: [{ text: "Paused" }, { text: "5 failed in a row" }], next: undefined });
  expect(paused.subtitle).toContain("Paused after 5 failures.");
  expect(presentRoutine(row(CRON, { last, failures: 1 })).tags).toEqual([{ text: "Failed", tint: "Red" }]);
  const stretch = {
    ...last,
    state: "missed" as const,
    reason: "asleep" as const,
    to: "2026-11-22T09:00:00Z",
    count: 3,
  };
  expect(presentRun(stretch)).toMatchObject({ tag: { text: "Missed 3 times" }, why: "this machine was asleep" });
  const ran = {
    ...last,
    state: "ran" as const,
    askedAs: "run" as const,
    durationMs: 4_200,
    tokens: 1_234,
    costUsd: 0.0123,
  };
  expect(presentRun(ran)).toMatchObject({ facts: ["4.2 s", "1,234 tokens", "$0.012"], why: "asked for" });
  expect(backfillAlert("brief", ["2026-11-20T09:00:00Z"], 7)).toMatchObject({
    ...{ title: "Run brief 1 Time?", message: expect.stringContaining("7 more slots") },
  });
});
