import { setTimeout as delay } from "node:timers/promises";
import type { Connection, Listener } from "../protocol/connect.ts";
import type { Entry, EntryKind } from "../protocol/entries.ts";
import { asLoopdError, LoopdError } from "../protocol/errors.ts";
import type { NotificationOf } from "../protocol/notifications.ts";
import type { Millis, Seq } from "../protocol/values.ts";
import type { OpenConnection } from "./follow-turn.ts";
import type { StartMode } from "./open-helper.ts";

const FIRST_RETRY: Millis = 100;
const LONGEST_RETRY: Millis = 5_000;
/** How long a request waits for a helper that is away. */
const LONGEST_WAIT: Millis = 15_000;
const AWAY = "The helper went away and has not come back, so nothing was changed. Try again when it is back.";

/** Who is told what happens on a connection. */
export interface ConnectionOwner {
  /** What is followed, over all sessions. */
  kinds: readonly EntryKind[];
  /** Each entry once, in order, also those recorded while the connection was gone. */
  onEntry(entry: Entry): void;
  /** It is up, or gone; `error` is why it cannot be opened. */
  onChange(error: LoopdError | undefined): void;
}

/**
 * A connection that is opened again with growing pauses whenever it is lost. At first no helper is started; one that dies
 * later is, and one that was stopped on purpose is waited for. Entries are followed from the last one seen.
 */
export class KeptConnection {
  readonly #open: OpenConnection;
  readonly #owner: ConnectionOwner;
  readonly #stopped = new AbortController();
  #connection: Connection | undefined;
  #seq: Seq | undefined;
  #retryNow = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(open: OpenConnection, owner: ConnectionOwner) {
    this.#open = open;
    this.#owner = owner;
    void this.#keep();
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  /** Asks the helper; one that is away is waited for. @throws LoopdError of the method; `helper-unreachable`. */
  readonly request: Connection["request"] = async (method, params, signal) => {
    if (this.#connection === undefined) await this.#untilUp();
    const connection = this.#connection;
    if (connection === undefined) throw new LoopdError("helper-unreachable", AWAY);
    try {
      return await connection.request(method, params, signal);
    } catch (thrown) {
      // Whoever asks again asks the next one.
      if (asLoopdError(thrown).code === "connection-closed") this.#forget(connection);
      throw thrown;
    }
  };

  /** Does not wait any longer before it tries again. */
  retry(): void {
    this.#retryNow.abort();
    this.#retryNow = new AbortController();
  }

  /** Ends it for good. */
  close(): void {
    this.#stopped.abort();
    this.#wake();
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopped;
    let start: StartMode = "never";
    for (let failures = 0; !signal.aborted; failures++) {
      let problem: LoopdError | undefined;
      try {
        const connection = await this.#open(this.#listener, start);
        try {
          if (signal.aborted) return;
          await this.#follow(connection);
          failures = 0;
          start = "unless-stopped";
          await Promise.race([connection.closed, aborted(signal)]);
        } finally {
          this.#forget(connection);
          connection.close();
        }
      } catch (thrown) {
        problem = asLoopdError(thrown);
      }
      if (signal.aborted) return;
      this.#owner.onChange(problem);
      const pause = Math.min(FIRST_RETRY * 2 ** failures, LONGEST_RETRY);
      await delay(pause, undefined, { signal: AbortSignal.any([signal, this.#retryNow.signal]) }).catch(() => {});
    }
  }

  async #follow(connection: Connection): Promise<void> {
    const { kinds } = this.#owner;
    if (kinds.length > 0) {
      this.#seq ??= (await connection.request("helper.status", {})).lastSeq;
      await connection.request("entries.follow", { after: this.#seq, kinds: [...kinds] });
    }
    this.#connection = connection;
    this.#wake();
    this.#owner.onChange(undefined);
  }

  readonly #listener: Listener = (name, value) => {
    if (name !== "entries.added") return;
    for (const entry of (value as NotificationOf<"entries.added">).entries) {
      if (this.#seq !== undefined && entry.seq <= this.#seq) continue;
      this.#seq = entry.seq;
      this.#owner.onEntry(entry);
    }
  };

  #forget(connection: Connection): void {
    if (this.#connection === connection) this.#connection = undefined;
  }

  #untilUp(): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, LONGEST_WAIT);
      this.#waiting.push(() => {
        clearTimeout(limit);
        resolve();
      });
    });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
