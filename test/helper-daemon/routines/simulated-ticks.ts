import { planTick } from "../../../helper-daemon/routines/plan-tick.ts";
import type { Absence, RoutinePlan, WatchedRoutine } from "../../../helper-daemon/routines/routine-plan.ts";

/** A ledger and a clock around `planTick`, as the helper has them: what runs, when, and what was accounted for. */
export class SimulatedTicks {
  watched: WatchedRoutine;
  /** Scheduled times of all runs that began, in the order in which they did. */
  readonly ran: number[] = [];
  readonly plans: RoutinePlan[] = [];

  constructor(watched: WatchedRoutine) {
    this.watched = watched;
  }

  /** One tick; runs that begin end at once, and the next in line begins, as it would at the tick after. */
  tick(now: number, absences: readonly Absence[]): RoutinePlan[] {
    const made: RoutinePlan[] = [];
    for (;;) {
      const claimed = this.ran.filter((slot) => slot > this.watched.cursor);
      const [plan] = planTick({ now, absences, routines: [{ ...this.watched, claimed }] });
      if (plan === undefined) break;
      made.push(plan);
      const waiting = [...this.watched.open.map((run) => run.scheduledFor), ...plan.due];
      const left = waiting.filter((slot) => !plan.start.includes(slot) && !plan.withdraw.includes(slot));
      this.ran.push(...plan.start);
      const open = left.map((scheduledFor) => ({ scheduledFor, state: "due" as const }));
      this.watched = { ...this.watched, cursor: plan.cursor, nextDue: plan.nextDue, open };
    }
    this.plans.push(...made);
    return made;
  }

  /** How many slots of all ticks ran, were missed or skipped. */
  accounted(): number {
    const stretches = this.plans.flatMap((plan) => [...plan.missed, ...plan.skipped]);
    return stretches.reduce((sum, one) => sum + one.count, this.ran.length);
  }
}
