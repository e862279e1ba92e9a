import { LoopdError } from "../../src/protocol/errors.ts";
import { type Routine, routineSchema } from "../../src/protocol/routine.ts";
import type { ParsedParamsOf, ResultOf } from "../../src/protocol/requests.ts";
import type { Json } from "../../src/protocol/values.ts";
import type { Origin } from "../methods.ts";
import { HOME_SESSION } from "../rules.ts";
import type { StoredRoutine } from "../store/routine-list.ts";
import type { RecordedRoutine } from "../store/routine-projection.ts";
import { planResume, standingFrom } from "./change-routine.ts";
import { describeTrigger } from "./describe-schedule.ts";
import { narrowed } from "./narrow-routine.ts";
import { workspaceOf } from "./prepare-run.ts";
import { editedRoutine, inFolder, meantTrigger, triggerOf } from "./meant-routine.ts";
import { firingsOf, listed, routineNamed, shown } from "./routine-rows.ts";
import type { RoutineWorld } from "./routine-world.ts";
import type { Scheduler } from "./scheduler.ts";
import { paused } from "./tick.ts";

/** Defines routines. What changes a routine is a fact of the trace of the session `home`. */
export interface RoutineDesk {
  add(params: ParsedParamsOf<"routine.add">, origin: Origin): Promise<ResultOf<"routine.add">>;
  edit(params: ParsedParamsOf<"routine.edit">, origin: Origin): Promise<ResultOf<"routine.edit">>;
  remove(params: ParsedParamsOf<"routine.remove">, origin: Origin): Promise<void>;
  list(params: ParsedParamsOf<"routine.list">): ResultOf<"routine.list">;
  preview(params: ParsedParamsOf<"routine.preview">): ResultOf<"routine.preview">;
  show(name: string): ResultOf<"routine.show">;
  pause(params: ParsedParamsOf<"routine.pause">): Promise<ResultOf<"routine.pause">>;
  resume(params: ParsedParamsOf<"routine.resume">): Promise<ResultOf<"routine.resume">>;
}

/** The desk of a helper's routines. */
export function createRoutineDesk(world: RoutineWorld, scheduler: Scheduler): RoutineDesk {
  const { store, hub } = world;
  const { routines, runs } = store;

  /** What a call leaves behind carries what the call had read, and may do no more than its turn. */
  const within = (origin: Origin, routine: Routine): Routine => {
    if (origin.caller === "face") return routine;
    const [started] = store.log.ofTurn(origin.turn, "turn.started");
    const { workspace } = store.lists.session(origin.session);
    const overrides = narrowed(started?.data.overrides ?? {}, routine.overrides);
    return { ...routine, workspace, overrides };
  };
  const taintsOf = (origin: Origin): string[] => (origin.caller === "tool" ? store.taints.ofCall(origin.callId) : []);
  /** @throws LoopdError where no turn of it could be. */
  const check = async ({ prompt: input, endpoint, model, overrides, workspace }: Routine): Promise<void> => {
    if (workspace !== undefined) await workspaceOf(workspace);
    await world.effective({ requestId: "routine", input, endpoint, model, overrides });
  };
  const keep = (
    recorded: RecordedRoutine | undefined,
    {
      key,
      by,
      origin,
      before,
      taints,
    }: { key: string; by?: string; origin: Origin; before?: StoredRoutine; taints: string[] },
    then: () => void = () => {},
  ): void => {
    const callId = origin.caller === "tool" ? origin.callId : undefined;
    const was = before === undefined ? undefined : recordedOf(before);
    const after = recorded as Json | undefined;
    const data = { store: "routine" as const, key, callId, by, taints, before: was, after };
    hub.together((record) => {
      record([{ kind: "state.changed", session: HOME_SESSION, data }]);
      then();
    });
  };

  return {
    add: async ({ schedule, zone, by, ...draft }, origin) => {
      if (routines.find(draft.name) !== undefined) refuseTwin(draft.name);
      // What comes due while it is being checked is due.
      const since = world.now();
      const meant = meantTrigger(world, origin, schedule, zone);
      const trigger = inFolder(meant, draft.workspace ?? world.person, world.person);
      const routine = within(origin, routineSchema.parse({ ...draft, trigger }));
      await check(routine);
      if (routines.find(routine.name) !== undefined) refuseTwin(routine.name);
      const { name } = routine;
      keep({ routine }, { key: name, by, origin, taints: taintsOf(origin) }, () =>
        routines.stand(name, standingFrom(trigger, since)),
      );
      await scheduler.changed();
      return shown(world, name);
    },
    edit: async ({ name, changes, schedule, zone, by }, origin) => {
      const since = world.now();
      const wished = schedule === undefined ? undefined : meantTrigger(world, origin, schedule, zone);
      const edited = () => within(origin, editedRoutine(world, routineNamed(world, name).routine, changes, wished));
      let routine = edited();
      for (let checked = ""; checked !== JSON.stringify(routine); routine = edited()) {
        checked = JSON.stringify(routine);
        await check(routine);
        // What the old schedule owes is accounted for by the old schedule.
        await scheduler.poke([name]);
        // Somebody else may have changed something meanwhile, which is to stay.
      }
      const now = routineNamed(world, name);
      const taints = origin.caller === "face" && changes.prompt !== undefined ? [] : now.taints;
      const carried = [...new Set([...taints, ...taintsOf(origin)])];
      const kept = { routine, ...(now.paused === undefined ? {} : { paused: now.paused }) };
      keep(kept, { key: name, by, origin, before: now, taints: carried }, () => {
        if (wished !== undefined) routines.stand(name, standingFrom(routine.trigger, since));
      });
      await scheduler.changed();
      return shown(world, name);
    },
    remove: async ({ name, by }, origin) => {
      const before = routineNamed(world, name);
      keep(undefined, { key: name, by, origin, before, taints: [] }, () => {
        for (const run of runs.open().filter((one) => one.routine === name && one.state === "due")) {
          const detail = "The routine was removed.";
          runs.end(name, run.scheduledFor, { state: "interrupted", finishedAt: world.now(), detail });
        }
      });
      await scheduler.changed();
    },
    list: ({ after }) => listed(world, after),
    preview: ({ schedule, zone }) => {
      const now = world.now();
      const trigger = triggerOf(schedule, zone, now);
      return { schedule: describeTrigger(trigger), firings: firingsOf(trigger, now) };
    },
    show: (name) => shown(world, name),
    pause: async ({ name, why, by = "a person" }) => {
      routineNamed(world, name);
      await scheduler.poke();
      const stored = routineNamed(world, name);
      const words = `Paused by ${by}${why === "" ? "." : `: ${why}`}`;
      if (stored.paused === undefined) hub.record([paused(stored, words, by)]);
      await scheduler.changed();
      return shown(world, name);
    },
    resume: async ({ name, by = "a person" }) => {
      const stored = routineNamed(world, name);
      if (stored.paused !== undefined) {
        const { missed, ...standing } = planResume(stored.routine.trigger, stored.cursor, world.now());
        hub.together((record) => {
          record([paused(stored, undefined, by)]);
          routines.stand(name, { ...standing, failures: 0 });
          for (const stretch of missed) runs.addStretch(name, "missed", stretch);
        });
        await scheduler.changed();
      }
      return shown(world, name);
    },
  };
}

function recordedOf({ routine, paused: why }: StoredRoutine): Json {
  return { routine, ...(why === undefined ? {} : { paused: why }) } as Json;
}

function refuseTwin(name: string): never {
  const words = `There is a routine ${name} already. Change it with loopd routines edit, or choose another name.`;
  throw new LoopdError("routine-exists", words);
}
