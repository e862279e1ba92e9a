import type { SessionWindow } from "../../protocol/session-window.ts";
import { type Appearance, boxAt, CHART_WIDTH, chartMarkdown, paletteOf, textAt } from "./chart-svg.ts";
import { count, percent } from "./quantity.ts";
import { windowBar } from "./window-bar.ts";

const TOP = 18;
const BAR = 22;
const ROW = 16;
const COLUMNS = 4;
/** Widths in which a letter still stands inside of its part. */
const LETTER_ROOM = 12;

/** Where a session's window goes, as a picture in Markdown: a bar with a letter in each part, and a legend with figures. */
export function windowChart(window: SessionWindow, appearance: Appearance): string {
  const palette = paletteOf(appearance);
  const { segments, excess } = windowBar(window, 100);
  const { tokens, next } = window;
  const used = `${count(next.tokens)} of ${count(tokens ?? 0)} tokens (${percent(next.tokens / (tokens ?? 1))})`;
  const excessWords = excess > 0 ? `, ${count(excess)} too many` : "";
  const head = tokens === undefined ? `Context: ${count(next.tokens)} tokens` : `Window: ${used}${excessWords}`;
  const shapes = [textAt(0, 11, head, { fill: palette.text })];
  let x = 0;
  segments.forEach(({ part, letter, tint, share }) => {
    const width = share * CHART_WIDTH;
    const isEmpty = part === "free" || part === "reserve";
    const outline = `stroke="${palette.line}"${part === "reserve" ? ' stroke-dasharray="3 2"' : ""}`;
    shapes.push(boxAt({ x, y: TOP, width, height: BAR }, isEmpty ? "none" : palette[tint], isEmpty ? outline : ""));
    const fill = isEmpty ? palette.quiet : inkOn(appearance);
    if (width >= LETTER_ROOM && part !== "free")
      shapes.push(textAt(x + width / 2, TOP + 15, letter, { fill, anchor: "middle" }));
    x += width;
  });
  if (tokens !== undefined && next.compactsAt !== undefined && segments.length > 0) {
    const whole = Math.max(tokens, tokens + excess);
    const at = Math.min(CHART_WIDTH - 1, (next.compactsAt / whole) * CHART_WIDTH);
    shapes.push(`<path d="M${at} ${TOP - 3}v${BAR + 6}" stroke="${palette.text}" stroke-dasharray="2 2"/>`);
  }
  const column = CHART_WIDTH / COLUMNS;
  segments.forEach(({ label, letter, tokens: size }, index) => {
    const y = TOP + BAR + 16 + Math.floor(index / COLUMNS) * ROW;
    const sign = letter === "." ? "" : `${letter} `;
    shapes.push(textAt((index % COLUMNS) * column, y, `${sign}${label} ${count(size)}`, { fill: palette.quiet }));
  });
  const words = [head, ...segments.map(({ label, tokens: size }) => `${label} ${count(size)}`)].join(", ");
  return chartMarkdown(words, TOP + BAR + 8 + Math.ceil(segments.length / COLUMNS) * ROW + 4, shapes);
}

function inkOn(appearance: Appearance): string {
  return appearance === "dark" ? "#101014" : "#ffffff";
}
