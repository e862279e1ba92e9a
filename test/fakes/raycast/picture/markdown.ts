import { lexer, type Token, type Tokens } from "marked";
import type { Box, Canvas, Run } from "./canvas.ts";
import { widthOf, wrapped } from "./measure.ts";
import { type Appearance, type Theme, themeOf } from "./theme.ts";

const SIZE = 13;
const LINE = 19;
const HEADINGS = [21, 17, 15, 14, 13, 13];
const CODE_SIZE = 12;
const CODE_LINE = 17;

/** Draws Markdown as a Detail shows it, from the top of a box down. Gives the height it took, however high the box is. */
export function drawMarkdown(canvas: Canvas, markdown: string, box: Box, appearance: Appearance): number {
  const pen = new Pen(canvas, box, themeOf(appearance));
  for (const token of lexer(markdown)) pen.block(token);
  return pen.y - box.y;
}

class Pen {
  y: number;
  readonly #canvas: Canvas;
  readonly #box: Box;
  readonly #theme: Theme;

  constructor(canvas: Canvas, box: Box, theme: Theme) {
    this.#canvas = canvas;
    this.#box = box;
    this.#theme = theme;
    this.y = box.y;
  }

  block(token: Token): void {
    const theme = this.#theme;
    switch (token.type) {
      case "space":
        return;
      case "heading": {
        const { depth, tokens = [] } = token as Tokens.Heading;
        const size = HEADINGS[depth - 1] ?? SIZE;
        this.#lines(runsOf(tokens, { size, fill: theme.text, isBold: true, text: "" }, theme), size * 1.35);
        this.y += 8;
        return;
      }
      case "hr":
        this.#canvas.line(this.#box.x, this.y + 4.5, this.#box.x + this.#box.width, this.y + 4.5, theme.line);
        this.y += 18;
        return;
      case "code":
        return this.#code((token as Tokens.Code).text);
      case "blockquote":
        return this.#quote((token as Tokens.Blockquote).tokens);
      case "list":
        return this.#list(token as Tokens.List);
      case "table":
        return this.#table(token as Tokens.Table);
      case "paragraph":
      case "text":
        return this.#paragraph(token as Tokens.Paragraph);
      default:
        this.#lines([{ size: SIZE, fill: theme.quiet, text: token.raw.trim() }], LINE);
    }
  }

  #paragraph({ tokens = [], text }: Tokens.Paragraph): void {
    const [first] = tokens;
    if (tokens.length === 1 && first?.type === "image") return this.#image(first as Tokens.Image);
    const plain: Run = { size: SIZE, fill: this.#theme.text, text };
    this.#lines(tokens.length === 0 ? [plain] : runsOf(tokens, plain, this.#theme), LINE);
    this.y += 7;
  }

  #image({ href }: Tokens.Image): void {
    const svg = /^data:image\/svg\+xml;base64,(.*)$/.exec(href)?.[1];
    const [, width = "200", height = "100"] =
      /width="([\d.]+)" height="([\d.]+)"/.exec(Buffer.from(svg ?? "", "base64").toString("utf8")) ?? [];
    const scale = Math.min(1, this.#box.width / Number(width));
    const size = { width: Number(width) * scale, height: Number(height) * scale };
    this.#canvas.image({ x: this.#box.x, y: this.y, ...size }, href);
    this.y += size.height + 10;
  }

  #code(text: string): void {
    const { x, width } = this.#box;
    const look = { size: CODE_SIZE, isMono: true };
    const lines = text.split("\n").flatMap((line) => wrapped(line, width - 24, look));
    const height = lines.length * CODE_LINE + 14;
    this.#canvas.rect({ x, y: this.y, width, height }, { fill: this.#theme.code, radius: 6 });
    lines.forEach((line, index) => {
      const fill = /^\+(?!\+)/.test(line) ? "#4caf6d" : /^-(?!-)/.test(line) ? "#e0675e" : this.#theme.text;
      this.#canvas.text(x + 12, this.y + 19 + index * CODE_LINE, { ...look, text: line, fill });
    });
    this.y += height + 10;
  }

  #quote(tokens: readonly Token[]): void {
    const top = this.y;
    const { x, width } = this.#box;
    const inner = new Pen(
      this.#canvas,
      { ...this.#box, x: x + 14, width: width - 14, y: top },
      {
        ...this.#theme,
        text: this.#theme.quiet,
      },
    );
    for (const token of tokens) inner.block(token);
    this.#canvas.rect({ x, y: top + 1, width: 3, height: inner.y - top - 9 }, { fill: this.#theme.line, radius: 1.5 });
    this.y = inner.y + 3;
  }

  #list({ items, ordered, start }: Tokens.List): void {
    items.forEach((item, index) => {
      const sign = ordered ? `${Number(start === "" ? 1 : start) + index}.` : "•";
      const { x, width } = this.#box;
      this.#canvas.text(x + 16, this.y + 14, { text: sign, size: SIZE, fill: this.#theme.quiet }, { anchor: "end" });
      const inner = new Pen(this.#canvas, { ...this.#box, x: x + 24, width: width - 24, y: this.y }, this.#theme);
      for (const token of item.tokens) inner.block(token);
      this.y = inner.y - 4;
    });
    this.y += 9;
  }

  #table({ header, rows }: Tokens.Table): void {
    const column = this.#box.width / Math.max(1, header.length);
    [header, ...rows].forEach((cells, row) => {
      cells.forEach(({ text }, index) => {
        const run = { text, size: SIZE, fill: row === 0 ? this.#theme.quiet : this.#theme.text, isBold: row === 0 };
        this.#canvas.text(this.#box.x + index * column, this.y + 14, run, { width: column - 8 });
      });
      this.y += 22;
    });
    this.y += 7;
  }

  /** Lays runs out in lines, words at a time. */
  #lines(runs: readonly Run[], height: number): void {
    let line: Run[] = [];
    let width = 0;
    const flush = () => {
      if (line.length > 0) this.#canvas.runs(this.#box.x, this.y + height * 0.74, line);
      this.y += height;
      line = [];
      width = 0;
    };
    for (const run of joined(runs)) {
      for (const piece of run.text.split(/(?<=[ \n])/)) {
        for (const part of wrapped(piece.replace(/\n$/, " "), this.#box.width, run)) {
          const text = piece.endsWith(" ") || piece.endsWith("\n") ? `${part} ` : part;
          const needed = widthOf(text.trimEnd(), run);
          if (width > 0 && width + needed > this.#box.width) flush();
          line.push({ ...run, text });
          width += widthOf(text, run);
        }
        if (run.text === "\n") flush();
      }
    }
    if (line.length > 0) flush();
  }
}

/** Neighbours of one look as one: no line breaks where Markdown only escaped a letter. */
function joined(runs: readonly Run[]): Run[] {
  const whole: Run[] = [];
  const lookOf = ({ text: _text, ...look }: Run) => JSON.stringify(look);
  for (const run of runs) {
    const last = whole.at(-1);
    if (last !== undefined && run.text !== "\n" && last.text !== "\n" && lookOf(last) === lookOf(run))
      last.text += run.text;
    else whole.push({ ...run });
  }
  return whole;
}

function runsOf(tokens: readonly Token[], look: Run, theme: Theme): Run[] {
  return tokens.flatMap((token): Run[] => {
    const inner = (change: Partial<Run>) =>
      runsOf("tokens" in token ? (token.tokens ?? []) : [], { ...look, ...change }, theme);
    switch (token.type) {
      case "strong":
        return inner({ isBold: true });
      case "em":
        return inner({ isItalic: true });
      case "link":
        return inner({ fill: theme.accent });
      case "codespan":
        return [{ ...look, isMono: true, size: look.size - 1, text: (token as Tokens.Codespan).text }];
      case "br":
        return [{ ...look, text: "\n" }];
      case "image":
        return [{ ...look, fill: theme.quiet, text: (token as Tokens.Image).text }];
      default:
        if ("tokens" in token && token.tokens !== undefined && token.tokens.length > 0) return inner({});
        return [{ ...look, text: unescaped("text" in token ? String(token.text) : token.raw) }];
    }
  });
}

function unescaped(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => names[name] ?? "");
}
