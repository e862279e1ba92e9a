import { textOf } from "../cut-output.ts";
import { visibleName } from "../visible-text.ts";

const SEPARATOR = "--";

/** What ripgrep found so far, in the lines that the model gets. */
export interface Matches {
  lines: readonly string[];
  matches: number;
  /** Files with a match, as ripgrep names them. */
  files: ReadonlySet<string>;
  hasMore: boolean;
  isBinary: boolean;
}

/**
 * Makes lines out of ripgrep's output (`--null --line-number`: path, NUL, number, `:` or `-`, text) as it comes, and
 * stops at `limit` matches. Holds one unfinished line and what is kept in memory.
 */
export class MatchLines {
  readonly #limit: number;
  readonly #onEnough: () => void;
  readonly #isShown: (relative: string) => boolean;
  readonly #lines: string[] = [];
  readonly #files = new Set<string>();
  #rest: Buffer = Buffer.alloc(0);
  #matches = 0;
  #hasMore = false;
  #isBinary = false;

  constructor(options: { limit: number; onEnough: () => void; isShown: (relative: string) => boolean }) {
    this.#limit = options.limit;
    this.#onEnough = options.onEnough;
    this.#isShown = options.isShown;
  }

  write(chunk: Buffer): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (let end = bytes.indexOf(10); end !== -1 && !this.#hasMore; end = bytes.indexOf(10)) {
      this.#add(bytes.subarray(0, end));
      bytes = bytes.subarray(end + 1);
    }
    this.#rest = this.#hasMore ? Buffer.alloc(0) : Buffer.from(bytes);
  }

  result(): Matches {
    const lines = this.#lines.at(-1) === SEPARATOR ? this.#lines.slice(0, -1) : this.#lines;
    return { lines, files: this.#files, matches: this.#matches, hasMore: this.#hasMore, isBinary: this.#isBinary };
  }

  #add(line: Buffer): void {
    const nul = line.indexOf(0);
    if (nul === -1) {
      const text = textOf(line);
      if (text === SEPARATOR && this.#lines.length > 0 && this.#lines.at(-1) !== SEPARATOR) this.#lines.push(text);
      if (text.startsWith("binary file matches")) this.#isBinary = true;
      return;
    }
    const path = textOf(line.subarray(0, nul)).replace(/^\.\//, "");
    const [, number, mark, text] = /^(\d+)([:-])(.*)$/s.exec(textOf(line.subarray(nul + 1))) ?? [];
    if (number === undefined || text === undefined || !this.#isShown(path)) return;
    if (mark === ":") {
      if (this.#matches === this.#limit) {
        this.#hasMore = true;
        this.#onEnough();
        return;
      }
      this.#matches += 1;
      this.#files.add(path);
    }
    const body = text.replace(/\r$/, "").replaceAll("\0", "␀");
    this.#lines.push(`${visibleName(path)}${mark}${number}${mark} ${body}`);
  }
}
