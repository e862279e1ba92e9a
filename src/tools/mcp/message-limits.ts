/** Bytes of one message of a server. A longer one is never held: its call gets an error. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** What a server may send unasked at once, or without a newline; and how fast it may go on, in bytes. */
export const BURST_BYTES = 256 * 1024 * 1024;
const BYTES_PER_MS = 4 * 1024;
/** However short a line is, dealing with it costs as much as so many bytes. */
const LEAST_BYTES = 1024;

/** Tells a chatty server from one that floods. */
export class Allowance {
  #left = BURST_BYTES;
  #at = performance.now();

  /** Takes a line that nobody asked for into account. False: it has been too much. */
  take(bytes: number): boolean {
    const now = performance.now();
    this.#left = Math.min(BURST_BYTES, this.#left + (now - this.#at) * BYTES_PER_MS);
    this.#at = now;
    this.#left -= Math.max(bytes, LEAST_BYTES);
    return this.#left >= 0;
  }
}
