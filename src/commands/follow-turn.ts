import type { Connection, Listener } from "../protocol/connect.ts";
import type { Delta, Entry } from "../protocol/entries.ts";
import { asLoopdError, LoopdError } from "../protocol/errors.ts";
import type { NotificationOf } from "../protocol/notifications.ts";
import type { TurnRequest } from "../protocol/requests.ts";
import type { Seq } from "../protocol/values.ts";
import type { StartMode } from "./open-helper.ts";

/** What a face hears of the turn that it follows. */
export type TurnEvent =
  /** `isLive`: recorded after we began to listen, so the deltas of a request it announces arrive in full. */
  | { type: "entry"; entry: Entry; isLive: boolean }
  | { type: "delta"; delta: Delta }
  /** The turn cannot go on for now and is tried again: a full disk, for example. */
  | { type: "stalled"; code: string; message: string }
  /** The helper went away; another one is waited for, or started where it died. */
  | { type: "away" }
  /** The helper was gone and is back. Deltas were missed; entries follow without a gap. */
  | { type: "reconnected" };

/** A new turn, or one that exists. A submit whose answer is lost is repeated with the same `requestId`. */
export type TurnTarget = { type: "submit"; request: TurnRequest } | { type: "attach"; session: string; turn: string };

/** A turn being followed. Iterating ends after its `turn.finished`, or after `close`, which leaves the turn running. */
export interface FollowedTurn extends AsyncIterable<TurnEvent> {
  readonly session: string;
  readonly turn: string;
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
  const follower = new Follower(target, open);
  await follower.begin();
  return follower;
}

class Follower implements FollowedTurn {
  session = "";
  turn = "";
  readonly #target: TurnTarget;
  readonly #open: OpenConnection;
  readonly #events: TurnEvent[] = [];
  #connection: Promise<Connection> | undefined;
  #end: "open" | "ended" | LoopdError = "open";
  #lastSeq: Seq = 0;
  /** Entries after this one were recorded while we listened. */
  #liveAfter: Seq = 0;
  #losses = 0;
  #wake = () => {};

  constructor(target: TurnTarget, open: OpenConnection) {
    this.#target = target;
    this.#open = open;
    if (target.type === "attach") this.#place(target);
  }

  async begin(): Promise<void> {
    this.#connection = this.#establish("if-missing");
    await this.#connection;
  }

  readonly request: Connection["request"] = async (method, params, signal) => {
    const connection = await this.#connection;
    if (connection === undefined) throw new LoopdError("connection-closed", "The turn is not followed yet.");
    return connection.request(method, params, signal);
  };

  close(): void {
    this.#finish("ended");
    this.#connection?.then(
      (connection) => connection.close(),
      () => {},
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TurnEvent> {
    for (;;) {
      yield* this.#events;
      this.#events.length = 0;
      if (this.#end === "ended") return;
      if (this.#end !== "open") throw this.#end;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Connects, submits if that is still to be done, and listens from the last entry seen. */
  async #establish(start: StartMode): Promise<Connection> {
    for (let mode = start; ; mode = "unless-stopped") {
      const connection = await this.#open(this.#listener, mode);
      try {
        await this.#listen(connection, mode);
        void connection.closed.then((reason) => this.#lost(reason));
        return connection;
      } catch (thrown) {
        connection.close();
        const error = asLoopdError(thrown);
        if (error.code !== "connection-closed" || ++this.#losses >= MOST_LOSSES) throw error;
      }
    }
  }

  async #listen(connection: Connection, mode: StartMode): Promise<void> {
    if (this.#target.type === "submit" && this.turn === "") {
      const answer = await connection.request("turn.submit", this.#target.request);
      this.#place(answer);
      this.#lastSeq = this.#liveAfter = answer.after;
    } else {
      this.#liveAfter = (await connection.request("helper.status", {})).lastSeq;
      if (mode === "unless-stopped") this.#tell({ type: "reconnected" });
    }
    await connection.request("entries.follow", { session: this.session, after: this.#lastSeq, deltas: true });
  }

  #place({ session, turn }: { session: string; turn: string }): void {
    this.session = session;
    this.turn = turn;
  }

  #lost(reason: LoopdError): void {
    if (this.#end !== "open") return;
    if (++this.#losses >= MOST_LOSSES) return this.#finish(reason);
    this.#tell({ type: "away" });
    this.#connection = this.#establish("unless-stopped");
    this.#connection.then(
      (connection) => {
        if (this.#end !== "open") connection.close();
      },
      (error: unknown) => this.#finish(gone(asLoopdError(error), this.session)),
    );
  }

  readonly #listener: Listener = (name, value) => {
    if (name === "entries.added") {
      for (const entry of (value as NotificationOf<"entries.added">).entries) this.#take(entry);
    } else if (name === "delta") {
      const { delta } = value as NotificationOf<"delta">;
      if (delta.turn === this.turn) this.#tell({ type: "delta", delta });
    } else {
      const { turn, code, message } = value as NotificationOf<"turn.stalled">;
      if (turn === this.turn) this.#tell({ type: "stalled", code, message });
    }
  };

  #take(entry: Entry): void {
    if (entry.seq <= this.#lastSeq) return;
    this.#lastSeq = entry.seq;
    this.#losses = 0;
    const isOurs = entry.turn === this.turn || (entry.turn === undefined && this.#target.type === "submit");
    if (!isOurs) return;
    this.#tell({ type: "entry", entry, isLive: entry.seq > this.#liveAfter });
    if (entry.kind === "turn.finished") this.#finish("ended");
  }

  #tell(event: TurnEvent): void {
    if (this.#end === "open") this.#events.push(event);
    this.#wake();
  }

  #finish(how: "ended" | LoopdError): void {
    if (this.#end === "open") this.#end = how;
    this.#wake();
  }
}

/** The error for a turn whose helper went away and did not come back. The turn itself is safe in the trace. */
function gone(error: LoopdError, session: string): LoopdError {
  if (error.code !== "helper-unreachable") return error;
  const message = `The helper went away and did not come back; the turn stays open and goes on when a helper runs. Follow it with: loopd turn wait ${session}`;
  return new LoopdError("helper-unreachable", message, { cause: error });
}
