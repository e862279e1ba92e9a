/** A Markdown text cut where rendering one part does not need the next. */
export class MarkdownBlocks {
  /** The block that is still growing, in whole lines. */
  #block = "";
  /** A line that has no end yet. */
  #line = "";
  #fence: string | undefined;
  #isAfterBlank = false;

  /** Adds a piece of text and returns the blocks that it completes. */
  push(text: string): string[] {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    return lines.flatMap((line) => this.#addLine(line));
  }

  /** The end of the text: returns what is left. */
  finish(): string[] {
    const rest = this.#line === "" ? [] : this.push("\n");
    return [...rest, ...this.#cut()];
  }

  #addLine(line: string): string[] {
    const marker = FENCE.exec(line)?.[1];
    if (this.#fence !== undefined) {
      this.#block += `${line}\n`;
      const isEnd = marker?.startsWith(this.#fence) === true && line.trim() === marker;
      if (isEnd) this.#fence = undefined;
      return isEnd && !this.#isList() ? this.#cut() : [];
    }
    if (line.trim() === "") {
      this.#isAfterBlank = true;
      if (this.#block !== "" && this.#isList()) {
        this.#block += "\n";
        return [];
      }
      return this.#cut();
    }
    // A list goes on after a blank line with another item or with an indented line; anything else begins a new block.
    const goesOn = /^\s/.test(line) || ITEM.test(line);
    const done = this.#isAfterBlank && !goesOn ? this.#cut() : [];
    this.#isAfterBlank = false;
    this.#fence = marker;
    this.#block += `${line}\n`;
    return done;
  }

  #isList(): boolean {
    return ITEM.test(this.#block);
  }

  #cut(): string[] {
    const block = this.#block;
    this.#block = "";
    return block.trim() === "" ? [] : [block];
  }
}

/** Opens or closes a block of code, also inside a list. */
const FENCE = /^\s*(`{3,}(?=[^`]*$)|~{3,})/;
const ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/;
