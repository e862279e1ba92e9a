import type { AnswerPiece } from "./answer-stream.ts";
import { printableMarkdown } from "../present/terminal-text.ts";
import { MarkdownBlocks } from "./markdown-blocks.ts";

/** Prints the pieces of answers to one stream. `pause` is called before each write, so that a status line can step aside. */
export interface AnswerPrinter {
  print(piece: AnswerPiece): void;
  /** Prints what is held back and ends the last line. */
  finish(): void;
}

const WIDEST = 100;

/** Answers for a terminal: rendered Markdown, block by block, without any sequence of the model's own. */
export async function terminalPrinter(stream: NodeJS.WriteStream, stepAside: () => void): Promise<AnswerPrinter> {
  const { render } = await import("markdansi");
  let blocks = new MarkdownBlocks();
  let isFirst = true;
  const show = (parts: readonly string[]) => {
    for (const part of parts) {
      const width = Math.max(20, Math.min((stream.columns || 80) - 1, WIDEST));
      const options = { width, color: stream.hasColors(), hyperlinks: false, codeBox: false, codeWrap: false };
      const text = render(printableMarkdown(part), options).replace(/^\n+|\s+$/g, "");
      stepAside();
      stream.write(`${isFirst ? "" : "\n"}${text}\n`);
      isFirst = false;
    }
  };
  return {
    print({ text, begins }) {
      if (begins !== undefined) {
        if (begins === "new") show(blocks.finish());
        blocks = new MarkdownBlocks();
      }
      show(blocks.push(text));
    },
    finish: () => show(blocks.finish()),
  };
}

/** Answers for a program or a file: the text exactly as it was produced, at once. Answers are a blank line apart. */
export function plainPrinter(stream: NodeJS.WriteStream): AnswerPrinter {
  let last = "";
  /** Half of a character whose other half comes with the next piece. */
  let half = "";
  const write = (text: string) => {
    if (text === "") return;
    stream.write(text);
    last = (last + text).slice(-2);
  };
  return {
    print({ text, begins }) {
      if (begins !== undefined && last !== "") write(last.endsWith("\n\n") ? "" : last.endsWith("\n") ? "\n" : "\n\n");
      const whole = (begins === undefined ? half : "") + text;
      half = /[\ud800-\udbff]$/.test(whole) ? whole.slice(-1) : "";
      write(whole.slice(0, whole.length - half.length));
    },
    finish: () => write(`${half}${last === "" || last.endsWith("\n") ? "" : "\n"}`),
  };
}
