import type Database from "better-sqlite3";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { SessionRow, TurnRow } from "../../src/protocol/requests.ts";
import { guardOf } from "./store-error.ts";

/** An open turn, as the runner needs it at start. */
interface OpenTurn {
  turn: string;
  session: string;
}

/** Sessions and turns as faces list them. */
export interface Lists {
  sessions(limit: number): SessionRow[];
  /** @throws LoopdError `unknown-session`. */
  session(id: string): SessionRow;
  turns(session: string): TurnRow[];
  turnByOrigin(originKey: string): (OpenTurn & { startedSeq: number }) | undefined;
  openTurns(session?: string): OpenTurn[];
}

interface SessionRecord {
  session: string;
  title: string;
  workspace: string;
  updatedAt: string;
  turns: number;
  finish: string | null;
  openTurns: number;
  pending: number;
}

const SESSION_COLUMNS = `
  s.session, s.title, s.workspace, s.updated_at AS updatedAt,
  (SELECT count(*) FROM turns t WHERE t.session = s.session) AS turns,
  (SELECT t.finish FROM turns t WHERE t.session = s.session ORDER BY t.started_seq DESC LIMIT 1) AS finish,
  (SELECT count(*) FROM turns t WHERE t.session = s.session AND t.finish IS NULL) AS openTurns,
  (SELECT count(*) FROM cards c WHERE c.session = s.session AND c.resolution IS NULL) AS pending`;

/** Prepares the lists of a database. */
export function createLists(database: Database.Database): Lists {
  const list = database.prepare<[number], SessionRecord>(
    `SELECT ${SESSION_COLUMNS} FROM sessions s ORDER BY s.updated_seq DESC LIMIT ?`,
  );
  const one = database.prepare<[string], SessionRecord>(
    `SELECT ${SESSION_COLUMNS} FROM sessions s WHERE s.session = ?`,
  );
  const turns = database.prepare<
    [string],
    { turn: string; input: string; startedAt: string; finish: string | null; text: string | null; pending: number }
  >(
    `SELECT turn, input, started_at AS startedAt, finish, text,
       (SELECT count(*) FROM cards c WHERE c.turn = t.turn AND c.session = t.session AND c.resolution IS NULL) AS pending
     FROM turns t WHERE session = ? ORDER BY started_seq`,
  );
  const byOrigin = database.prepare<[string], OpenTurn & { startedSeq: number }>(
    "SELECT turn, session, started_seq AS startedSeq FROM turns WHERE origin_key = ?",
  );
  const open = database.prepare<[], OpenTurn>(
    "SELECT turn, session FROM turns WHERE finish IS NULL ORDER BY started_seq",
  );

  const guarded = guardOf(database);
  return {
    sessions: (limit) => guarded(() => list.all(limit).map(sessionRow)),
    session: (id) => {
      const found = guarded(() => one.get(id));
      if (found !== undefined) return sessionRow(found);
      throw new LoopdError("unknown-session", `There is no session ${id}. See them all with: loopd sessions list`);
    },
    turns: (session) =>
      guarded(() => {
        let isFirstOpen = true;
        return turns.all(session).map(({ turn, input, startedAt, finish, text, pending }): TurnRow => {
          const openState = !isFirstOpen ? "queued" : pending > 0 ? "waiting" : "running";
          if (finish === null) isFirstOpen = false;
          return { turn, input, startedAt, state: (finish ?? openState) as TurnRow["state"], text: text ?? undefined };
        });
      }),
    turnByOrigin: (originKey) => guarded(() => byOrigin.get(originKey)),
    openTurns: (session) => guarded(() => open.all().filter((row) => session === undefined || row.session === session)),
  };
}

function sessionRow(record: SessionRecord): SessionRow {
  const { session, title, workspace, updatedAt, turns } = record;
  const openState = record.pending > 0 ? "waiting" : "running";
  const state = turns === 0 ? "empty" : record.openTurns > 0 ? openState : record.finish;
  return { session, title, workspace, updatedAt, turns, state: state as SessionRow["state"] };
}
