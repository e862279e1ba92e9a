import type Database from "better-sqlite3";
import type { Entry, EntryData, EntryKind, EntryOf } from "../../src/protocol/entries.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { CardRow } from "../../src/protocol/requests.ts";
import { type Seq, stepOf } from "../../src/protocol/values.ts";
import type { EntryLog } from "./entry-log.ts";
import { DELEGATES_OF_SESSION } from "./delegate-list.ts";
import { createRepeats } from "./repeats.ts";
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
  /**
   * The card of that id, or the only pending one whose id begins so; where none waits, the only resolved one.
   * @throws LoopdError `unknown-card`, `ambiguous-id`.
   */
  find(idOrPrefix: string): CardRow;
  /** The newest approval of every call of the step that a card belongs to, in order. Errors as of `find`. */
  step(idOrPrefix: string): CardRow[];
  pendingCounts(): PendingCounts;
}

const COLUMNS = `
  SELECT c.card_id AS cardId, c.session, c.turn, c.call_id AS callId, c.type, c.opened_at AS openedAt,
    c.opened_seq AS openedSeq, c.expires_at AS expiresAt,
    c.causes, c.resolution, c.resolved_by AS resolvedBy, c.resolved_at AS resolvedAt, s.title, s.workspace,
    o.data AS opened
  FROM cards c LEFT JOIN sessions s ON s.session = c.session
  LEFT JOIN entries o ON c.type = 'question' AND o.seq = c.opened_seq`;

const IN_SESSION = `(@session IS NULL OR c.session = @session OR c.session IN (${DELEGATES_OF_SESSION}))`;
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
  const byPrefix = database.prepare<[{ prefix: string }], CardRecord>(
    `${COLUMNS} WHERE c.card_id >= @prefix AND c.card_id < @prefix || char(1114111) ORDER BY c.opened_seq`,
  );
  const count = database.prepare<[], PendingCounts>(
    `SELECT count(*) FILTER (WHERE type <> 'question') AS approvals, count(*) FILTER (WHERE type = 'question') AS questions
     FROM cards WHERE resolution IS NULL`,
  );

  const repeats = createRepeats(database);
  let known: { upTo: Seq; entriesOf: EntryLog["ofTurn"] } | undefined;
  /**
   * What was recorded before a card was opened, read once for all cards that are asked for in one turn of the event loop,
   * as when a person answers a thousand at once. Entries never change, so it holds for every card that was open by then.
   */
  const before = ({ openedSeq }: CardRecord): EntryLog["ofTurn"] => {
    if (known !== undefined && openedSeq <= known.upTo) return known.entriesOf;
    if (known === undefined) setImmediate(() => (known = undefined));
    known = { upTo: log.lastSeq(), entriesOf: remembered(log.ofTurn) };
    return known.entriesOf;
  };
  const rowOf = (record: CardRecord): CardRow => {
    const entriesOf = before(record);
    const { cardId, session, turn, callId, type, openedAt, openedSeq, expiresAt, resolution, resolvedBy, resolvedAt } =
      record;
    // As it was when the card was opened: what came later is the business of later cards.
    const newest = <K extends EntryKind>(kind: K, fits: (entry: EntryOf<K>) => boolean) =>
      entriesOf(turn, kind).findLast((entry) => entry.seq < openedSeq && fits(entry));
    const call = newest("tool.requested", ({ data }) => data.callId === callId)?.data;
    const decided = newest("tool.decided", ({ data }) => data.callId === callId)?.data;
    // What a hook or a person had changed by then: the person answers for the arguments as they would run.
    const hooked = newest("hook.applied", ({ data }) => data.callId === callId && data.arguments !== undefined);
    const edited = newest(
      "card.resolved",
      ({ data }) => data.resolution === "edited" && data.cardId.startsWith(`${callId}#`),
    );
    const changed = (hooked?.seq ?? 0) > (edited?.seq ?? 0) ? hooked : edited;
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
      arguments: changed?.data.arguments ?? call?.arguments ?? null,
      rationale: call?.rationale,
      causes: JSON.parse(record.causes) as EntryData<"tool.decided">["causes"],
      facts: decided?.facts,
      ruleId: decided?.ruleId,
      ruleReason: decided?.reason,
      approvals: repeats.count(cardId),
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
        const starting = byPrefix.all({ prefix: id });
        const waiting = starting.filter(isPending);
        const [only, ...others] = waiting.length > 0 ? waiting : starting;
        if (only !== undefined && others.length === 0) return rowOf(only);
        throw waiting.length > 0 ? ambiguous(id, waiting) : unknown(id, starting.at(-1));
      }),
    step: (id) =>
      guarded(() => {
        const exact = byId.get(id);
        const starting = exact === undefined ? byPrefix.all({ prefix: id }) : [exact];
        const waiting = starting.filter(isPending);
        const meant = waiting.length > 0 ? waiting : starting;
        const steps = new Set(meant.map(({ callId }) => stepOf(callId)));
        const [step] = steps;
        if (step === undefined) throw unknown(id, undefined);
        if (steps.size > 1) throw ambiguous(id, meant);
        const newest = new Map<string, CardRecord>();
        for (const record of byPrefix.all({ prefix: `${step}.` }))
          if (record.type === "approval") newest.set(record.callId, record);
        return [...newest.values()].map(rowOf);
      }),
    pendingCounts: () => guarded(() => count.get() ?? { approvals: 0, questions: 0 }),
  };
}

function questionOf({ opened }: CardRecord): CardRow["question"] {
  return opened === null ? undefined : (JSON.parse(opened) as EntryData<"card.opened">).question;
}

const isPending = ({ resolution }: CardRecord) => resolution === null;

/** Reads the entries of a turn once for all of its cards. */
function remembered(ofTurn: EntryLog["ofTurn"]): EntryLog["ofTurn"] {
  const known = new Map<string, readonly Entry[]>();
  return <K extends EntryKind>(turn: string, kind: K) => {
    const key = `${kind} ${turn}`;
    const entries = known.get(key) ?? ofTurn(turn, kind);
    known.set(key, entries);
    return entries as EntryOf<K>[];
  };
}

function ambiguous(id: string, records: readonly CardRecord[]): LoopdError {
  const ids = records.slice(0, 10).map(({ cardId }) => cardId);
  const more = records.length > ids.length ? ` and ${records.length - ids.length} more` : "";
  const words = `${id} begins the id of ${records.length} cards: ${ids.join(", ")}${more}.`;
  return new LoopdError("ambiguous-id", `${words} Nothing was changed. Give more of it.`);
}

/** `last`: the newest card of those that are not pending any more and begin so. */
function unknown(id: string, last: CardRecord | undefined): LoopdError {
  const was =
    last === undefined ? "" : ` ${last.cardId} was ${last.resolution} by ${last.resolvedBy} at ${last.resolvedAt}.`;
  const hint = "See what waits with: loopd approvals list, and loopd questions list";
  return new LoopdError("unknown-card", `There is no pending card ${id}.${was} ${hint}`);
}
