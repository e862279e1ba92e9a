import { expect, test } from "vitest";
import { windowBar } from "../../../src/commands/present/window-bar.ts";
import { COMPACTED, windowWith } from "../windows.ts";

const widths = Array.from({ length: 181 }, (_, index) => index + 20);

test.each([
  ["a usual one", COMPACTED],
  ["one part only", windowWith({ history: 4_096, reserve: 0 })],
  ["a sliver beside a giant", windowWith({ system: 1, tools: 1, memory: 1, summary: 1, history: 4_000, screen: 1 })],
  ["too full", windowWith({ system: 900, tools: 3_000, history: 9_000 })],
  ["a huge window that is nearly empty", windowWith({ system: 200, history: 9 }, { tokens: 1_000_000 })],
  ["a window that nobody knows", windowWith({ system: 200, history: 900 }, { tokens: undefined, source: undefined })],
])("at every width from 20 to 200 the bar of %s is full, and shows each part that is not 0", (_, window) => {
  for (const width of widths) {
    const { segments } = windowBar(window, width);
    expect(segments.reduce((sum, segment) => sum + segment.cells, 0)).toBe(width);
    expect(segments.filter(({ cells }) => cells < 1)).toEqual([]);
    const bySize = segments.toSorted((a, b) => a.tokens - b.tokens).map(({ cells }) => cells);
    expect(bySize.slice(1).every((cells, index) => cells >= (bySize[index] ?? 0) - 1)).toBe(true);
  }
});

test("parts stand in the order of a request; what is 0 is not there", () => {
  const labels = (window: typeof COMPACTED) => windowBar(window, 60).segments.map(({ label }) => label);
  expect(labels(COMPACTED)).toEqual([
    ...["system", "tools", "memory", "summary", "history", "screen", "free", "answer"],
  ]);
  expect(labels(windowWith({ system: 10, history: 20 }))).toEqual(["system", "history", "free", "answer"]);
  expect(windowBar(windowWith({ reserve: 0 }, { tokens: 0 }), 60)).toEqual({ segments: [], excess: 0 });
});

test("shares are those of the window; one that is too full says by how much", () => {
  const { segments, excess } = windowBar(windowWith({ history: 2_048 }), 80);
  expect(segments.map(({ share }) => share)).toEqual([0.5, 0.375, 0.125]);
  expect(segments.map(({ cells }) => cells)).toEqual([40, 30, 10]);
  expect(excess).toBe(0);
  expect(windowBar(windowWith({ history: 4_000 }), 80).excess).toBe(416);
});

test("with fewer cells than parts, the largest ones have them", () => {
  const { segments } = windowBar(COMPACTED, 3);
  expect(segments.filter(({ cells }) => cells === 1).map(({ label }) => label)).toEqual(["tools", "history", "free"]);
});
