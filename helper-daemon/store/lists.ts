import type Database from "better-sqlite3";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { OpenTurnRow, SessionRow, TurnRow } from "../../src/protocol/requests.ts";
import type { Seq } from "../../src/protocol/values.ts";
import type { ForkList } from "./fork-list.ts";
import { guardOf } from "./store-error.ts";

/** An open turn, as the runner needs it at start. */
interface OpenTurn {
  turn: string;
  session: string;
}

/** Sessions and turns as faces list them. */
export interface Lists {
  /** The newest first. `next` is where the page after begins; absent on the last one. */
  sessions(page: { limit: number; before?: Seq }): { sessions: SessionRow[]; next?: Seq };
  /** @throws LoopdError `unknown-session`. */
  session(id: string): SessionRow;
  /** Oldest first; those that a fork inherits come first. */
  turns(session: string): TurnRow[];
  turnByOrigin(originKey: string): (OpenTurn & { startedSeq: number }) | undefined;
  openTurns(session?: string): OpenTurn[];
  /** The same for a person: without those of delegates, which belong to the call that waits for them. Oldest first. */
  open(): OpenTurnRow[];
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
  parent: string | null;
  forkedAt: number | null;
  /** JSON. */
  delegateOf: string | null;
  isKept: number;
  keptDays: number | null;
}

interface TurnRecord {
  turn: string;
  input: string;
  startedAt: string;
  finish: string | null;
  text: string | null;
  pending: number;
  endpoint: string;
  model: string;
  /** JSON. */
  provenance: string;
}

const SESSION_COLUMNS = `
  s.session, s.title, s.workspace, s.updated_at AS updatedAt,
  (SELECT count(*) FROM turns t WHERE t.session = s.session) + coalesce(f.turns, 0) AS turns,
  coalesce((SELECT t.finish FROM turns t WHERE t.session = s.session ORDER BY t.started_seq DESC LIMIT 1), f.finish)
    AS finish,
  (SELECT count(*) FROM turns t WHERE t.session = s.session AND t.finish IS NULL) AS openTurns,
  (SELECT count(*) FROM cards c WHERE c.session = s.session AND c.resolution IS NULL) AS pending,
  f.parent, f.at_seq AS forkedAt, r.session IS NOT NULL AS isKept, r.days AS keptDays,
  (SELECT CASE e.kind WHEN 'session.created' THEN e.data -> '$.from' END
   FROM entries e WHERE e.session = s.session ORDER BY e.seq LIMIT 1) AS delegateOf`;
const SESSIONS = `sessions s LEFT JOIN forks f ON f.session = s.session
  LEFT JOIN session_retention r ON r.session = s.session`;

/** Prepares the lists of a database. */
export function createLists(database: Database.Database, forks: Pick<ForkList, "turns">): Lists {
  const list = database.prepare<[Seq, number], SessionRecord & { updatedSeq: Seq }>(
    `SELECT ${SESSION_COLUMNS}, s.updated_seq AS updatedSeq FROM ${SESSIONS}
     WHERE s.updated_seq < ? ORDER BY s.updated_seq DESC LIMIT ?`,
  );
  const one = database.prepare<[string], SessionRecord>(
    `SELECT ${SESSION_COLUMNS} FROM ${SESSIONS} WHERE s.session = ?`,
  );
  const turns = database.prepare<[string], TurnRecord>(
    `SELECT t.turn, input, started_at AS startedAt, finish, text,
       b.data ->> '$.endpoint' AS endpoint, b.data ->> '$.model' AS model, b.data -> '$.provenance' AS provenance,
       (SELECT count(*) FROM cards c WHERE c.turn = t.turn AND c.session = t.session AND c.resolution IS NULL) AS pending
     FROM turns t JOIN entries b ON b.seq = t.started_seq WHERE t.session = ? ORDER BY started_seq`,
  );
  const byOrigin = database.prepare<[string], OpenTurn & { startedSeq: number }>(
    "SELECT turn, session, started_seq AS startedSeq FROM turns WHERE origin_key = ?",
  );
  const open = database.prepare<[], OpenTurn>(
    "SELECT turn, session FROM turns WHERE finish IS NULL ORDER BY started_seq",
  );
  const openOfPeople = database.prepare<[], Omit<OpenTurnRow, "state"> & { pending: number }>(
    `SELECT t.turn, t.session, s.title, t.input, t.started_at AS startedAt,
       (SELECT count(*) FROM cards c WHERE c.turn = t.turn AND c.session = t.session AND c.resolution IS NULL) AS pending
     FROM turns t JOIN sessions s ON s.session = t.session JOIN entries b ON b.seq = t.started_seq
     WHERE t.finish IS NULL AND b.data ->> '$.origin' <> 'delegate' ORDER BY t.started_seq`,
  );

  const guarded = guardOf(database);
  return {
    sessions: ({ limit, before = Number.MAX_SAFE_INTEGER }) =>
      guarded(() => {
        const found = list.all(before, limit + 1);
        const page = found.slice(0, limit);
        return { sessions: page.map(sessionRow), next: found.length > limit ? page.at(-1)?.updatedSeq : undefined };
      }),
    session: (id) => {
      const found = guarded(() => one.get(id));
      if (found !== undefined) return sessionRow(found);
      throw new LoopdError("unknown-session", `There is no session ${id}. See them all with: loopd sessions list`);
    },
    turns: (session) =>
      guarded(() => {
        let isFirstOpen = true;
        const own = turns.all(session).map(({ finish, text, pending, provenance, ...row }): TurnRow => {
          const openState = !isFirstOpen ? "queued" : pending > 0 ? "waiting" : "running";
          if (finish === null) isFirstOpen = false;
          const state = (finish ?? openState) as TurnRow["state"];
          const layers = JSON.parse(provenance) as TurnRow["provenance"];
          return { ...row, state, text: text ?? undefined, provenance: layers };
        });
        return [...forks.turns(session), ...own];
      }),
    turnByOrigin: (originKey) => guarded(() => byOrigin.get(originKey)),
    open: () =>
      guarded(() => {
        const begun = new Set<string>();
        return openOfPeople.all().map(({ pending, ...row }): OpenTurnRow => {
          const isQueued = begun.has(row.session);
          begun.add(row.session);
          return { ...row, state: isQueued ? "queued" : pending > 0 ? "waiting" : "running" };
        });
      }),
    openTurns: (session) => guarded(() => open.all().filter((row) => session === undefined || row.session === session)),
  };
}

function sessionRow(record: SessionRecord): SessionRow {
  const { session, title, workspace, updatedAt, turns, parent, forkedAt: at } = record;
  const openState = record.pending > 0 ? "waiting" : "running";
  const state = turns === 0 ? "empty" : record.openTurns > 0 ? openState : record.finish;
  const forkedFrom = parent === null || at === null ? undefined : { session: parent, at };
  const delegateOf =
    record.delegateOf === null ? undefined : (JSON.parse(record.delegateOf) as SessionRow["delegateOf"]);
  const days = record.keptDays;
  const keep = record.isKept === 0 ? {} : { keep: days === null ? ("always" as const) : { days } };
  const row = { session, title, workspace, updatedAt, turns, state: state as SessionRow["state"] };
  return { ...row, forkedFrom, delegateOf, ...keep };
}
