import type { RoutineRow } from "../../protocol/routine-methods.ts";
import type { RunRow, RunState } from "../../protocol/routine.ts";
import { count, duration, plural } from "./quantity.ts";
import { SLOT_REASONS } from "./routine.ts";
import { oneLine } from "./terminal-text.ts";
import type { Tint } from "./turn-state.ts";

type Tag = { text: string; tint: Tint };

/** A routine as one line of a list. */
export interface RoutineItem {
  title: string;
  subtitle: string;
  /** Why it does not come, or how its newest run went. Most pressing first. */
  tags: Tag[];
  /** When it runs next; undefined where no clock says so, or it is paused. */
  next: Date | undefined;
  /** Words for the same. */
  nextWords: string;
}

/** A line of the ledger as one of a list. */
export interface RunItem {
  title: string;
  tag: Tag;
  /** How long, how much; what is not known is left out. */
  facts: string[];
  at: Date;
  why: string;
}

const LONGEST = 120;

const STATES: Record<RunState, Tag> = {
  due: { text: "Due", tint: "Blue" },
  running: { text: "Running", tint: "Blue" },
  waiting: { text: "Waiting for you", tint: "Orange" },
  ran: { text: "Ran", tint: "Green" },
  late: { text: "Ran late", tint: "Green" },
  missed: { text: "Missed", tint: "SecondaryText" },
  skipped: { text: "Skipped", tint: "SecondaryText" },
  failed: { text: "Failed", tint: "Red" },
  interrupted: { text: "Interrupted", tint: "Orange" },
};

/** A routine in a list. */
export function presentRoutine({ name, schedule, paused, failures, last, next }: RoutineRow): RoutineItem {
  const tags: Tag[] = [];
  if (paused !== undefined) tags.push({ text: "Paused", tint: "Orange" });
  if (failures > 1) tags.push({ text: `${count(failures)} failed in a row`, tint: "Red" });
  else if (last !== undefined) tags.push(STATES[last.state]);
  const comes = next === undefined ? undefined : new Date(next);
  const nextWords = comes === undefined ? "fires at no time that could be told" : `next on ${wallTime(comes)}`;
  return {
    title: name,
    subtitle: oneLine(paused === undefined ? schedule : `${schedule} – ${paused}`, LONGEST),
    tags,
    next: comes,
    nextWords: paused === undefined ? nextWords : paused,
  };
}

/** Whether something of a routine is under way, so that its line may change by itself. */
export function isUnderWay({ state }: Pick<RunRow, "state">): boolean {
  return state === "due" || state === "running" || state === "waiting";
}

/** A line of the ledger in a list. */
export function presentRun(run: RunRow): RunItem {
  const { scheduledFor, to, count: slots, state, reason, detail, askedAs, durationMs, tokens, costUsd } = run;
  const at = new Date(scheduledFor);
  const asked = askedAs === undefined ? [] : [askedAs === "run" ? "asked for" : "backfilled"];
  const why = [
    ...asked,
    ...(reason === undefined ? [] : [SLOT_REASONS[reason]]),
    ...(detail === undefined ? [] : [detail]),
  ];
  return {
    title: to === undefined ? wallTime(at) : `${wallTime(at)} to ${wallTime(new Date(to))}`,
    tag:
      slots === undefined ? STATES[state] : { ...STATES[state], text: `${STATES[state].text} ${count(slots)} times` },
    facts: [
      ...(durationMs === undefined ? [] : [duration(durationMs)]),
      ...(tokens === undefined || tokens === 0 ? [] : [plural(tokens, "token")]),
      ...(costUsd === undefined || costUsd === 0 ? [] : [`$${costUsd.toPrecision(2)}`]),
    ],
    at,
    why: oneLine(why.join("; "), LONGEST),
  };
}

/** What is asked before past slots run. */
export function backfillAlert(
  name: string,
  slots: readonly string[],
  left: number,
): { title: string; message: string } {
  const [first = "", last = first] = [slots[0], slots.at(-1)];
  const span = `from ${wallTime(new Date(first))} to ${wallTime(new Date(last))}`;
  const rest = left === 0 ? "" : ` ${plural(left, "more slot")} of that time would be left; ask again for them.`;
  return {
    title: `Run ${oneLine(name, 64)} ${plural(slots.length, "Time")}?`,
    message: `One after the other, ${span}.${rest}`,
  };
}

/** `Mon, Nov 23, 2026, 9:00 AM`, in the zone of whoever looks. */
function wallTime(at: Date): string {
  const day = { weekday: "short", year: "numeric", month: "short", day: "numeric" } as const;
  return at.toLocaleString("en-US", { ...day, hour: "numeric", minute: "2-digit" });
}
