import type Database from "better-sqlite3";
import type { Routine, Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { guardOf } from "./store-error.ts";

/** A routine, and where it stands. */
export interface StoredRoutine {
  routine: Routine;
  /** Sources that its words carry, and so every session of it. */
  taints: string[];
  /** Why it is paused. Undefined: it is not. */
  paused: string | undefined;
  /** Every slot up to and including it is accounted for. */
  cursor: Millis;
  /** The first slot after it. Undefined: none comes. */
  nextDue: Millis | undefined;
  /** Runs that failed in a row. */
  failures: number;
  /** The session that its runs go on in, once there is one. */
  session: string | undefined;
}

/** What changes of a routine by running it. */
type Standing = Partial<Pick<StoredRoutine, "cursor" | "nextDue" | "failures" | "session">>;

/** The routines of a home by their names. */
export interface RoutineList {
  /** Sorted by name. */
  all(): StoredRoutine[];
  /** The next ones by name after a name, `limit` at most. */
  page(after: string, limit: number): StoredRoutine[];
  find(name: string): StoredRoutine | undefined;
  names(): string[];
  /**
   * Those that a tick has to look at: a slot has come, a run waits to begin, or the clock was set back behind the cursor;
   * and those named in `also` that are not paused. Finds them by index, however many others there are.
   */
  toLookAt(now: Millis, also: readonly string[]): StoredRoutine[];
  /** Names of those that are not paused and wait for something that happens. */
  waitingFor(type: Trigger["type"]): string[];
  /** What those wait for that are not paused and have a slot to come; each trigger once. */
  clockTriggers(): Trigger[];
  /** Whether any is not paused. */
  isAnyEnabled(): boolean;
  /** When the next slot comes, or a failed run is tried again. */
  nextMoment(): Millis | undefined;
  /** The routine whose slot comes next. */
  next(): { name: string; at: Millis } | undefined;
  /** Keys that are present are set, also to undefined. */
  stand(name: string, standing: Standing): void;
  /** When the scheduler was last awake, and the person's logins then, where a routine waited for one. */
  awake(): { at: Millis | undefined; logins: string[] | undefined };
  setAwake(at: Millis, logins: readonly string[] | undefined): void;
}

interface Row {
  definition: string;
  taints: string;
  paused: string | null;
  cursor: number;
  next_due: number | null;
  failures: number;
  session: string | null;
}

const COLUMNS: Readonly<Record<keyof Standing, string>> = {
  cursor: "cursor",
  nextDue: "next_due",
  failures: "failures",
  session: "session",
};

/** Runs that wait to begin; said so that the partial index of open runs serves. */
const DUE = "state IN ('due', 'running') AND state = 'due'";

/** Prepares the routines of a database. */
export function createRoutineList(database: Database.Database): RoutineList {
  const all = database.prepare<[], Row>("SELECT * FROM routines ORDER BY name");
  const page = database.prepare<[string, number], Row>("SELECT * FROM routines WHERE name > ? ORDER BY name LIMIT ?");
  const one = database.prepare<[string], Row>("SELECT * FROM routines WHERE name = ?");
  const names = database.prepare<[], string>("SELECT name FROM routines ORDER BY name").pluck();
  const toLookAt = database.prepare<[{ now: number; also: string }], Row>(
    `SELECT * FROM routines WHERE paused IS NULL AND name IN (
       SELECT name FROM routines WHERE paused IS NULL AND next_due <= @now
       UNION ALL SELECT name FROM routines WHERE paused IS NULL AND cursor > @now
       UNION ALL SELECT routine FROM routine_runs WHERE ${DUE} AND (retry_at IS NULL OR retry_at <= @now)
       UNION ALL SELECT value FROM json_each(@also))`,
  );
  const waitingFor = database
    .prepare<[string], string>(
      "SELECT name FROM routines WHERE paused IS NULL AND definition ->> '$.trigger.type' = ? ORDER BY name",
    )
    .pluck();
  const clockTriggers = database
    .prepare<[], string>(
      `SELECT DISTINCT definition -> '$.trigger' FROM routines WHERE paused IS NULL AND next_due IS NOT NULL
       AND definition ->> '$.trigger.type' IN ('cron', 'every', 'at') ORDER BY 1`,
    )
    .pluck();
  const enabled = database.prepare<[], number>("SELECT 1 FROM routines WHERE paused IS NULL LIMIT 1").pluck();
  const nextMoment = database
    .prepare<[], number | null>(
      `SELECT min(at) FROM (SELECT min(next_due) AS at FROM routines WHERE paused IS NULL AND next_due IS NOT NULL
       UNION ALL SELECT min(retry_at) FROM routine_runs WHERE ${DUE})`,
    )
    .pluck();
  const next = database.prepare<[], { name: string; at: Millis }>(
    "SELECT name, next_due AS at FROM routines WHERE paused IS NULL AND next_due IS NOT NULL ORDER BY next_due LIMIT 1",
  );
  const stand = (Object.keys(COLUMNS) as (keyof Standing)[]).map((key) => ({
    key,
    set: database.prepare<[number | string | null, string]>(`UPDATE routines SET ${COLUMNS[key]} = ? WHERE name = ?`),
  }));
  const awake = database.prepare<[], { awake_at: number | null; logins: string | null }>("SELECT * FROM scheduler");
  const setAwake = database.prepare<[number, string | null]>("UPDATE scheduler SET awake_at = ?, logins = ?");
  const guarded = guardOf(database);
  return {
    all: () => guarded(() => all.all().map(storedRoutine)),
    page: (after, limit) => guarded(() => page.all(after, limit).map(storedRoutine)),
    find: (name) => guarded(() => one.all(name).map(storedRoutine)[0]),
    names: () => guarded(() => names.all()),
    toLookAt: (now, also) => guarded(() => toLookAt.all({ now, also: JSON.stringify(also) }).map(storedRoutine)),
    waitingFor: (type) => guarded(() => waitingFor.all(type)),
    clockTriggers: () => guarded(() => clockTriggers.all().map((trigger) => JSON.parse(trigger) as Trigger)),
    isAnyEnabled: () => guarded(() => enabled.get() !== undefined),
    nextMoment: () => guarded(() => nextMoment.get() ?? undefined),
    next: () => guarded(() => next.get()),
    stand: (name, standing) =>
      guarded(() => {
        for (const { key, set } of stand) if (key in standing) set.run(standing[key] ?? null, name);
      }),
    awake: () =>
      guarded(() => {
        const row = awake.get();
        const logins = row?.logins ?? undefined;
        return {
          at: row?.awake_at ?? undefined,
          logins: logins === undefined ? undefined : (JSON.parse(logins) as string[]),
        };
      }),
    setAwake: (at, logins) =>
      guarded(() => void setAwake.run(at, logins === undefined ? null : JSON.stringify(logins))),
  };
}

function storedRoutine({ definition, taints, paused, cursor, next_due, failures, session }: Row): StoredRoutine {
  return {
    routine: JSON.parse(definition) as Routine,
    taints: JSON.parse(taints) as string[],
    paused: paused ?? undefined,
    cursor,
    nextDue: next_due ?? undefined,
    failures,
    session: session ?? undefined,
  };
}
