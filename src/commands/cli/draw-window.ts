import stringWidth from "fast-string-width";
import type { SessionWindow } from "../../protocol/session-window.ts";
import { count, percent } from "../present/quantity.ts";
import { type BarSegment, windowBar } from "../present/window-bar.ts";
import { oneLine } from "../present/terminal-text.ts";
import { windowFacts, windowHead } from "../present/window-words.ts";
import { styled } from "./print.ts";

/** What a terminal can show. */
interface Canvas {
  columns: number;
  hasColours: boolean;
  /** It shows block characters and arrows. */
  isUnicode: boolean;
}

const WIDEST = 100;
const LONGEST = 1_000;
const BLOCKS: Readonly<Partial<Record<BarSegment["part"], string>>> = { free: "░", reserve: "▒" };

/** What standard output can show. */
export function canvasOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv, platform: string): Canvas {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = environment;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== "");
  const isUnicode = TERM !== "dumb" && (locale === undefined ? platform === "darwin" : /utf-?8/i.test(locale));
  return { columns: stream.columns || 80, hasColours: stream.isTTY && stream.hasColors(), isUnicode };
}

/**
 * Where a window goes, as lines for a terminal: whose it is, a bar, a legend, and what else there is to know at `now` in
 * milliseconds since the Unix epoch. Without colours, letters tell the parts apart.
 */
export function drawWindow(window: SessionWindow, canvas: Canvas, now: number): string[] {
  const columns = Math.max(10, Math.min(canvas.columns - 1, WIDEST));
  const isFilled = canvas.hasColours && canvas.isUnicode;
  const { segments } = windowBar(window, isFilled ? columns : columns - 2);
  const fill = (segment: BarSegment, text: string) =>
    canvas.hasColours ? styled(segment.tint, text, process.stdout) : text;
  const mark = ({ part, letter }: BarSegment) => (isFilled ? (BLOCKS[part] ?? "█") : letter);
  const bar = segments.map((segment) => fill(segment, mark(segment).repeat(segment.cells))).join("");
  const legend = segments.map((segment) => {
    const words = `${segment.label} ${count(segment.tokens)} (${percent(segment.share)})`;
    return { text: `${fill(segment, mark(segment))} ${words}`, width: 2 + stringWidth(words) };
  });
  const lines = [
    ...wrapped(wordsOf(oneLine(windowHead(window), LONGEST)), " ", columns),
    isFilled ? bar : `[${bar}]`,
    ...wrapped(legend, "  ", columns),
    ...windowFacts(window, now).flatMap((fact) => wrapped(wordsOf(oneLine(fact, LONGEST)), " ", columns)),
  ];
  return canvas.isUnicode ? lines : lines.map((line) => line.replaceAll("→", "->").replaceAll("×", "x"));
}

interface Piece {
  text: string;
  /** Columns that it takes. */
  width: number;
}

function wordsOf(text: string): Piece[] {
  return text.split(" ").map((word) => ({ text: word, width: stringWidth(word) }));
}

/** Pieces on as few lines as they need; one that is wider than a line has one of its own. */
function wrapped(pieces: readonly Piece[], gap: string, columns: number): string[] {
  const lines: Piece[] = [];
  for (const { text, width } of pieces) {
    const last = lines.at(-1);
    if (last === undefined || last.width + gap.length + width > columns) lines.push({ text, width });
    else lines.splice(-1, 1, { text: `${last.text}${gap}${text}`, width: last.width + gap.length + width });
  }
  return lines.map(({ text }) => text);
}
