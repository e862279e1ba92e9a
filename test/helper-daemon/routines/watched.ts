import { standingFrom } from "../../../helper-daemon/routines/change-routine.ts";
import type { RoutinePlan, SlotStretch, WatchedRoutine } from "../../../helper-daemon/routines/routine-plan.ts";
import { routineSchema, type Trigger } from "../../../src/protocol/routine.ts";

type Wanted = { trigger: Trigger; from: number } & Partial<WatchedRoutine["routine"]>;

/** A routine as it stands when it is new, at `from`. */
export function watched({ trigger, from, ...wanted }: Wanted): WatchedRoutine {
  const routine = routineSchema.parse({ name: "brief", prompt: "Write the brief.", trigger, ...wanted });
  const fresh = { isPaused: false, failures: 0, open: [], claimed: [], happened: [] };
  return { id: "brief", routine, ...standingFrom(routine.trigger, from), ...fresh };
}

/** The trigger of a cron in UTC, unless a zone is given. */
export function cron(expression: string, zone = "UTC"): Trigger {
  return { type: "cron", expression, zone };
}

/** What a ledger would hold after a plan, in words: `run 2026-11-21T09:00`, `missed 2026-11-19T09:00 2 asleep`. */
export function ledger(plans: readonly RoutinePlan[]): string[] {
  const at = (instant: number) => new Date(instant).toISOString().slice(0, 16);
  const stretch = (state: string) => (one: SlotStretch) => `${state} ${at(one.from)} ${one.count} ${one.reason}`;
  return plans.flatMap((plan) => [
    ...plan.missed.map(stretch("missed")),
    ...plan.skipped.map(stretch("skipped")),
    ...plan.due.map((slot) => `${plan.start.includes(slot) ? "run" : "due"} ${at(slot)}`),
    ...plan.start.filter((slot) => !plan.due.includes(slot)).map((slot) => `start ${at(slot)}`),
    ...plan.cancel.map((slot) => `cancel ${at(slot)}`),
    ...plan.withdraw.map((slot) => `withdraw ${at(slot)}`),
    ...(plan.pause === undefined ? [] : [`pause ${plan.pause}`]),
  ]);
}
