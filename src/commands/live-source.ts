import type { Connection } from "../protocol/connect.ts";
import type { Entry, EntryKind } from "../protocol/entries.ts";
import { asLoopdError, type ErrorCode, LoopdError } from "../protocol/errors.ts";
import type { Millis } from "../protocol/values.ts";
import type { OpenConnection } from "./follow-turn.ts";
import { KeptConnection } from "./kept-connection.ts";

type Request = Connection["request"];

/** What a view shows and how it stays true. */
export interface LiveQuestion<T> {
  /** Another key is another question: it is loaded at once, and the last value is shown until then. */
  key: string;
  load(request: Request): Promise<T>;
  /** Kinds of entries, of any session, after which the value may be another one; those of the first question. */
  staleOn: readonly EntryKind[];
  /** Which of those entries really matter; all where absent. Told each entry exactly once, in order. */
  isStale?: (entry: Entry) => boolean;
}

/** What is known at a moment. */
export type LiveState<T> =
  | { type: "opening" }
  /**
   * `isLoading`: `value` answers an earlier question, or none newer can be had. `isReconnecting`: the helper went away; the
   * value is what it said last, and comes anew by itself.
   */
  | { type: "ready"; value: T; isLoading: boolean; isReconnecting: boolean }
  /** There is nothing to show. Looked at again by itself where that may help, and by `retry`. */
  | { type: "problem"; error: LoopdError };

/** A change that is shown before the helper has made it. */
interface Optimistic<T> {
  apply: (value: T) => T;
  /** The first load that knows of it; until it is done, none does. */
  isKnownTo: number;
}

/** Shortest time between two looks at what changes fast. A slow load waits longer, so that it never fills the thread. */
const SHORTEST_PAUSE: Millis = 150;
const LOADS_SHARE = 3;
/** What passes by itself: no helper, one that comes up or goes down. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["helper-unreachable", "connection-closed", "wrong-token"]);
/** Why a value cannot be loaded now, although it will be. */
const BUSY: ReadonlySet<ErrorCode> = new Set([...PASSING, "store-busy", "too-many-requests"]);
const CLOSED = "The view is closed.";

/** Keeps one value of the helper true for as long as somebody listens. */
export class LiveSource<T> {
  readonly #open: OpenConnection;
  readonly #listeners = new Set<() => void>();
  #question: LiveQuestion<T>;
  #shown: LiveState<T> = { type: "opening" };
  #base: { key: string; value: T } | undefined;
  #error: LoopdError | undefined;
  #optimistic: readonly Optimistic<T>[] = [];
  #kept: KeptConnection | undefined;
  #loads = 0;
  #isLoading = false;
  #isDue = false;
  #earliest = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(open: OpenConnection, question: LiveQuestion<T>) {
    this.#open = open;
    this.#question = question;
  }

  /** Begins to look with the first listener and ends with the last one. Fits `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#kept ??= new KeptConnection(this.#open, {
      kinds: this.#question.staleOn,
      onEntry: (entry) => {
        if (this.#question.isStale?.(entry) !== false) this.reload();
      },
      onChange: (error) => this.#connectionChanged(error),
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#kept?.close();
      this.#kept = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  };

  readonly snapshot = (): LiveState<T> => this.#shown;

  /** Puts another question. Same key: only what is done with the answer changes. */
  ask(question: LiveQuestion<T>): void {
    const isOther = question.key !== this.#question.key;
    this.#question = question;
    if (isOther) this.#reloadNow();
  }

  /** Loads again soon. */
  readonly reload = (): void => {
    this.#isDue = true;
    this.#schedule();
  };

  /** Tries again at once whatever failed. */
  retry(): void {
    this.#error = undefined;
    this.#kept?.retry();
    this.#reloadNow();
  }

  /** Asks the helper; one that is away is waited for. @throws LoopdError of the method; `helper-unreachable`. */
  readonly request: Request = async (method, params, signal) => {
    if (this.#kept === undefined) throw new LoopdError("cancelled", CLOSED);
    return this.#kept.request(method, params, signal);
  };

  /**
   * Shows a change before `work` has made it, and takes it back where that fails. `apply` may be called on newer values.
   * @throws whatever `work` throws.
   */
  readonly change = async <R>(apply: (value: T) => T, work: (request: Request) => Promise<R>): Promise<R> => {
    const optimistic: Optimistic<T> = { apply, isKnownTo: Infinity };
    this.#optimistic = [...this.#optimistic, optimistic];
    this.#publish();
    try {
      const result = await work(this.request);
      optimistic.isKnownTo = this.#loads + 1;
      return result;
    } catch (thrown) {
      this.#optimistic = this.#optimistic.filter((one) => one !== optimistic);
      this.#publish();
      throw thrown;
    } finally {
      this.reload();
    }
  };

  #connectionChanged(error: LoopdError | undefined): void {
    this.#error = error;
    // What was shown stays while the helper comes back; not where it takes a person to mend it.
    if (error !== undefined && !PASSING.has(error.code)) this.#base = undefined;
    if (this.#kept?.isUp === true) this.#reloadNow();
    else this.#publish();
  }

  #reloadNow(): void {
    this.#earliest = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.reload();
    this.#publish();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isLoading || this.#kept?.isUp !== true) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#load();
      },
      Math.max(0, this.#earliest - performance.now()),
    );
  }

  async #load(): Promise<void> {
    if (this.#kept?.isUp !== true) return;
    const { key, load } = this.#question;
    const number = ++this.#loads;
    const begun = performance.now();
    this.#isDue = false;
    this.#isLoading = true;
    try {
      const value = await load(this.request);
      if (key === this.#question.key) this.#base = { key, value };
      this.#error = undefined;
      this.#optimistic = this.#optimistic.filter(({ isKnownTo }) => isKnownTo > number);
    } catch (thrown) {
      const error = asLoopdError(thrown);
      if (BUSY.has(error.code)) this.#isDue = true;
      else this.#error = error;
    }
    this.#isLoading = false;
    const now = performance.now();
    const pause = Math.max(SHORTEST_PAUSE, LOADS_SHARE * (now - begun));
    this.#earliest = key === this.#question.key ? now + pause : 0;
    if (this.#isDue) this.#schedule();
    this.#publish();
  }

  #publish(): void {
    this.#shown = this.#state();
    for (const listener of this.#listeners) listener();
  }

  #state(): LiveState<T> {
    const isAway = this.#kept?.isUp !== true;
    const isHidden = this.#base === undefined || !isAway;
    if (this.#error !== undefined && isHidden) return { type: "problem", error: this.#error };
    if (this.#base === undefined) return { type: "opening" };
    const { key, value } = this.#base;
    const shown = this.#optimistic.reduce((changed, { apply }) => apply(changed), value);
    return { type: "ready", value: shown, isLoading: isAway || key !== this.#question.key, isReconnecting: isAway };
  }
}
