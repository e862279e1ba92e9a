import { stripVTControlCharacters } from "node:util";
import { plainLine } from "../visible-text.ts";

/** Lines that a server may bring into the log within one stretch; what is more is counted. */
const LINES = 20;
const STRETCH_MS = 10_000;
const MAX_CHARACTERS = 500;

/** A server's lines in the helper's log: cleaned, cut, and never more than the log should hold. */
export interface ServerLog {
  /** What the server wrote to standard error. */
  said(line: string): void;
  /** Something about the server that is not as it should be. */
  odd(what: string): void;
  /** The newest line of standard error. */
  last(): string | undefined;
}

/** Makes one. `hide` takes secrets out of every line. */
export function createServerLog(write: (message: string) => void, hide: (text: string) => string): ServerLog {
  let since = 0;
  let written = 0;
  let dropped = 0;
  let last: string | undefined;
  const put = (message: string) => {
    const now = performance.now();
    if (now - since > STRETCH_MS) {
      if (dropped > 0) write(`${dropped} more lines were left out`);
      [since, written, dropped] = [now, 0, 0];
    }
    written += 1;
    if (written <= LINES) write(message);
    else dropped += 1;
  };
  const cleaned = (text: string) => oneLineOf(hide(text.slice(0, MAX_CHARACTERS * 8)), MAX_CHARACTERS);
  return {
    said(line) {
      const text = cleaned(line);
      if (text === "") return;
      last = text;
      put(`stderr: ${text}`);
    },
    odd: (what) => put(cleaned(what)),
    last: () => last,
  };
}

/** A stranger's words as one harmless line of at most `limit` characters. */
export function oneLineOf(text: string, limit: number): string {
  return plainLine(stripVTControlCharacters(text.slice(0, limit * 8)), limit);
}
