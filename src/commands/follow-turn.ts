import type { Connection, Listener } from "../protocol/connect.ts";
import type { Delta, Entry } from "../protocol/entries.ts";
import { asLoopdError, LoopdError } from "../protocol/errors.ts";
import type { NotificationOf, TurnRequest } from "../protocol/requests.ts";
import type { StartMode } from "./open-helper.ts";

/** What a face hears of the turn that it follows. */
export type TurnEvent =
  /** `isLive`: recorded after we began to listen, so the deltas of a request it announces arrive in full. */
  | { type: "entry"; entry: Entry; isLive: boolean }
  | { type: "delta"; delta: Delta }
  /** The turn cannot go on for now and is tried again: a full disk, for example. */
  | { type: "stalled"; code: string; message: string }
  /** The helper was gone and is back. Deltas were missed; entries follow without a gap. */
  | { type: "reconnected" };

/** A new turn, or one that exists. A submit whose answer is lost is repeated with the same `requestId`. */
export type TurnTarget = { type: "submit"; request: TurnRequest } | { type: "attach"; session: string; turn: string };

/** A turn being followed. Iterating ends after its `turn.finished`, or after `close`, which leaves the turn running. */
export interface FollowedTurn extends AsyncIterable<TurnEvent> {
  session: string;
  turn: string;
  /** Asks the helper over whichever connection is up, after waiting for one. */
  request: Connection["request"];
  close(): void;
}

/** Opens a connection: `openHelper` with everything but listener and start mode decided. */
export type OpenConnection = (listener: Listener, start: StartMode) => Promise<Connection>;

/** Connections lost in a row, without a new entry in between, after which the helper counts as broken. */
const MOST_LOSSES = 5;

/**
 * Submits a turn, or attaches to one, and follows it to its end; when the helper is lost, it is reopened and the trace
 * read on from the last entry seen, so that each entry is told exactly once.
 * @throws LoopdError of the submit, of `openHelper`, or (while iterating) of a reconnection that failed.
 */
export async function followTurn(target: TurnTarget, open: OpenConnection): Promise<FollowedTurn> {
  const events: TurnEvent[] = [];
  let wake = () => {};
  let end: "open" | "ended" | LoopdError = "open";
  let place: { session: string; turn: string } | undefined = target.type === "attach" ? target : undefined;
  let lastSeq = 0;
  let liveAfter = 0;
  let losses = 0;

  const tell = (event: TurnEvent) => {
    if (end === "open") events.push(event);
    wake();
  };
  const finish = (how: "ended" | LoopdError) => {
    if (end === "open") end = how;
    wake();
  };
  const take = (entry: Entry) => {
    if (entry.seq <= lastSeq) return;
    lastSeq = entry.seq;
    losses = 0;
    const isOurs = entry.turn === place?.turn || (entry.turn === undefined && target.type === "submit");
    if (!isOurs) return;
    tell({ type: "entry", entry, isLive: entry.seq > liveAfter });
    if (entry.kind === "turn.finished") finish("ended");
  };
  const listener: Listener = (name, value) => {
    if (name === "entries.added") (value as NotificationOf<"entries.added">).entries.forEach(take);
    else if (name === "delta") {
      const { delta } = value as NotificationOf<"delta">;
      if (delta.turn === place?.turn) tell({ type: "delta", delta });
    } else if (name === "turn.stalled") {
      const { turn, code, message } = value as NotificationOf<"turn.stalled">;
      if (turn === place?.turn) tell({ type: "stalled", code, message });
    }
  };

  /** Submits if that is still to be done, and listens from the last entry seen. */
  const begin = async (connection: Connection): Promise<Connection> => {
    if (place === undefined && target.type === "submit") {
      const { session, turn, after } = await connection.request("turn.submit", target.request);
      place = { session, turn };
      lastSeq = after;
      liveAfter = after;
    } else {
      liveAfter = (await connection.request("helper.status", {})).lastSeq;
    }
    await connection.request("entries.follow", { session: place?.session, after: lastSeq, deltas: true });
    return connection;
  };
  const establish = async (start: StartMode): Promise<Connection> => {
    for (let mode = start; ; mode = "unless-stopped") {
      const connection = await open(listener, mode);
      try {
        await begin(connection);
        void connection.closed.then(lost);
        return connection;
      } catch (thrown) {
        connection.close();
        const error = asLoopdError(thrown);
        if (error.code !== "connection-closed" || ++losses >= MOST_LOSSES) throw error;
      }
    }
  };
  let current: Promise<Connection>;
  const lost = (reason: LoopdError) => {
    if (end !== "open") return;
    if (++losses >= MOST_LOSSES) return finish(reason);
    current = establish("unless-stopped");
    current.then(
      (connection) => (end === "open" ? tell({ type: "reconnected" }) : connection.close()),
      (error: unknown) => finish(gone(asLoopdError(error), place?.session)),
    );
  };
  current = establish("if-missing");
  await current;

  async function* iterate(): AsyncGenerator<TurnEvent> {
    let next = 0;
    for (;;) {
      for (let event = events[next]; event !== undefined; event = events[++next]) yield event;
      events.length = next = 0;
      if (end === "ended") return;
      if (end !== "open") throw end;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    session: place?.session ?? "",
    turn: place?.turn ?? "",
    request: async (method, params, signal) => (await current).request(method, params, signal),
    close: () => {
      finish("ended");
      current.then(
        (connection) => connection.close(),
        () => {},
      );
    },
    [Symbol.asyncIterator]: iterate,
  };
}

/** The error for a turn whose helper went away and did not come back. The turn itself is safe in the trace. */
function gone(error: LoopdError, session: string | undefined): LoopdError {
  if (error.code !== "helper-unreachable" || session === undefined) return error;
  const message = `The helper went away and did not come back; the turn stays open and goes on when a helper runs. Follow it with: loopd turn wait ${session}`;
  return new LoopdError("helper-unreachable", message, { cause: error });
}
