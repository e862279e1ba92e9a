import type { RoutineRow } from "../../protocol/routine-methods.ts";
import type { RunRow } from "../../protocol/routine.ts";
import { count, duration } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** Why nothing ran for a slot. */
export const SLOT_REASONS: Readonly<Record<NonNullable<RunRow["reason"]>, string>> = {
  asleep: "this machine was asleep",
  off: "loopd was not running",
  paused: "the routine was paused",
  clock: "the clock was put ahead",
  "held-up": "loopd was held up",
  overlap: "a run was still open",
  "too-many": "too many to make up for",
};

/** Columns of a list of routines. */
export const ROUTINE_HEADS = ["NAME", "SCHEDULE", "NEXT", "LAST", "FAILED"] as const;
/** Columns of a ledger. */
export const RUN_HEADS = ["SLOT", "ROUTINE", "STATE", "BEGAN", "TOOK", "TOKENS", "SESSION", "WHY"] as const;

/** A routine as a row of a list. */
export function routineCells({ name, schedule, next, last, paused, failures }: RoutineRow): string[] {
  const coming = paused !== undefined ? "paused" : next === undefined ? "-" : moment(next);
  const newest = last === undefined ? "-" : `${last.state}, ${moment(last.scheduledFor)}`;
  return [name, schedule, coming, newest, failures === 0 ? "-" : `${failures} in a row`];
}

/** A line of the ledger as a row of a list. */
export function runCells(run: RunRow): string[] {
  const { routine, scheduledFor, state, reason, detail, to, count: slots } = run;
  const slot = to === undefined ? moment(scheduledFor) : `${moment(scheduledFor)} to ${moment(to)}`;
  const asked = run.askedAs === undefined ? "" : run.askedAs === "run" ? "asked for" : "backfilled";
  const why = [asked, reason === undefined ? "" : SLOT_REASONS[reason], oneLine(detail ?? "", 120)];
  return [
    slot,
    routine,
    slots === undefined ? state : `${state} ${count(slots)} times`,
    run.startedAt === undefined ? "-" : moment(run.startedAt),
    run.durationMs === undefined ? "-" : duration(run.durationMs),
    run.tokens === undefined ? "-" : count(run.tokens),
    run.session ?? "-",
    why.filter((part) => part !== "").join("; "),
  ];
}

/** A routine after a change of it: what it is, and its next firings. */
export function routineWords({ routine, firings }: { routine: RoutineRow; firings: readonly string[] }): string {
  const { name, schedule, paused, prompt } = routine;
  const lines = [`${name}: ${schedule}`, `  asks: ${oneLine(prompt, 200)}`];
  if (paused !== undefined) lines.push(`  paused: ${oneLine(paused, 200)}`);
  lines.push("  next:", ...firings.map((firing) => `    ${firing}`));
  return lines.join("\n");
}

/** An instant of the ledger, to the minute, in the zone of whoever looks. */
function moment(iso: string): string {
  const at = new Date(iso);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
