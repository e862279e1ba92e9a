import type Database from "better-sqlite3";
import { type CallId, delegateKey, type TurnId, turnOfCall } from "../../src/protocol/values.ts";
import { guardOf } from "./store-error.ts";

/** A turn that a call delegates to. */
interface DelegateTurn {
  session: string;
  turn: TurnId;
  /** The call that waits for it. */
  callId: CallId;
}

/** Who works for whom. The origin key of a turn names the call, and the call its turn, so nothing else has to be kept. */
export interface DelegateList {
  /** Open turns that calls of a turn delegate to. */
  openOf(turn: TurnId): DelegateTurn[];
  /** Sessions that calls of a session delegate to, oldest first, by turn. */
  sessionsOf(session: string): ReadonlyMap<TurnId, string[]>;
  /** Open turns whose call has ended all the same: loopd stopped between the two. */
  orphans(): DelegateTurn[];
}

type Row = { session: string; turn: string; originKey: string };

const [FIRST, LAST] = [delegateKey(""), `${delegateKey("").slice(0, -1)};`];
/** Turns `d` that calls of turns `p` delegate to. */
const DELEGATES = `turns p JOIN turns d
  ON d.origin_key > '${FIRST}' || p.turn || '.' AND d.origin_key < '${FIRST}' || p.turn || '/'`;

/** Selects the sessions that calls of session `@session` delegate to. */
export const DELEGATES_OF_SESSION = `SELECT d.session FROM ${DELEGATES} WHERE p.session = @session`;

/** Prepares the delegate list of a database. */
export function createDelegateList(database: Database.Database): DelegateList {
  const open = database.prepare<[string, string], Row>(
    `SELECT session, turn, origin_key AS originKey FROM turns
     WHERE finish IS NULL AND origin_key > ? AND origin_key < ? ORDER BY started_seq`,
  );
  const bySession = database.prepare<[string], { session: string; parent: string }>(
    `SELECT d.session, p.turn AS parent FROM ${DELEGATES} WHERE p.session = ? ORDER BY d.started_seq`,
  );
  const ended = database.prepare<[{ turn: string; callId: string }], { found: number }>(
    `SELECT EXISTS (SELECT 1 FROM entries e WHERE e.turn = @turn AND (e.kind = 'turn.finished'
       OR (e.kind = 'tool.finished' AND e.data ->> '$.callId' = @callId))) AS found`,
  );
  const delegateOf = ({ session, turn, originKey }: Row): DelegateTurn => {
    return { session, turn, callId: originKey.slice(FIRST.length) };
  };
  const guarded = guardOf(database);
  return {
    openOf: (turn) => guarded(() => open.all(delegateKey(`${turn}.`), delegateKey(`${turn}/`)).map(delegateOf)),
    sessionsOf: (session) =>
      guarded(() => {
        const sessions = new Map<TurnId, string[]>();
        for (const row of bySession.all(session))
          sessions.set(row.parent, [...(sessions.get(row.parent) ?? []), row.session]);
        return sessions;
      }),
    orphans: () =>
      guarded(() =>
        open
          .all(FIRST, LAST)
          .map(delegateOf)
          .filter(({ callId }) => ended.get({ turn: turnOfCall(callId), callId })?.found === 1),
      ),
  };
}
