import { LoopdError } from "../../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../../src/protocol/requests.ts";
import { iso } from "../store/routine-ledger.ts";
import { beginRun } from "./begin-run.ts";
import { describeMoment } from "./describe-moment.ts";
import { freeSlots } from "./free-slots.ts";
import { prepareRuns } from "./prepare-run.ts";
import { expanded, localZone, momentOf, routineNamed } from "./routine-rows.ts";
import type { RoutineWorld } from "./routine-world.ts";
import type { Scheduler } from "./scheduler.ts";
import { firstSlots } from "./slots.ts";
import { slotsOf } from "./trigger-slots.ts";

/** Runs of routines that people ask for, and the ledger. */
export interface RunDesk {
  run(params: ParsedParamsOf<"routine.run">): Promise<ResultOf<"routine.run">>;
  cancel(params: ParsedParamsOf<"routine.cancel">): ResultOf<"routine.cancel">;
  runs(params: ParsedParamsOf<"routine.runs">): ResultOf<"routine.runs">;
  next(params: ParsedParamsOf<"routine.next">): ResultOf<"routine.next">;
  backfill(params: ParsedParamsOf<"routine.backfill">): Promise<ResultOf<"routine.backfill">>;
}

/** Slots that one backfill runs for. */
const MOST_BACKFILLED = 100;

/** The desk of a helper's runs. */
export function createRunDesk(world: RoutineWorld, scheduler: Scheduler): RunDesk {
  const { store, hub, turns } = world;
  const { runs } = store;
  const openOf = (name: string) => runs.open().filter((run) => run.routine === name);
  return {
    run: async ({ name }) => {
      const stored = routineNamed(world, name);
      const prepared = (await prepareRuns(world, [stored])).get(name);
      if (prepared === undefined) {
        throw new LoopdError("store-busy", `What ${name} works with did not answer in time. Try again.`);
      }
      if (prepared.type === "problem") throw prepared.error;
      const begun = hub.together((record) => {
        const underWay = openOf(name).find((run) => run.state !== "due");
        if (underWay !== undefined) {
          const how = underWay.state === "waiting" ? "waits for you (loopd approvals)" : "is under way";
          throw new LoopdError("turn-open", `A run of ${name} ${how}, in session ${underWay.session ?? "?"}.`);
        }
        const now = world.now();
        let slot = now;
        while (runs.has(name, slot)) slot += 1;
        runs.add(name, slot, "run");
        return beginRun(world, record, { stored, slot, attempts: 0, prepared, now });
      });
      turns.wake(begun.session);
      return begun;
    },
    cancel: ({ name, by, why }) => {
      routineNamed(world, name);
      const open = openOf(name);
      const finishedAt = world.now();
      hub.together(() => {
        for (const { state, scheduledFor } of open) {
          const detail = `Cancelled by ${by}${why === "" ? "." : `: ${why}`}`;
          if (state === "due") runs.end(name, scheduledFor, { state: "interrupted", finishedAt, detail });
        }
      });
      const cancelled = open.flatMap(({ state, session, turn }) => {
        if (state === "due" || session === undefined || turn === undefined) return [];
        // One that has ended meanwhile is none to cancel.
        const isOver = store.log.ofTurn(turn, "turn.finished").length > 0;
        return isOver ? [] : turns.cancel({ session, turn, by, why }).turns;
      });
      return { turns: cancelled };
    },
    runs: ({ name, before, limit }) => {
      const end = before === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(before);
      if (Number.isNaN(end)) throw new LoopdError("invalid-params", `${before} is no ISO time.`);
      const lines = runs.list({ routine: name, before: end, limit });
      if (lines.length === 0 && name !== undefined && before === undefined) routineNamed(world, name);
      return { runs: expanded(world, lines, end, limit) };
    },
    next: ({ name, count, from }) => {
      const { trigger } = routineNamed(world, name).routine;
      const after = from === undefined ? world.now() : momentOf(from, trigger, "first") - 1;
      const zone = "zone" in trigger ? trigger.zone : localZone();
      const slots = firstSlots(slotsOf(trigger, []), after, Number.MAX_SAFE_INTEGER, count);
      return { slots: slots.map((slot) => ({ scheduledFor: iso(slot), words: describeMoment(slot, zone) })) };
    },
    backfill: async ({ name, from, to, isDryRun }) => {
      const { routine, paused } = routineNamed(world, name);
      if (paused !== undefined) {
        throw new LoopdError(
          "not-allowed",
          `${name} is paused, so nothing would run. First: loopd routines resume ${name}`,
        );
      }
      const { trigger } = routine;
      const first = momentOf(from, trigger, "first");
      const last = Math.min(momentOf(to, trigger, "last"), world.now());
      if (last < first) throw new LoopdError("invalid-params", `There is nothing past between ${from} and ${to}.`);
      const slots = slotsOf(trigger, []);
      const { chosen, left } = hub.together(() => {
        const free = freeSlots(slots, first, last, runs.claimed(name, first - 1), MOST_BACKFILLED);
        if (!isDryRun) for (const slot of free.chosen) runs.add(name, slot, "backfill");
        return free;
      });
      if (!isDryRun) await scheduler.poke([name]);
      return { slots: chosen.map(iso), left };
    },
  };
}
