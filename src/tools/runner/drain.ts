import type { Readable } from "node:stream";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";

/** Output that pauses so long is taken for complete, and at the latest after `MAX_SETTLE_MS`. */
const QUIET_MS = 250;
const MAX_SETTLE_MS = 2000;

type OnChunk = (chunk: Buffer) => Promise<void> | void;

/** Reads a stream to its end or until it is closed, whichever is first. */
export class Drain {
  /** Resolves when no more will be read; never rejects. */
  readonly done: Promise<void>;
  readonly #stream: Readable;
  #isDone = false;
  #isBusy = false;
  #chunks = 0;

  /** The stream waits while `onChunk` does. What that throws goes to `fail`, and nothing is read after it. */
  constructor(stream: Readable, onChunk: OnChunk, fail: (cause: unknown) => void) {
    this.#stream = stream;
    this.done = this.#read(onChunk, fail);
  }

  /** Stops reading; resolves when the last `onChunk` has returned. */
  async close(): Promise<void> {
    this.#stream.destroy();
    await this.done;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Changes with every chunk; undefined while one is being worked on. */
  get progress(): number | undefined {
    return this.#isBusy ? undefined : this.#chunks;
  }

  async #read(onChunk: OnChunk, fail: (cause: unknown) => void): Promise<void> {
    try {
      for await (const chunk of this.#stream as AsyncIterable<Buffer>) {
        this.#chunks += 1;
        this.#isBusy = true;
        try {
          await onChunk(chunk);
        } catch (cause) {
          fail(cause);
          return;
        }
        this.#isBusy = false;
      }
    } catch {
      // Closed on purpose, or by the other side in a hurry: there is no more to read.
    } finally {
      this.#isBusy = false;
      this.#isDone = true;
    }
  }
}

/**
 * Resolves when the streams of a process that has ended are at their end. If a grandchild holds them open, resolves when
 * they pause, and at the latest after two seconds.
 */
export async function settled(drains: readonly Drain[]): Promise<void> {
  const deadline = performance.now() + MAX_SETTLE_MS;
  const all = Promise.all(drains.map((drain) => drain.done));
  while (drains.some((drain) => !drain.isDone) && performance.now() < deadline) {
    const before = drains.map((drain) => drain.progress);
    const timer = new AbortController();
    await Promise.race([all, delay(QUIET_MS, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    // After a busy moment of this process, what has long arrived is read before it is judged to have paused.
    await nextTurn();
    await nextTurn();
    if (drains.every((drain, index) => drain.progress !== undefined && drain.progress === before[index])) return;
  }
}
