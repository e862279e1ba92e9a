import { asLoopdError } from "../../src/protocol/errors.ts";
import type { TurnId } from "../../src/protocol/values.ts";
import type { RoutineWorld } from "./routine-world.ts";
import { settleRun } from "./settle-run.ts";
import { tick, type Tick } from "./tick.ts";

/** Ticks, then does what the tick has decided. Returns the routines that want to be looked at once more. */
export async function runTick(world: RoutineWorld, asked: Tick): Promise<string[]> {
  const { log, turns } = world;
  const { begun, cancelled, failed, paused } = await tick(world, asked);
  for (const { session } of begun) turns.wake(session);
  for (const { session, turn } of cancelled) {
    try {
      turns.cancel({ session, turn, by: "loopd", why: "a later run of the routine takes its place" });
    } catch (thrown) {
      // It has ended meanwhile.
      log.info({ session, turn, err: asLoopdError(thrown) }, "a run was over before it was cancelled");
    }
  }
  for (const { stored, why } of failed) tell(world, stored.routine, "failure", `could not run: ${why}`);
  for (const { stored, why } of paused) tell(world, stored.routine, "failure", `is paused. ${why}`);
  return failed.map(({ stored }) => stored.routine.name);
}

/** Writes down how a run ended and tells the person. Returns the routine, if the turn was a run's. */
export function settle(world: RoutineWorld, turn: TurnId): string | undefined {
  const settled = settleRun(world, turn);
  if (settled === undefined) return undefined;
  const { routine, stored, how, words } = settled;
  if (stored !== undefined && how === "failed") tell(world, stored.routine, "failure", `failed: ${words}`);
  if (stored !== undefined && how === "ran") tell(world, stored.routine, "finish", `has run: ${words}`);
  return routine;
}

/** A run waits for a person. */
export function tellOfCard(world: RoutineWorld, name: string): void {
  const stored = world.store.routines.find(name);
  if (stored === undefined) return;
  tell(world, stored.routine, "approval", "waits for you. See: loopd approvals");
}

/** What it waits for cannot be watched as it should be. */
export function tellOfTrouble(world: RoutineWorld, name: string, words: string): void {
  const stored = world.store.routines.find(name);
  if (stored !== undefined) tell(world, stored.routine, "failure", words);
}

type Told = { name: string; notify: readonly ("finish" | "failure" | "approval")[] };

function tell(world: RoutineWorld, { name, notify }: Told, what: Told["notify"][number], words: string): void {
  if (notify.includes(what)) world.notify(`Routine ${name}`, `It ${words}`);
}
