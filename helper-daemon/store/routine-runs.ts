import type Database from "better-sqlite3";
import type { RunRow, RunState, SlotReason } from "../../src/protocol/routine.ts";
import { delegateKey, type Millis, type SessionId, turnOfCall, type TurnId } from "../../src/protocol/values.ts";
import { iso, ledgerLine, type LedgerRow } from "./routine-ledger.ts";
import { guardOf } from "./store-error.ts";

/** A run that has not ended; `waiting`: on a person. */
export interface OpenRoutineRun {
  routine: string;
  scheduledFor: Millis;
  state: "due" | "running" | "waiting";
  /** How often it has begun. */
  attempts: number;
  /** It failed and begins again then. */
  retryAt: Millis | undefined;
  session: SessionId | undefined;
  turn: TurnId | undefined;
  startedAt: Millis | undefined;
  askedAs: "run" | "backfill" | undefined;
}

/** Slots that nothing runs for. */
type Stretch = { from: Millis; to: Millis; count: number; reason: SlotReason };
/** How a run ended. */
interface RunEnd {
  state: RunState;
  finishedAt: Millis;
  reason?: SlotReason;
  tokens?: number;
  costUsd?: number;
  detail?: string;
}

/** The ledger of routines. Every change is one statement: what belongs together is the caller's transaction. */
export interface RoutineRuns {
  /** Newest first. `after`: the scheduled time that the page before ended with. */
  list(query: { routine?: string; before?: Millis; limit: number }): RunRow[];
  open(): OpenRoutineRun[];
  ofTurn(turn: TurnId): OpenRoutineRun | undefined;
  /** Whether the open turn of a session is a run's, or has been delegated by one. */
  isAskedForIn(session: SessionId): boolean;
  /** Whether a slot has a run, open or over. */
  has(routine: string, slot: Millis): boolean;
  /** Scheduled times after an instant that have a run. */
  claimed(routine: string, after: Millis): Millis[];
  /** Stretches that reach beyond an instant. */
  stretchesAfter(routine: string, after: Millis): (Stretch & { run: number })[];
  addStretch(routine: string, state: "missed" | "skipped", stretch: Stretch): void;
  /** What is left of a stretch; undefined: nothing. */
  cutStretch(run: number, left: Stretch | undefined): void;
  add(routine: string, slot: Millis, askedAs?: "run" | "backfill"): void;
  begin(routine: string, slot: Millis, place: { session: SessionId; turn: TurnId; at: Millis }): void;
  /** It failed and is tried again. */
  again(routine: string, slot: Millis, retryAt: Millis, detail: string): void;
  end(routine: string, slot: Millis, end: RunEnd): void;
}

interface OpenRow {
  routine: string;
  scheduledFor: number;
  state: "due" | "running" | "waiting";
  attempts: number;
  retryAt: number | null;
  session: string | null;
  turn: string | null;
  startedAt: number | null;
  askedAs: "run" | "backfill" | null;
}

/** A run waits for a person exactly while a card of its turn is open. */
const STATE = `CASE WHEN r.state = 'running' AND EXISTS (
  SELECT 1 FROM cards c WHERE c.session = r.session AND c.turn = r.turn AND c.resolution IS NULL)
  THEN 'waiting' ELSE r.state END AS state`;
const OPEN = `SELECT r.routine, r.scheduled_for AS scheduledFor, ${STATE}, r.attempts, r.retry_at AS retryAt, r.session, r.turn,
  r.started_at AS startedAt, r.asked_as AS askedAs FROM routine_runs r`;
const DELEGATED = delegateKey("");
const RUN = "routine = ? AND scheduled_for = ? AND count IS NULL";

/** Prepares the ledger of a database. */
export function createRoutineRuns(database: Database.Database): RoutineRuns {
  const listed = (condition: string) =>
    database.prepare<[{ routine: string; before: number; limit: number }], LedgerRow>(
      `SELECT r.*, ${STATE} FROM routine_runs r WHERE ${condition} r.scheduled_for < @before
       ORDER BY coalesce(r.last_slot, r.scheduled_for) DESC, r.run DESC LIMIT @limit`,
    );
  const listAll = listed("");
  const listOne = listed("r.routine = @routine AND");
  const open = database.prepare<[], OpenRow>(`${OPEN} WHERE r.state IN ('due', 'running') ORDER BY r.scheduled_for`);
  const ofTurn = database.prepare<[string], OpenRow>(`${OPEN} WHERE r.turn = ?`);
  const openKeys = database
    .prepare<[string], string | null>("SELECT origin_key FROM turns WHERE session = ? AND finish IS NULL")
    .pluck();
  const keyOf = database.prepare<[string], string | null>("SELECT origin_key FROM turns WHERE turn = ?").pluck();
  const isOfRoutine = (key: string | null | undefined): boolean => {
    if (key?.startsWith(DELEGATED) === true) return isOfRoutine(keyOf.get(turnOfCall(key.slice(DELEGATED.length))));
    return key?.startsWith("routine:") === true;
  };
  const has = database.prepare<[string, number], number>(`SELECT 1 FROM routine_runs WHERE ${RUN}`).pluck();
  const claimed = database
    .prepare<[string, number], number>(
      "SELECT scheduled_for FROM routine_runs WHERE routine = ? AND scheduled_for > ? AND count IS NULL",
    )
    .pluck();
  const stretches = database.prepare<[string, number], Stretch & { run: number }>(
    `SELECT run, scheduled_for AS "from", last_slot AS "to", count, reason FROM routine_runs
     WHERE routine = ? AND coalesce(last_slot, scheduled_for) > ? AND count IS NOT NULL`,
  );
  const addStretch = database.prepare(
    "INSERT INTO routine_runs (routine, scheduled_for, state, reason, last_slot, count) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const shorten = database.prepare("UPDATE routine_runs SET scheduled_for = ?, last_slot = ?, count = ? WHERE run = ?");
  const drop = database.prepare("DELETE FROM routine_runs WHERE run = ?");
  const add = database.prepare(
    "INSERT INTO routine_runs (routine, scheduled_for, state, asked_as) VALUES (?, ?, 'due', ?)",
  );
  const begin = database.prepare(
    `UPDATE routine_runs SET state = 'running', session = ?, turn = ?, started_at = coalesce(started_at, ?),
       attempts = attempts + 1, retry_at = NULL WHERE state = 'due' AND ${RUN}`,
  );
  const again = database.prepare(`UPDATE routine_runs SET state = 'due', retry_at = ?, detail = ? WHERE ${RUN}`);
  const end = database.prepare(
    `UPDATE routine_runs SET state = ?, finished_at = ?, reason = ?, tokens = ?, cost_usd = ?, detail = ?,
       retry_at = NULL WHERE ${RUN}`,
  );
  const guarded = guardOf(database);
  return {
    list: ({ routine, before = Number.MAX_SAFE_INTEGER, limit }) =>
      guarded(() => {
        const list = routine === undefined ? listAll : listOne;
        return list.all({ routine: routine ?? "", before, limit }).map(ledgerLine);
      }),
    open: () => guarded(() => open.all().map(openRun)),
    ofTurn: (turn) => guarded(() => ofTurn.all(turn).map(openRun)[0]),
    isAskedForIn: (session) => guarded(() => openKeys.all(session).some(isOfRoutine)),
    has: (routine, slot) => guarded(() => has.get(routine, slot) !== undefined),
    claimed: (routine, after) => guarded(() => claimed.all(routine, after)),
    stretchesAfter: (routine, after) => guarded(() => stretches.all(routine, after)),
    addStretch: (routine, state, { from, to, count, reason }) =>
      guarded(() => void addStretch.run(routine, from, state, reason, to, count)),
    cutStretch: (run, left) =>
      guarded(() => void (left === undefined ? drop.run(run) : shorten.run(left.from, left.to, left.count, run))),
    add: (routine, slot, askedAs) => guarded(() => void add.run(routine, slot, askedAs ?? null)),
    begin: (routine, slot, { session, turn, at }) =>
      guarded(() => {
        if (begin.run(session, turn, at, routine, slot).changes !== 1)
          throw new Error(`the run of ${routine} for ${iso(slot)} is not due`);
      }),
    again: (routine, slot, retryAt, detail) => guarded(() => void again.run(retryAt, detail, routine, slot)),
    end: (routine, slot, { state, finishedAt, reason, tokens, costUsd, detail }) =>
      guarded(
        () =>
          void end.run(
            ...[state, finishedAt, reason ?? null, tokens ?? null, costUsd ?? null, detail ?? null, routine, slot],
          ),
      ),
  };
}

function openRun({ retryAt, session, turn, startedAt, askedAs, ...row }: OpenRow): OpenRoutineRun {
  return {
    ...row,
    retryAt: retryAt ?? undefined,
    session: session ?? undefined,
    turn: turn ?? undefined,
    startedAt: startedAt ?? undefined,
    askedAs: askedAs ?? undefined,
  };
}
