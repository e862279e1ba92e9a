const NEWLINE = 10;
/** Bytes of a line that is too long that are kept of either end. */
const END_BYTES = 1024;

/** A line that was longer than allowed: its two ends. */
export interface LongLine {
  head: Buffer;
  tail: Buffer;
  bytes: number;
}

/** Splits a stream into lines. Holds at most one line of the allowed length, whatever comes. */
export class LineReader {
  readonly #limit: number;
  readonly #onLine: (line: Buffer) => void;
  readonly #onLong: (line: LongLine) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #head: Buffer | undefined;
  #tail = Buffer.alloc(0);

  /** `limit` in bytes. Lines come without their newline. */
  constructor(limit: number, onLine: (line: Buffer) => void, onLong: (line: LongLine) => void) {
    this.#limit = limit;
    this.#onLine = onLine;
    this.#onLong = onLong;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#take(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    this.#take(chunk.subarray(start));
  }

  /** Bytes since the last newline. */
  get pending(): number {
    return this.#bytes;
  }

  /** Hands over what stands behind the last newline. */
  end(): void {
    if (this.#bytes > 0) this.#finish();
  }

  #take(part: Buffer): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    if (this.#head === undefined && this.#bytes > this.#limit) {
      this.#head = Buffer.concat([...this.#parts, part], Math.min(this.#bytes, END_BYTES));
      this.#tail = Buffer.from(part.subarray(-END_BYTES));
      this.#parts = [];
    } else if (this.#head !== undefined) {
      this.#tail = Buffer.from(Buffer.concat([this.#tail, part]).subarray(-END_BYTES));
    } else {
      this.#parts.push(part);
    }
  }

  #finish(): void {
    const [parts, head, tail, bytes] = [this.#parts, this.#head, this.#tail, this.#bytes];
    this.#parts = [];
    this.#head = undefined;
    this.#tail = Buffer.alloc(0);
    this.#bytes = 0;
    if (head !== undefined) this.#onLong({ head, tail, bytes });
    else this.#onLine(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts));
  }
}
