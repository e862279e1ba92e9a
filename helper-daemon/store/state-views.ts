/** A view of the trace that a query may read. */
interface StateView {
  name: string;
  columns: readonly string[];
  /** What it selects, in the order of the columns. */
  select: string;
}

/** The newest value of a field of a call's entries of one kind. */
const ofCall = (kind: string, field: string): string =>
  `(SELECT ${field} FROM main.entries e WHERE e.turn = r.turn AND e.kind = '${kind}'
    AND e.data ->> '$.callId' = r.data ->> '$.callId' ORDER BY e.seq DESC LIMIT 1)`;
/** Something over a turn's entries of one kind. */
const ofTurn = (kind: string, what: string): string =>
  `(SELECT ${what} FROM main.entries e WHERE e.turn = t.turn AND e.kind = '${kind}')`;

/** Tables that the views are made of; a query that opens any other one is refused. */
export const VIEWED_TABLES: readonly string[] = ["entries", "sessions", "turns", "cards", "forks"];

/** Everything that can be asked for. Later parts may add columns; those here keep their meaning. */
export const STATE_VIEWS: readonly StateView[] = [
  {
    name: "sessions",
    columns: ["session", "title", "workspace", "turns", "created_at", "updated_at", "forked_from", "forked_at"],
    select: `SELECT s.session, s.title, s.workspace, (SELECT count(*) FROM main.turns t WHERE t.session = s.session),
      (SELECT e.at FROM main.entries e WHERE e.session = s.session ORDER BY e.seq LIMIT 1), s.updated_at,
      f.parent, f.at_seq FROM main.sessions s LEFT JOIN main.forks f ON f.session = s.session`,
  },
  {
    name: "turns",
    columns: [
      ...["session", "turn", "started_at", "finished_at", "finish", "origin", "endpoint", "model", "steps"],
      ...["input_tokens", "output_tokens", "input", "answer"],
    ],
    select: `SELECT t.session, t.turn, t.started_at, ${ofTurn("turn.finished", "max(e.at)")}, t.finish,
      b.data ->> '$.origin', b.data ->> '$.endpoint', b.data ->> '$.model', ${ofTurn("model.responded", "count(*)")},
      ${ofTurn("model.responded", "sum(e.data ->> '$.usage.inputTokens')")},
      ${ofTurn("model.responded", "sum(e.data ->> '$.usage.outputTokens')")}, t.input, t.text
      FROM main.turns t JOIN main.entries b ON b.seq = t.started_seq`,
  },
  {
    name: "calls",
    columns: [
      ...["session", "turn", "call_id", "name", "effect", "decision", "outcome", "duration_ms"],
      ...["requested_at", "started_at", "finished_at", "arguments", "result"],
    ],
    select: `SELECT r.session, r.turn, r.data ->> '$.callId', r.data ->> '$.name', r.data ->> '$.effect',
      ${ofCall("tool.decided", "e.data ->> '$.decision'")}, ${ofCall("tool.finished", "e.data ->> '$.outcome'")},
      ${ofCall("tool.finished", "e.data ->> '$.durationMs'")}, r.at, ${ofCall("tool.started", "e.at")},
      ${ofCall("tool.finished", "e.at")}, r.data -> '$.arguments', ${ofCall("tool.finished", "e.data ->> '$.text'")}
      FROM main.entries r WHERE r.kind = 'tool.requested'`,
  },
  {
    name: "cards",
    columns: [
      ...["session", "turn", "call_id", "card_id", "type", "state", "opened_at", "expires_at", "resolved_at"],
      ...["resolved_by", "question"],
    ],
    select: `SELECT c.session, c.turn, c.call_id, c.card_id, c.type, coalesce(c.resolution, 'pending'), c.opened_at,
      strftime('%Y-%m-%dT%H:%M:%fZ', c.expires_at / 1000.0, 'unixepoch'), c.resolved_at, c.resolved_by,
      (SELECT e.data ->> '$.question.text' FROM main.entries e WHERE e.seq = c.opened_seq) FROM main.cards c`,
  },
  {
    name: "entries",
    columns: ["seq", "session", "turn", "kind", "at", "data"],
    select: "SELECT seq, session, turn, kind, at, data FROM main.entries",
  },
];

/** The views and their columns, for whoever asked wrongly. */
export const STATE_VIEWS_TEXT = [
  ...STATE_VIEWS.map(({ name, columns }) => `${name}(${columns.join(", ")})`),
  "A fork's past is in the session that it was forked_from, up to seq forked_at.",
  "Times are ISO 8601 in UTC; arguments and data are JSON: data ->> '$.field'.",
].join("\n");
