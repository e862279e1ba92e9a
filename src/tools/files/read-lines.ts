/** Which lines to take, counted from 1, and how many bytes of them at most. */
interface LineRequest {
  from: number;
  lines: number;
  maxBytes: number;
  /** Bytes after which counting the file's lines is given up. */
  maxCounted: number;
}

/** The lines that were taken: whole ones, but for a first one that alone is longer than `maxBytes`. */
export interface LineRange {
  bytes: Buffer;
  /** Number of the last line in `bytes`; `from - 1` if there is none. */
  last: number;
  /** Set when only the beginning of the line `from` is there. */
  isClipped: boolean;
  /** Lines of the whole file; absent where the file is too long to count them. */
  total?: number;
}

const NEWLINE = 10;

/** Takes lines out of a stream of bytes in which a line ends with 0x0A. Holds `maxBytes` and one chunk in memory. */
export async function readLines(chunks: AsyncIterable<Buffer>, request: LineRequest): Promise<LineRange> {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let wholeBytes = 0;
  let line = 1;
  let last = request.from - 1;
  let isFull = false;
  let isClipped = false;
  let counted = 0;
  let isAtLineStart = true;

  const take = (segment: Buffer, endsLine: boolean): void => {
    if (isFull || line < request.from || line >= request.from + request.lines) return;
    const room = request.maxBytes - keptBytes;
    if (segment.length > room) {
      isFull = true;
      if (wholeBytes > 0) return;
      isClipped = true;
      last = line;
    }
    const part = Buffer.from(segment.subarray(0, room));
    kept.push(part);
    keptBytes += part.length;
    if (endsLine && !isFull) {
      wholeBytes = keptBytes;
      last = line;
    }
  };
  const result = (total?: number): LineRange => {
    const all = Buffer.concat(kept);
    const bytes = isFull && !isClipped ? all.subarray(0, wholeBytes) : all;
    return { bytes, last, isClipped, ...(total === undefined ? {} : { total }) };
  };

  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, at);
      const end = newline === -1 ? chunk.length : newline + 1;
      take(chunk.subarray(at, end), newline !== -1);
      if (newline !== -1) line += 1;
      isAtLineStart = newline !== -1;
      at = end;
    }
    counted += chunk.length;
    if (counted > request.maxCounted && (isFull || line >= request.from + request.lines)) return result();
  }
  const total = isAtLineStart ? line - 1 : line;
  if (!isAtLineStart && !isFull && line >= request.from && line < request.from + request.lines) last = line;
  return result(total);
}
