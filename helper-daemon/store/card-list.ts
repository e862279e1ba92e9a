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
  /** Data of the entry that opened it, where it is a question. */
  opened: string | null;
}

/** How many cards wait: questions, and what else a person has to decide. */
interface PendingCounts {
  approvals: number;
  questions: number;
}

/** Cards of a list; `isEnd`: there are no more behind them. */
interface CardPage {
  cards: CardRow[];
  isEnd: boolean;
}

/** How much one page of cards may hold; the frame of the socket is 4 MiB. */
const PAGE_BYTES = 1024 * 1024;

/** Cards with all that a person needs to answer them. */
export interface CardList {
  /**
   * Pending cards, oldest first; with `all`, the newest cards whatever their state. `after`: the ones behind that card.
   * At most `limit` and about 1 MiB, at least one if there is one.
   */
  list(options: { session?: string; after?: string; all: boolean; limit: number }): CardPage;
  /** The card of that id, or the only pending one whose id begins so. @throws LoopdError `unknown-card`, `ambiguous-id`. */
  find(idOrPrefix: string): CardRow;
  pendingCounts(): PendingCounts;
}

const COLUMNS = `
  SELECT c.card_id AS cardId, c.session, c.turn, c.call_id AS callId, c.type, c.opened_at AS openedAt,
    c.opened_seq AS openedSeq, c.expires_at AS expiresAt,
    c.causes, c.resolution, c.resolved_by AS resolvedBy, c.resolved_at AS resolvedAt, s.title, s.workspace,
    o.data AS opened
  FROM cards c LEFT JOIN sessions s ON s.session = c.session
  LEFT JOIN entries o ON c.type = 'question' AND o.seq = c.opened_seq`;

const IN_SESSION = "(@session IS NULL OR c.session = @session)";
const OPENED_AFTER = "(SELECT a.opened_seq FROM cards a WHERE a.card_id = @after)";
interface Filter {
  session: string | null;
  /** Id of a card. */
  after: string | null;
  limit: number;
}

/** Prepares the card list of a database. */
export function createCardList(database: Database.Database, log: EntryLog): CardList {
  const pending = database.prepare<[Filter], CardRecord>(
    `${COLUMNS} WHERE c.resolution IS NULL AND ${IN_SESSION} AND (@after IS NULL OR c.opened_seq > ${OPENED_AFTER})
     ORDER BY c.opened_seq LIMIT @limit`,
  );
  const newest = database.prepare<[Filter], CardRecord>(
    `${COLUMNS} WHERE ${IN_SESSION} AND (@after IS NULL OR c.opened_seq < ${OPENED_AFTER})
     ORDER BY c.opened_seq DESC LIMIT @limit`,
  );
  const byId = database.prepare<[string], CardRecord>(`${COLUMNS} WHERE c.card_id = ?`);
  const count = database.prepare<[], PendingCounts>(
    `SELECT count(*) FILTER (WHERE type <> 'question') AS approvals, count(*) FILTER (WHERE type = 'question') AS questions
     FROM cards WHERE resolution IS NULL`,
  );

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
      question: questionOf(record),
      requestedAt: openedAt,
      expiresAt: expiresAt === null ? undefined : new Date(expiresAt).toISOString(),
      state: resolution ?? "pending",
      resolvedBy: resolvedBy ?? undefined,
      resolvedAt: resolvedAt ?? undefined,
    };
  };
  const guarded = guardOf(database);
  return {
    list: ({ session = null, after = null, all, limit }) =>
      guarded(() => {
        const records = (all ? newest : pending).all({ session, after, limit });
        const cards: CardRow[] = [];
        let bytes = 0;
        for (const record of records) {
          const row = rowOf(record);
          bytes += Buffer.byteLength(JSON.stringify(row));
          if (cards.length > 0 && bytes > PAGE_BYTES) return { cards, isEnd: false };
          cards.push(row);
        }
        return { cards, isEnd: records.length < limit };
      }),
    find: (id) =>
      guarded(() => {
        const exact = byId.get(id);
        if (exact !== undefined) return rowOf(exact);
        const starting = pending
          .all({ session: null, after: null, limit: -1 })
          .filter((record) => record.cardId.startsWith(id));
        const [only] = starting;
        if (only !== undefined && starting.length === 1) return rowOf(only);
        if (only === undefined) {
          throw new LoopdError(
            "unknown-card",
            `There is no pending card ${id}. See what waits with: loopd approvals list, and loopd questions list`,
          );
        }
        const ids = starting.map((record) => record.cardId).join(", ");
        throw new LoopdError(
          "ambiguous-id",
          `${id} begins the id of ${starting.length} cards: ${ids}. Give more of it.`,
        );
      }),
    pendingCounts: () => guarded(() => count.get() ?? { approvals: 0, questions: 0 }),
  };
}

function questionOf({ opened }: CardRecord): CardRow["question"] {
  return opened === null ? undefined : (JSON.parse(opened) as EntryData<"card.opened">).question;
}
