import { expect, test } from "vitest";
import { presentMenuBar, type StatusNow } from "../../../src/commands/present/menu-bar.ts";

const now = new Date(2026, 2, 10, 12, 0).getTime();
const at = (day: number, hour: number, minute = 0) => new Date(2026, 2, day, hour, minute).toISOString();
const status: StatusNow["status"] = {
  ...{ pid: 1, version: "0", protocolVersion: 1, home: "/h", uptimeMs: 1, rssBytes: 1, runningTurns: 0 },
  ...{ pendingApprovals: 0, pendingQuestions: 0, endpoint: "rehearsal", lastSeq: 1 },
};
const nothing: StatusNow = { status, cards: [], turns: [], runs: [] };

test("where nothing happens there is an icon alone, and the endpoint that is no AI says so", () => {
  expect(presentMenuBar(nothing, now)).toMatchObject({
    ...{ title: undefined, icon: "idle", tooltip: "loopd: nothing runs", next: undefined, failed: [] },
    ...{ endpoint: "Rehearsal, Not an AI", stop: "Pause all routines" },
  });
});

test("times of routines are told as people do, and only failures of the last day are news", () => {
  const next = (iso: string) =>
    presentMenuBar({ ...nothing, status: { ...status, nextRoutine: { name: "brief", at: iso } } }, now).next;
  expect(next(at(10, 18, 5))).toBe("brief, 18:05");
  expect(next(at(11, 9))).toBe("brief, tomorrow 9:00");
  expect(next(at(16, 9))).toBe("brief, Mon, Mar 16, 9:00");
  const run = (scheduledFor: string, state: "failed" | "ran") => ({ routine: "brief", scheduledFor, state });
  const runs = [run(at(10, 11), "ran"), run(at(10, 9), "failed"), run(at(9, 13), "failed"), run(at(8, 9), "failed")];
  expect(presentMenuBar({ ...nothing, runs }, now).failed.map(({ title }) => title)).toEqual([
    ...["brief failed, 9:00", "brief failed, yesterday 13:00"],
  ]);
});

test("much that waits or runs is cut, and the rest is counted", () => {
  const busy = { ...status, pendingApprovals: 498, pendingQuestions: 2 };
  const row = { turn: "t", session: "s", title: "A talk".repeat(40), input: "", startedAt: at(10, 9) };
  const turns = Array.from({ length: 20 }, (_, index) => ({ ...row, turn: `t${index}`, state: "waiting" as const }));
  const view = presentMenuBar({ ...nothing, status: busy, turns }, now);
  expect(view).toMatchObject({
    title: "500",
    icon: "waiting",
    more: 500,
    stop: "Stop 20 turns and pause all routines",
  });
  expect(view.turns).toHaveLength(8);
  expect(view.turns[0]?.title.length).toBeLessThanOrEqual(50);
});
