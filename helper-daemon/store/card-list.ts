import type Database from "better-sqlite3";
import type { EntryData } from "../../src/protocol/entries.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { CardRow } from "../../src/protocol/requests.ts";
import type { EntryLog } from "./entry-log.ts";
import { guardOf } from "./store-error.ts";

interface CardRecord {
  cardId: string;
  session: string;
  turn: string;
  callId: string;
  type: CardRow["type"];
  openedAt: string;
  openedSeq: number;
  expiresAt: number | null;
  causes: string;
  resolution: CardRow["state"] | null;
  resolvedBy: string | null;
  resolvedAt: string | null;
  title: string | null;
  workspace: string | null;
}

/** Cards with all that a person needs to answer them. */
export interface CardList {
  /** Pending cards, oldest first; with `all`, the newest cards whatever their state. */
  list(options: { session?: string; all: boolean; limit: number }): CardRow[];
  /** The card of that id, or the only pending one whose id begins so. @throws LoopdError `unknown-card`, `ambiguous-id`. */
  find(idOrPrefix: string): CardRow;
  pendingCount(): number;
}

const COLUMNS = `
  SELECT c.card_id AS cardId, c.session, c.turn, c.call_id AS callId, c.type, c.opened_at AS openedAt, c.opened_seq AS openedSeq, c.expires_at AS expiresAt,
    c.causes, c.resolution, c.resolved_by AS resolvedBy, c.resolved_at AS resolvedAt, s.title, s.workspace
  FROM cards c LEFT JOIN sessions s ON s.session = c.session`;

const IN_SESSION = "(@session IS NULL OR c.session = @session)";
interface Filter {
  session: string | null;
  limit: number;
}

/** Prepares the card list of a database. */
export function createCardList(database: Database.Database, log: EntryLog): CardList {
  const pending = database.prepare<[Filter], CardRecord>(
    `${COLUMNS} WHERE c.resolution IS NULL AND ${IN_SESSION} ORDER BY c.opened_seq LIMIT @limit`,
  );
  const newest = database.prepare<[Filter], CardRecord>(
    `${COLUMNS} WHERE ${IN_SESSION} ORDER BY c.opened_seq DESC LIMIT @limit`,
  );
  const byId = database.prepare<[string], CardRecord>(`${COLUMNS} WHERE c.card_id = ?`);
  const count = database.prepare<[], { n: number }>("SELECT count(*) AS n FROM cards WHERE resolution IS NULL");

  const rowOf = (record: CardRecord): CardRow => {
    const { cardId, session, turn, callId, type, openedAt, openedSeq, expiresAt, resolution, resolvedBy, resolvedAt } =
      record;
    const call = log.ofTurn(turn, "tool.requested").findLast((entry) => entry.data.callId === callId)?.data;
    // What a hook had changed by then: the person answers for the arguments as they would run.
    const changed = log
      .ofTurn(turn, "hook.applied")
      .findLast(({ seq, data }) => seq < openedSeq && data.callId === callId && data.arguments !== undefined)?.data;
    const decided = log.ofTurn(turn, "tool.decided").findLast((entry) => entry.data.callId === callId)?.data;
    return {
      approvalId: cardId,
      type,
      session,
      title: record.title ?? "",
      workspace: record.workspace ?? "",
      turn,
      callId,
      tool: call?.name ?? "",
      effect: call?.effect,
      arguments: changed?.arguments ?? call?.arguments ?? null,
      rationale: call?.rationale,
      causes: JSON.parse(record.causes) as EntryData<"tool.decided">["causes"],
      facts: decided?.facts,
      requestedAt: openedAt,
      expiresAt: expiresAt === null ? undefined : new Date(expiresAt).toISOString(),
      state: resolution ?? "pending",
      resolvedBy: resolvedBy ?? undefined,
      resolvedAt: resolvedAt ?? undefined,
    };
  };
  const guarded = guardOf(database);
  return {
    list: ({ session = null, all, limit }) =>
      guarded(() => (all ? newest : pending).all({ session, limit }).map(rowOf)),
    find: (id) =>
      guarded(() => {
        const exact = byId.get(id);
        if (exact !== undefined) return rowOf(exact);
        const starting = pending.all({ session: null, limit: -1 }).filter((record) => record.cardId.startsWith(id));
        const [only] = starting;
        if (only !== undefined && starting.length === 1) return rowOf(only);
        if (only === undefined) {
          throw new LoopdError(
            "unknown-card",
            `There is no pending card ${id}. See what waits with: loopd approvals list`,
          );
        }
        const ids = starting.map((record) => record.cardId).join(", ");
        throw new LoopdError(
          "ambiguous-id",
          `${id} begins the id of ${starting.length} cards: ${ids}. Give more of it.`,
        );
      }),
    pendingCount: () => guarded(() => count.get()?.n ?? 0),
  };
}
