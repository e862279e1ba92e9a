import type { RunRow } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";

/** A row of the ledger as it is stored. */
export interface LedgerRow {
  routine: string;
  scheduled_for: number;
  state: string;
  reason: string | null;
  last_slot: number | null;
  count: number | null;
  asked_as: string | null;
  session: string | null;
  turn: string | null;
  started_at: number | null;
  finished_at: number | null;
  tokens: number | null;
  cost_usd: number | null;
  detail: string | null;
}

/** An instant as ISO 8601 in UTC. */
export function iso(instant: Millis): string {
  return new Date(instant).toISOString();
}

/** A row as faces and tools are told it. */
export function ledgerLine(row: LedgerRow): RunRow {
  const { routine, scheduled_for, last_slot, started_at, finished_at } = row;
  const when = (instant: number | null) => (instant === null ? undefined : iso(instant));
  const line = {
    routine,
    scheduledFor: iso(scheduled_for),
    state: row.state as RunRow["state"],
    reason: (row.reason ?? undefined) as RunRow["reason"],
    to: row.count === null || row.count === 1 ? undefined : when(last_slot),
    count: row.count === null || row.count === 1 ? undefined : row.count,
    askedAs: (row.asked_as ?? undefined) as RunRow["askedAs"],
    startedAt: when(started_at),
    finishedAt: when(finished_at),
    durationMs: started_at === null || finished_at === null ? undefined : Math.max(0, finished_at - started_at),
    session: row.session ?? undefined,
    turn: row.turn ?? undefined,
    tokens: row.tokens ?? undefined,
    costUsd: row.cost_usd ?? undefined,
    detail: row.detail ?? undefined,
  };
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)) as RunRow;
}
