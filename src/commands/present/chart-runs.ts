import type { RunRow, RunState } from "../../protocol/routine.ts";
import { type Appearance, boxAt, CHART_WIDTH, chartMarkdown, type Palette, paletteOf, textAt } from "./chart-svg.ts";
import { count, duration, plural } from "./quantity.ts";

/** How a state looks: a sign of its own, and a colour that says no more than the sign. */
const LOOKS: Readonly<Record<RunState, { sign: string; tint: keyof Palette; words: string }>> = {
  ran: { sign: "✓", tint: "green", words: "ran" },
  late: { sign: "◷", tint: "yellow", words: "late" },
  running: { sign: "▸", tint: "blue", words: "running" },
  due: { sign: "…", tint: "blue", words: "due" },
  waiting: { sign: "?", tint: "magenta", words: "waiting" },
  failed: { sign: "✗", tint: "red", words: "failed" },
  interrupted: { sign: "!", tint: "red", words: "interrupted" },
  missed: { sign: "○", tint: "quiet", words: "missed" },
  skipped: { sign: "–", tint: "quiet", words: "skipped" },
};
const MOST_RUNS = 24;
const HEAD = 18;
const PLOT = 60;
const ROW = 16;
const LEFT = 64;
/** States in a row of the legend. */
const COLUMNS = 5;

/**
 * The ledger of a routine as a picture in Markdown: a column for each run, as tall as it took long, with the sign of its
 * state below; the newest at the right. `runs`: newest first. Undefined where there are none.
 */
export function runsChart(runs: readonly RunRow[], appearance: Appearance): string | undefined {
  const shown = runs.slice(0, MOST_RUNS).reverse();
  if (shown.length === 0) return undefined;
  const palette = paletteOf(appearance);
  const longest = Math.max(1, ...shown.map(({ durationMs = 0 }) => durationMs));
  const counts = new Map<RunState, number>();
  for (const { state, count: slots = 1 } of shown) counts.set(state, (counts.get(state) ?? 0) + slots);
  const tally = [...counts].map(([state, times]) => `${count(times)} ${LOOKS[state].words}`).join(", ");
  const head = `The newest ${plural(shown.length, "line")} of the ledger, by duration`;
  const base = HEAD + PLOT;
  const slot = (CHART_WIDTH - LEFT) / MOST_RUNS;
  const width = slot * 0.7;
  const shapes = [
    textAt(0, 11, head, { fill: palette.text }),
    textAt(LEFT - 6, HEAD + 9, longest > 1 ? duration(longest) : "", { fill: palette.quiet, anchor: "end" }),
    `<path d="M${LEFT} ${base + 0.5}H${CHART_WIDTH}" stroke="${palette.line}"/>`,
  ];
  const offset = CHART_WIDTH - slot * shown.length;
  shown.forEach(({ state, durationMs = 0, count: slots }, index) => {
    const { sign, tint } = LOOKS[state];
    const x = offset + index * slot;
    const height = durationMs === 0 ? 0 : Math.max(2, (durationMs / longest) * PLOT);
    if (height > 0) shapes.push(boxAt({ x: x + (slot - width) / 2, y: base - height, width, height }, palette[tint]));
    shapes.push(textAt(x + slot / 2, base + 14, sign, { fill: palette[tint], anchor: "middle" }));
    if (slots !== undefined)
      shapes.push(textAt(x + slot / 2, base + 26, `×${count(slots)}`, { fill: palette.quiet, anchor: "middle" }));
  });
  const column = CHART_WIDTH / COLUMNS;
  [...counts].forEach(([state, times], index) => {
    const y = base + 44 + Math.floor(index / COLUMNS) * ROW;
    const words = `${LOOKS[state].sign} ${count(times)} ${LOOKS[state].words}`;
    shapes.push(textAt((index % COLUMNS) * column, y, words, { fill: palette.quiet }));
  });
  const height = base + 36 + Math.ceil(counts.size / COLUMNS) * ROW;
  return chartMarkdown(`${head}: ${tally}`, height, shapes);
}
