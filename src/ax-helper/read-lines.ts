import type { Readable } from "node:stream";

/** What came next: a line; nothing in time; the end; or more than a line may be. */
type NextLine = { type: "line"; text: string } | { type: "late" } | { type: "ended" } | { type: "too-long" };

/** Lines of a stream, one at a time. */
export interface LineReader {
  /** The next line, unless the signal comes first. */
  next(signal: AbortSignal): Promise<NextLine>;
}

/** The longest line that is kept, in bytes. */
const MAX_LINE = 32 * 1024 * 1024;

/** Reads lines as they are asked for. A line longer than 32 MiB is not kept. */
export function readLines(stream: Readable): LineReader {
  const lines: string[] = [];
  let parts: Buffer[] = [];
  let length = 0;
  let end: NextLine | undefined;
  let wake: () => void = () => {};
  stream.on("data", (chunk: Buffer) => {
    let rest = chunk;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      lines.push(Buffer.concat([...parts, rest.subarray(0, at)]).toString());
      rest = rest.subarray(at + 1);
      parts = [];
      length = 0;
    }
    length += rest.length;
    if (length > MAX_LINE) {
      end ??= { type: "too-long" };
      stream.destroy();
    } else if (rest.length > 0) parts.push(rest);
    wake();
  });
  stream.once("close", () => {
    end ??= { type: "ended" };
    wake();
  });
  return {
    next: (signal) =>
      new Promise((resolve) => {
        const look = () => {
          const line = lines.shift();
          const found = line === undefined ? end : { type: "line" as const, text: line };
          if (found !== undefined) settle(found);
        };
        const late = () => settle({ type: "late" });
        const settle = (found: NextLine) => {
          wake = () => {};
          signal.removeEventListener("abort", late);
          resolve(found);
        };
        signal.addEventListener("abort", late, { once: true });
        wake = look;
        look();
      }),
  };
}
