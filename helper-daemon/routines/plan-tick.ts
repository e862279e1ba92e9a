import type { Millis } from "../../src/protocol/values.ts";
import { failsTooOften, isDue, planRoutine } from "./plan-routine.ts";
import type { Absence, RoutinePlan, WatchedRoutine } from "./routine-plan.ts";

export type Tick = { now: Millis; absences: readonly Absence[]; routines: Iterable<WatchedRoutine> };

/**
 * What every routine's slots in (cursor, now] become. Routines of which nothing is to be stored are left out; a look at one
 * of those is a comparison of numbers. Pure: the same ticks plan the same, however often they are asked.
 */
export function planTick({ now, absences, routines }: Tick): RoutinePlan[] {
  const plans: RoutinePlan[] = [];
  for (const watched of routines) {
    if (isIdle(watched, now)) continue;
    const plan = planRoutine(watched, now, absences);
    if (plan !== undefined) plans.push(plan);
  }
  return plans;
}

function isIdle(watched: WatchedRoutine, now: Millis): boolean {
  if (watched.isPaused) return true;
  const isQuiet = watched.open.length === 0 && watched.happened.length === 0 && !failsTooOften(watched);
  return isQuiet && !isDue(watched, now) && now >= watched.cursor;
}
