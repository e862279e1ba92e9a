import { nearNames } from "../../src/tools/near-name.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { ResultOf } from "../../src/protocol/requests.ts";
import type { RoutineRow } from "../../src/protocol/routine-methods.ts";
import type { RunRow, Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { iso } from "../store/routine-ledger.ts";
import type { StoredRoutine } from "../store/routine-list.ts";
import { describeNext, describeTrigger } from "./describe-schedule.ts";
import type { RoutineWorld } from "./routine-world.ts";
import { slotsOf } from "./trigger-slots.ts";
import { instantOf } from "./zone-offsets.ts";

/** Firings that every change of a routine is answered with. */
const SHOWN_FIRINGS = 5;

/** The zone of this machine. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** @throws LoopdError `unknown-routine`, with the nearest names. */
export function routineNamed({ store }: RoutineWorld, name: string): StoredRoutine {
  const found = store.routines.find(name);
  if (found !== undefined) return found;
  const near = nearNames(name, store.routines.names(), 3);
  const hint = near.length === 0 ? "See all with: loopd routines list" : `Did you mean ${near.join(" or ")}?`;
  throw new LoopdError("unknown-routine", `There is no routine ${name}. ${hint}`);
}

/** A routine as it is listed. */
export function rowOf(
  { store }: RoutineWorld,
  { routine, paused, failures, nextDue, taints }: StoredRoutine,
): RoutineRow {
  const [last] = store.runs.list({ routine: routine.name, limit: 1 });
  const isComing = paused === undefined && nextDue !== undefined;
  return {
    ...routine,
    schedule: describeTrigger(routine.trigger),
    ...(paused === undefined ? {} : { paused }),
    failures,
    ...(taints.length === 0 ? {} : { taints }),
    ...(isComing ? { next: iso(nextDue) } : {}),
    ...(last === undefined ? {} : { last }),
  };
}

/** Longer prompts are cut in lists. */
const LISTED_PROMPT = 1_000;
/** Routines that are read at once, since a prompt may be a megabyte. */
const CHUNK = 25;
/** Characters of one page of a list, well within a frame. */
const PAGE_CHARACTERS = 1_000_000;

/** A page of the list of routines, after a name. */
export function listed(world: RoutineWorld, after: string | undefined): ResultOf<"routine.list"> {
  const routines: RoutineRow[] = [];
  let left = PAGE_CHARACTERS;
  for (;;) {
    const chunk = world.store.routines.page(routines.at(-1)?.name ?? after ?? "", CHUNK);
    for (const stored of chunk) {
      const row = listedRow(rowOf(world, stored));
      routines.push(row);
      left -= JSON.stringify(row).length;
    }
    if (chunk.length < CHUNK) return { routines };
    if (left <= 0) return { routines, isMore: true };
  }
}

function listedRow(row: RoutineRow): RoutineRow {
  if (row.prompt.length <= LISTED_PROMPT) return row;
  return { ...row, prompt: `${plainCut(row.prompt, LISTED_PROMPT)}…`, isPromptCut: true };
}

/** The beginning of a text that breaks no character in two. */
function plainCut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/** A routine with its next firings in words. */
export function shown(world: RoutineWorld, name: string): { routine: RoutineRow; firings: string[] } {
  const stored = routineNamed(world, name);
  return { routine: rowOf(world, stored), firings: firingsOf(stored.routine.trigger, world.now()) };
}

/** The next firings of a trigger in words. */
export function firingsOf(trigger: Trigger, now: Millis): string[] {
  return describeNext(trigger, now, SHOWN_FIRINGS, localZone());
}

/**
 * Stretches of the ledger as one line for each slot, newest first, as far as `limit` lines reach. No slot is looked for that
 * is not among them, however many stretches there are.
 */
export function expanded(world: RoutineWorld, lines: readonly RunRow[], before: Millis, limit: number): RunRow[] {
  const walks = lines.map((line) => walkOf(world, line, before));
  const newest: RunRow[] = [];
  while (newest.length < limit) {
    const walk = walks.reduce<Walk | undefined>((best, one) => (one.at > (best?.at ?? -1) ? one : best), undefined);
    if (walk === undefined) break;
    newest.push(walk.line(walk.at));
    walk.at = walk.earlier(walk.at) ?? -1;
  }
  return newest;
}

/** Goes back over the slots of one line of the ledger. */
interface Walk {
  /** The newest slot that has not been told; -1: all have. */
  at: Millis;
  line(slot: Millis): RunRow;
  earlier(slot: Millis): Millis | undefined;
}

function walkOf({ store: { routines, runs } }: RoutineWorld, row: RunRow, before: Millis): Walk {
  const { to, count, ...rest } = row;
  const from = Date.parse(row.scheduledFor);
  const single: Walk = { at: from, line: () => row, earlier: () => undefined };
  const trigger = routines.find(row.routine)?.routine.trigger;
  if (trigger === undefined || to === undefined) return single;
  const slots = slotsOf(trigger, []);
  // The line as it is where the routine fires at other times by now.
  if (slots.countIn(from - 1, Date.parse(to)) !== count) return single;
  const upTo = (instant: Millis): Millis | undefined => {
    let slot = slots.upTo(instant);
    // What was made up for on request has a line of its own.
    while (slot !== undefined && slot >= from && runs.has(row.routine, slot)) slot = slots.upTo(slot - 1);
    return slot !== undefined && slot >= from ? slot : undefined;
  };
  return {
    at: upTo(Math.min(Date.parse(to), before - 1)) ?? -1,
    line: (slot) => ({ ...rest, scheduledFor: iso(slot) }),
    earlier: (slot) => upTo(slot - 1),
  };
}

/**
 * An instant that a person has written: ISO 8601, in the routine's zone where it says none. A date without a time is its
 * first or its last moment. @throws LoopdError `invalid-params`
 */
export function momentOf(text: string, trigger: Trigger, edge: "first" | "last"): Millis {
  const said = text.trim();
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(said);
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(said) && !isDay;
  const wall = Date.parse(hasOffset || isDay ? said : `${said.replace(" ", "T")}Z`);
  if (!/^\d{4}-\d{2}-\d{2}/.test(said) || Number.isNaN(wall)) {
    throw new LoopdError(
      "invalid-params",
      `${JSON.stringify(said)} is no ISO time, such as 2027-01-31T09:00 or 2027-01-31.`,
    );
  }
  if (hasOffset) return wall;
  const zone = "zone" in trigger ? trigger.zone : localZone();
  const end = isDay && edge === "last" ? wall + 86_400_000 : wall;
  const instant = instantOf(zone, end) ?? end;
  return end === wall ? instant : instant - 1;
}
