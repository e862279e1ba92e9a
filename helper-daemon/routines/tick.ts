import type { EntryDraft } from "../../src/protocol/entries.ts";
import type { Json, Millis } from "../../src/protocol/values.ts";
import type { Hub } from "../hub.ts";
import { HOME_SESSION } from "../rules.ts";
import type { StoredRoutine } from "../store/routine-list.ts";
import type { RecordedRoutine } from "../store/routine-projection.ts";
import type { OpenRoutineRun } from "../store/routine-runs.ts";
import { beginRun } from "./begin-run.ts";
import { cutStretch } from "./missed-stretches.ts";
import { planTick } from "./plan-tick.ts";
import { type Prepared, prepareRuns } from "./prepare-run.ts";
import type { Absence, RoutinePlan, WatchedRoutine } from "./routine-plan.ts";
import type { RoutineTurn, RoutineWorld } from "./routine-world.ts";

/** What a tick goes by. */
export interface Tick {
  absences: readonly Absence[];
  /** When that happened which a routine waits for, by its name. */
  happened: ReadonlyMap<string, readonly Millis[]>;
  /** The person's logins that last, for the next tick to compare with. Absent: nothing waits for one. */
  logins?: readonly string[] | undefined;
  /** Routines to look at although no slot of theirs has come. */
  also: readonly string[];
}

/** What is left to do once the tick is durable. */
export interface Ticked {
  begun: RoutineTurn[];
  cancelled: RoutineTurn[];
  /** Routines whose run failed before it began, with the words. */
  failed: { stored: StoredRoutine; why: string }[];
  /** Routines that were paused, with the words. */
  paused: { stored: StoredRoutine; why: string }[];
}

/** Runs of routines that are under way at once; those that wait for a person do not count. The others wait for a place. */
const MOST_AT_ONCE = 16;

/**
 * Accounts for every slot since the last tick: plans, claims and submits in one transaction that no other helper can come
 * between. @throws LoopdError of the store; then nothing has happened, and the next tick makes up for it.
 */
export async function tick(world: RoutineWorld, { absences, happened, also, logins }: Tick): Promise<Ticked> {
  const { hub, store } = world;
  const { routines, runs } = store;
  const names = [...also, ...happened.keys()];
  const prepared = await prepareRuns(world, routines.toLookAt(world.now(), names));
  return hub.together((record) => {
    const now = world.now();
    const found = new Map(routines.toLookAt(now, names).map((stored) => [stored.routine.name, stored]));
    const open = byRoutine(found.size === 0 ? [] : runs.open());
    const watched = [...found.values()].map((stored) => watchedOf(world, stored, open, happened, now));
    const plans = planTick({ now, absences, routines: watched });
    const ticked: Ticked = { begun: [], cancelled: [], failed: [], paused: [] };
    let free = MOST_AT_ONCE - [...open.values()].flat().filter((run) => run.state === "running").length;
    for (const plan of plans) {
      const stored = found.get(plan.id);
      if (stored === undefined) continue;
      const openRuns = open.get(plan.id) ?? [];
      claim(world, stored, plan, now);
      for (const slot of plan.cancel) {
        const { session, turn } = openRuns.find((run) => run.scheduledFor === slot) ?? {};
        if (session !== undefined && turn !== undefined) ticked.cancelled.push({ session, turn });
      }
      if (plan.pause !== undefined) {
        record([paused(stored, plan.pause)]);
        ticked.paused.push({ stored, why: plan.pause });
      }
      for (const slot of plan.start) {
        const attempts = openRuns.find((run) => run.scheduledFor === slot)?.attempts ?? 0;
        free -= start(world, record, ticked, { stored, slot, attempts, free, prepared: prepared.get(plan.id), now });
      }
    }
    routines.setAwake(now, logins);
    return ticked;
  });
}

/** Entry of a routine that is paused, or not any more where `why` is absent. */
export function paused({ routine, taints }: StoredRoutine, why: string | undefined, by = "loopd"): EntryDraft {
  const recorded = (pausedFor: string | undefined) =>
    ({ routine, ...(pausedFor === undefined ? {} : { paused: pausedFor }) }) satisfies RecordedRoutine as Json;
  const data = { store: "routine" as const, key: routine.name, by, taints, after: recorded(why) };
  return { kind: "state.changed", session: HOME_SESSION, data };
}

function byRoutine(open: readonly OpenRoutineRun[]): Map<string, OpenRoutineRun[]> {
  const runs = new Map<string, OpenRoutineRun[]>();
  for (const run of open) {
    const known = runs.get(run.routine);
    if (known === undefined) runs.set(run.routine, [run]);
    else known.push(run);
  }
  return runs;
}

function watchedOf(
  { store }: RoutineWorld,
  { routine, cursor, nextDue, failures }: StoredRoutine,
  open: ReadonlyMap<string, readonly OpenRoutineRun[]>,
  happened: Tick["happened"],
  now: Millis,
): WatchedRoutine {
  const { name } = routine;
  const runs = (open.get(name) ?? []).map(({ scheduledFor, state, retryAt }) => {
    // What is tried again later is under way until then.
    return { scheduledFor, state: retryAt !== undefined && retryAt > now ? ("waiting" as const) : state };
  });
  const claimed = store.runs.claimed(name, cursor);
  const told = happened.get(name) ?? [];
  return { id: name, routine, cursor, nextDue, isPaused: false, failures, open: runs, claimed, happened: told };
}

/** Writes down what became of the slots. */
function claim({ store: { routines, runs } }: RoutineWorld, stored: StoredRoutine, plan: RoutinePlan, now: Millis) {
  const { name, trigger } = stored.routine;
  routines.stand(name, { cursor: plan.cursor, nextDue: plan.nextDue });
  if (plan.rewound !== undefined) {
    const { to } = plan.rewound;
    for (const { run, ...stretch } of runs.stretchesAfter(name, to))
      runs.cutStretch(run, cutStretch(trigger, stretch, to));
  }
  for (const stretch of plan.missed) runs.addStretch(name, "missed", stretch);
  for (const stretch of plan.skipped) runs.addStretch(name, "skipped", stretch);
  for (const slot of plan.due) runs.add(name, slot);
  for (const slot of plan.withdraw) runs.end(name, slot, { state: "skipped", reason: "overlap", finishedAt: now });
}

interface Start {
  stored: StoredRoutine;
  slot: Millis;
  attempts: number;
  /** Places for runs. */
  free: number;
  prepared: Prepared | undefined;
  now: Millis;
}

/** Begins a run, if it can; returns how many places it takes. What cannot begin yet stays due. */
function start(
  world: RoutineWorld,
  record: Hub["record"],
  ticked: Ticked,
  { stored, slot, attempts, free, prepared, now }: Start,
): number {
  const { routines, runs } = world.store;
  const { name } = stored.routine;
  if (prepared === undefined || free <= 0) return 0;
  if (prepared.type === "ready") {
    ticked.begun.push(beginRun(world, record, { stored, slot, attempts, prepared, now }));
    return 1;
  }
  const { message: why } = prepared.error;
  runs.end(name, slot, { state: "failed", finishedAt: now, detail: why });
  routines.stand(name, { failures: stored.failures + 1 });
  ticked.failed.push({ stored, why });
  return 0;
}
