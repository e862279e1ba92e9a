import type Database from "better-sqlite3";
import type { EntryOf } from "../../src/protocol/entries.ts";
import type { Routine } from "../../src/protocol/routine.ts";

/** A routine as the trace holds it (`state.changed` of the store `routine`, by its name). */
export type RecordedRoutine = {
  routine: Routine;
  /** Why it is paused. Absent: it is not. */
  paused?: string;
};

/** Keeps the routines as their entries tell them. Where each stands is the scheduler's to say, in the same transaction. */
export function createRoutineProjection(database: Database.Database): (entry: EntryOf<"state.changed">) => void {
  const put = database.prepare(
    `INSERT INTO routines (name, definition, taints, paused, cursor) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, taints = excluded.taints, paused = excluded.paused`,
  );
  const drop = database.prepare("DELETE FROM routines WHERE name = ?");
  return ({ at, data: { key, after, taints = [] } }) => {
    if (after === undefined) {
      drop.run(key);
      return;
    }
    const { routine, paused } = after as unknown as RecordedRoutine;
    put.run(key, JSON.stringify(routine), JSON.stringify(taints), paused ?? null, Date.parse(at));
  };
}
