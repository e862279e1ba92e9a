import type { SessionWindow, WindowPart } from "../../protocol/session-window.ts";

/** A part of a window as a bar shows it. */
export interface BarSegment {
  part: WindowPart;
  label: string;
  /** Stands for the part where there are no colours. */
  letter: string;
  tint: "blue" | "cyan" | "magenta" | "yellow" | "green" | "red" | "gray";
  tokens: number;
  /** Of the whole bar, 0 to 1. */
  share: number;
  /** Of the bar's cells; all segments together have exactly as many as were asked for, unless nothing is in it. */
  cells: number;
}

/** Where a window goes, as a bar. */
export interface WindowBar {
  /** In the order of a request, then what is free and what is kept for the response. Parts of 0 are left out. */
  segments: BarSegment[];
  /** Tokens that do not fit into the window. */
  excess: number;
}

const LOOKS: readonly Pick<BarSegment, "part" | "label" | "letter" | "tint">[] = [
  { part: "system", label: "system", letter: "S", tint: "blue" },
  { part: "tools", label: "tools", letter: "T", tint: "cyan" },
  { part: "memory", label: "memory", letter: "M", tint: "magenta" },
  { part: "summary", label: "summary", letter: "U", tint: "yellow" },
  { part: "history", label: "history", letter: "H", tint: "green" },
  { part: "screen", label: "screen", letter: "C", tint: "red" },
  { part: "free", label: "free", letter: ".", tint: "gray" },
  { part: "reserve", label: "answer", letter: "a", tint: "gray" },
];

/**
 * The bar of a window, in so many cells. One that is too full is drawn as long as what should be in it; where nobody knows
 * the window, it holds what the next request does.
 */
export function windowBar({ tokens, parts }: SessionWindow, cells: number): WindowBar {
  const shown = LOOKS.map((look) => ({ ...look, tokens: parts[look.part] ?? 0 })).filter(
    (segment) => segment.tokens > 0 && (tokens !== undefined || segment.part !== "reserve"),
  );
  const whole = shown.reduce((sum, segment) => sum + segment.tokens, 0);
  const counts = cellsOf(
    shown.map((segment) => segment.tokens),
    cells,
  );
  const segments = shown.map((segment, index): BarSegment => {
    return { ...segment, share: segment.tokens / whole, cells: counts[index] ?? 0 };
  });
  return { segments, excess: tokens === undefined ? 0 : Math.max(0, whole - tokens) };
}

/** Cells by size, at least one for each as far as there are any; what is left goes where rounding took most. */
function cellsOf(sizes: readonly number[], cells: number): number[] {
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size / whole) * cells);
  const counts = exact.map((share) => Math.max(1, Math.floor(share)));
  const most = (score: (index: number) => number): number =>
    counts.reduce((best, _, index) => (score(index) > score(best) ? index : best), 0);
  let left = sizes.length === 0 ? 0 : cells - counts.reduce((sum, count) => sum + count, 0);
  for (; left > 0; left -= 1)
    change(
      counts,
      most((index) => (exact[index] ?? 0) - (counts[index] ?? 0)),
      1,
    );
  for (; left < 0; left += 1) {
    const hasSpare = counts.some((count) => count > 1);
    const loser = hasSpare
      ? most((index) => ((counts[index] ?? 0) > 1 ? (counts[index] ?? 0) - (exact[index] ?? 0) : -Infinity))
      : most((index) => ((counts[index] ?? 0) > 0 ? -(sizes[index] ?? 0) : -Infinity));
    change(counts, loser, -1);
  }
  return counts;
}

function change(counts: number[], index: number, by: number): void {
  counts[index] = (counts[index] ?? 0) + by;
}
