import type { RoutineDesk } from "./routine-desk.ts";
import type { RoutineWorld } from "./routine-world.ts";
import type { RunDesk } from "./run-desk.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";
import { createTickAgent, type TickWorld } from "./tick-agent.ts";

/** The routines of a helper. */
export interface Routines {
  scheduler: Scheduler;
  /** What people and tools ask of them. Not in memory before. */
  desk(): Promise<RoutineDesk & RunDesk>;
  /** ISO time of the next slot of all. */
  nextRun(): string | undefined;
  /** The routine whose slot comes next. */
  next(): { name: string; at: string } | undefined;
  /** Pauses every routine that is not paused. */
  pauseAll(by: string, why: string): Promise<void>;
}

/** Joins the routines to the helper, and to the system that helpers are installed in. */
export function createRoutines(world: RoutineWorld & TickWorld): Routines {
  const tickAgent = createTickAgent(world);
  const scheduler = createScheduler(world);
  let desks: Promise<RoutineDesk & RunDesk> | undefined;
  const open = async () => {
    const [{ createRoutineDesk }, { createRunDesk }] = await Promise.all([
      import("./routine-desk.ts"),
      import("./run-desk.ts"),
    ]);
    return { ...createRoutineDesk(world, scheduler), ...createRunDesk(world, scheduler) };
  };
  const desk = () => (desks ??= open());
  return {
    scheduler: {
      ...scheduler,
      start: () => {
        scheduler.start();
        tickAgent.start();
      },
      stop: () => {
        tickAgent.stop();
        return scheduler.stop();
      },
    },
    desk,
    nextRun: () => {
      const at = world.store.routines.nextMoment();
      return at === undefined ? undefined : new Date(at).toISOString();
    },
    next: () => {
      const next = world.store.routines.next();
      return next && { name: next.name, at: new Date(next.at).toISOString() };
    },
    pauseAll: async (by, why) => {
      if (!world.store.routines.isAnyEnabled()) return;
      const { pause } = await desk();
      for (const { routine, paused } of world.store.routines.all())
        if (paused === undefined) await pause({ name: routine.name, why, by });
    },
  };
}
