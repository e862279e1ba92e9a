/**
 * Routines as the trace has them, and where each stands: every slot up to `cursor` is accounted for, `next_due` is the first
 * one after it. `routine_runs` is the ledger; a row with a `count` is a stretch of slots that nothing ran for. Instants are
 * milliseconds since the Unix epoch. `scheduler`: when the scheduler was last awake, and in which boot of the machine.
 */
export const ROUTINES = `
CREATE TABLE routines (
  name TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  taints TEXT NOT NULL,
  paused TEXT,
  cursor INTEGER NOT NULL,
  next_due INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  session TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX routines_due ON routines (next_due) WHERE paused IS NULL AND next_due IS NOT NULL;
CREATE INDEX routines_cursor ON routines (cursor) WHERE paused IS NULL;
CREATE TABLE routine_runs (
  run INTEGER PRIMARY KEY,
  routine TEXT NOT NULL,
  scheduled_for INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  last_slot INTEGER,
  count INTEGER,
  asked_as TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER,
  session TEXT,
  turn TEXT,
  started_at INTEGER,
  finished_at INTEGER,
  tokens INTEGER,
  cost_usd REAL,
  detail TEXT
) STRICT;
CREATE UNIQUE INDEX routine_runs_slot ON routine_runs (routine, scheduled_for) WHERE count IS NULL;
CREATE INDEX routine_runs_order ON routine_runs (routine, scheduled_for);
CREATE INDEX routine_runs_time ON routine_runs (scheduled_for);
CREATE INDEX routine_runs_open ON routine_runs (state) WHERE state IN ('due', 'running');
CREATE UNIQUE INDEX routine_runs_turn ON routine_runs (turn) WHERE turn IS NOT NULL;
CREATE TABLE scheduler (only INTEGER PRIMARY KEY CHECK (only = 1), awake_at INTEGER, boot TEXT) STRICT;
INSERT INTO scheduler VALUES (1, NULL, NULL);
`;

/**
 * A login is more than a boot of the machine: `logins` are the names of those that the scheduler knows, as a JSON list. And
 * the ledger is in the order of its ends: a stretch is as new as its last slot.
 */
export const LOGINS = `
ALTER TABLE scheduler ADD COLUMN logins TEXT;
ALTER TABLE scheduler DROP COLUMN boot;
DROP INDEX routine_runs_order;
DROP INDEX routine_runs_time;
CREATE INDEX routine_runs_order ON routine_runs (routine, coalesce(last_slot, scheduled_for));
CREATE INDEX routine_runs_time ON routine_runs (coalesce(last_slot, scheduled_for));
`;
