import type { Entry } from "../../protocol/entries.ts";
import { type Appearance, boxAt, CHART_WIDTH, chartMarkdown, paletteOf, stripes, textAt } from "./chart-svg.ts";
import { count, percent, plural } from "./quantity.ts";

/** What a model read for one request. */
export interface TokenStep {
  /** Tokens that it had to read. */
  fresh: number;
  /** Tokens that its server still held from a request before. Absent: the server does not tell. */
  cached?: number | undefined;
}

const MOST_STEPS = 46;
const HEAD = 18;
const PLOT = 96;
const FOOT = 34;
const LEFT = 40;

/** The steps of a trace whose server said how many tokens it read, oldest first. Requests of summaries are none. */
export function tokenSteps(entries: readonly Entry[]): TokenStep[] {
  let isTurn = true;
  return entries.flatMap((entry) => {
    if (entry.kind === "request.sent") isTurn = entry.data.purpose === "turn";
    if (entry.kind !== "model.responded" || entry.data.usage === undefined || !isTurn) return [];
    const { inputTokens, cachedTokens } = entry.data.usage;
    return [{ fresh: inputTokens, cached: cachedTokens }];
  });
}

/**
 * Tokens fresh versus cached per step, as a picture in Markdown: plain columns are fresh, striped ones cached. The newest
 * steps where there are many. Undefined where no step is known.
 */
export function tokensChart(steps: readonly TokenStep[], appearance: Appearance): string | undefined {
  const shown = steps.slice(-MOST_STEPS);
  const tallest = Math.max(0, ...shown.map(({ fresh, cached = 0 }) => fresh + cached));
  if (tallest === 0) return undefined;
  const palette = paletteOf(appearance);
  const fresh = shown.reduce((sum, step) => sum + step.fresh, 0);
  const cached = shown.reduce((sum, step) => sum + (step.cached ?? 0), 0);
  const first = steps.length - shown.length + 1;
  const which = first === 1 ? plural(steps.length, "step") : `steps ${first} to ${steps.length}`;
  const isKnown = shown.some((step) => step.cached !== undefined);
  const split = `${count(fresh)} fresh, ${count(cached)} cached (${percent(cached / (fresh + cached))})`;
  const head = `Tokens read in ${which}: ${isKnown ? split : `${count(fresh)}, from a cache or not`}`;
  const base = HEAD + PLOT;
  const slot = (CHART_WIDTH - LEFT) / Math.max(shown.length, 8);
  const width = Math.max(2, Math.min(28, slot * 0.72));
  const shapes = [
    `<defs>${stripes("cached", palette.cyan, 45)}</defs>`,
    textAt(0, 11, head, { fill: palette.text }),
    textAt(LEFT - 6, HEAD + 9, count(tallest), { fill: palette.quiet, anchor: "end" }),
    textAt(LEFT - 6, base, "0", { fill: palette.quiet, anchor: "end" }),
    `<path d="M${LEFT} ${base + 0.5}H${CHART_WIDTH}" stroke="${palette.line}"/>`,
  ];
  shown.forEach((step, index) => {
    const x = LEFT + index * slot + (slot - width) / 2;
    const freshHeight = (step.fresh / tallest) * PLOT;
    const cachedHeight = ((step.cached ?? 0) / tallest) * PLOT;
    const outline = `stroke="${palette.cyan}" stroke-width="1"`;
    if (cachedHeight > 0)
      shapes.push(boxAt({ x, y: base - cachedHeight, width, height: cachedHeight }, "url(#cached)", outline));
    if (step.fresh > 0)
      shapes.push(boxAt({ x, y: base - cachedHeight - freshHeight, width, height: freshHeight }, palette.yellow));
  });
  const y = base + 14;
  shapes.push(textAt(LEFT, y, String(first), { fill: palette.quiet }));
  shapes.push(textAt(LEFT + slot * shown.length, y, String(steps.length), { fill: palette.quiet, anchor: "end" }));
  const legend = (x: number, words: string, fill: string, outline: string) =>
    shapes.push(
      boxAt({ x, y: y + 6, width: 10, height: 10 }, fill, outline),
      textAt(x + 15, y + 15, words, { fill: palette.quiet }),
    );
  legend(LEFT, isKnown ? "fresh" : "read", palette.yellow, "");
  if (isKnown) legend(LEFT + 56, "from the server's cache", "url(#cached)", `stroke="${palette.cyan}"`);
  return chartMarkdown(head, base + FOOT, shapes);
}
