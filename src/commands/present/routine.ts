import type { SessionOverrides } from "../../protocol/overrides.ts";
import type { RoutineRow } from "../../protocol/routine-methods.ts";
import type { RunRow } from "../../protocol/routine.ts";
import { overrideLines } from "./overrides.ts";
import { count, duration, plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** Why nothing ran for a slot. */
export const SLOT_REASONS: Readonly<Record<NonNullable<RunRow["reason"]>, string>> = {
  asleep: "this machine was asleep",
  off: "loopd was not running",
  paused: "the routine was paused",
  clock: "the clock was put ahead",
  "held-up": "loopd was too busy to look",
  overlap: "the run before was still open",
  "too-many": "more than one catch-up makes up for",
};

/** Columns of a list of routines. */
export const ROUTINE_HEADS = ["NAME", "SCHEDULE", "NEXT", "LAST", "FAILED"] as const;
/** Columns of a ledger. SLOT: when it was to run. */
const RUN_HEADS = ["SLOT", "ROUTINE", "STATE", "BEGAN", "ENDED", "TOOK", "TOKENS", "COST", "SESSION", "WHY"] as const;

/** Whose clocks the times of a table are of, which schedules may not be. */
export function zoneWords(): string {
  return `Times are those of this machine's zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
}

/** A routine as a row of a list. */
export function routineCells({ name, schedule, trigger, next, last, paused, failures }: RoutineRow): string[] {
  const never = trigger.type === "at" ? "over" : trigger.type === "cron" ? "never" : "-";
  const coming = paused !== undefined ? "paused" : next === undefined ? never : moment(next);
  const newest = last === undefined ? "-" : `${last.state}, ${moment(last.to ?? last.scheduledFor)}`;
  return [name, schedule, coming, newest, failures === 0 ? "-" : `${failures} in a row`];
}

/** Lines of the ledger as heads and rows; columns that would be empty are left out. */
export function runTable(runs: readonly RunRow[]): { heads: string[]; rows: string[][] } {
  const rows = runs.map(runCells);
  const isUsed = (_: unknown, column: number) => rows.some((row) => !["-", ""].includes(row[column] ?? ""));
  return { heads: RUN_HEADS.filter(isUsed), rows: rows.map((row) => row.filter(isUsed)) };
}

function runCells(run: RunRow): string[] {
  const { routine, scheduledFor, state, reason, detail, to, count: slots } = run;
  const slot = to === undefined ? moment(scheduledFor) : `${moment(scheduledFor)} to ${moment(to)}`;
  const asked = run.askedAs === undefined ? "" : run.askedAs === "run" ? "asked for" : "backfilled";
  const why = [asked, reason === undefined ? "" : SLOT_REASONS[reason], oneLine(detail ?? "", 120)];
  return [
    slot,
    routine,
    slots === undefined ? state : `${state} ${count(slots)} times`,
    run.startedAt === undefined ? "-" : moment(run.startedAt),
    run.finishedAt === undefined ? "-" : moment(run.finishedAt),
    run.durationMs === undefined ? "-" : duration(run.durationMs),
    run.tokens === undefined ? "-" : count(run.tokens),
    run.costUsd === undefined || run.costUsd === 0 ? "-" : `$${run.costUsd.toFixed(4)}`,
    run.session ?? "-",
    why.filter((part) => part !== "").join("; "),
  ];
}

/** A routine after a change of it: what it is, and its next firings. */
export function routineWords({ routine, firings }: { routine: RoutineRow; firings: readonly string[] }): string {
  const { name, schedule, paused, prompt, failures, last } = routine;
  const lines = [`${name}: ${schedule}`, `  asks: ${oneLine(prompt, 200)}`];
  lines.push(...settingLines(routine).map((line) => `  ${line}`));
  if (last !== undefined) lines.push(`  last: ${last.state}, ${moment(last.to ?? last.scheduledFor)}`);
  if (failures > 0) lines.push(`  failed: ${plural(failures, "time")} in a row`);
  if (paused !== undefined) {
    lines.push(`  paused: ${oneLine(paused, 200)}`, `  go on with: loopd routines resume ${quoted(name)}`);
    lines.push("  once it goes on:", ...firings.map((firing) => `    ${firing}`));
  } else lines.push("  next:", ...firings.map((firing) => `    ${firing}`));
  return lines.join("\n");
}

/** What differs from what a routine does that says nothing about it, and where it works. */
function settingLines(routine: RoutineRow): string[] {
  const { workspace, endpoint, model, overrides, session, overlap, catchUp, window, notify, taints = [] } = routine;
  const set = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== null)) as SessionOverrides;
  const within = window === undefined ? "" : `, at most ${window} old`;
  const tells = notify.length === 0 ? "nothing" : notify.join(", ");
  return [
    ...(workspace === undefined ? [] : [`works in: ${oneLine(workspace, 200)}`]),
    ...overrideLines({ endpoint, model, ...set }),
    ...(session === "new" ? [] : ["session: one for all runs"]),
    ...(overlap === "skip" ? [] : [`a slot while a run is open: ${OVERLAPS[overlap]}`]),
    ...(catchUp === "latest" && window === undefined ? [] : [`missed slots: ${CATCH_UPS[catchUp]}${within}`]),
    ...(tells === "failure, approval" ? [] : [`tells you of: ${tells}`]),
    ...(taints.length === 0 ? [] : [`made from what nobody vouches for: ${oneLine(taints.join(", "), 200)}`]),
  ];
}

const OVERLAPS = {
  skip: "is skipped",
  "buffer-one": "waits for its end, one at most",
  "cancel-other": "cancels that run",
};
const CATCH_UPS = { latest: "the latest runs afterwards", all: "all run afterwards", skip: "none runs afterwards" };

function quoted(name: string): string {
  return /\s/.test(name) ? JSON.stringify(name) : name;
}

/** An instant of the ledger, to the minute, in the zone of whoever looks. */
function moment(iso: string): string {
  const at = new Date(iso);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
