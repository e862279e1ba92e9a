import type { RunState, SlotReason } from "../../src/protocol/routine.ts";

const STATES: Readonly<Record<RunState, string>> = {
  due: "about to run",
  running: "running",
  waiting: "waiting for you",
  ran: "ran",
  late: "ran late",
  missed: "missed",
  skipped: "skipped",
  failed: "failed",
  interrupted: "interrupted",
};

const REASONS: Readonly<Record<SlotReason, string>> = {
  asleep: "this machine was asleep",
  off: "loopd was not running",
  paused: "the routine was paused",
  clock: "the clock was put ahead",
  "held-up": "loopd was held up",
  overlap: "a run was still open",
  "too-many": "too many runs to make up for",
};

/** State of a slot, or of a stretch of them, for a person: `missed 2 times: this machine was asleep`. */
export function describeRun(state: RunState, reason: SlotReason | undefined, count: number): string {
  const times = count === 1 ? "" : ` ${count.toLocaleString("en-US")} times`;
  return `${STATES[state]}${times}${reason === undefined ? "" : `: ${REASONS[reason]}`}`;
}
