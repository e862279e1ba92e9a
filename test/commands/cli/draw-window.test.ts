import stringWidth from "fast-string-width";
import { expect, test } from "vitest";
import { drawWindow } from "../../../src/commands/cli/draw-window.ts";
import { COMPACTED, windowWith } from "../windows.ts";

const NOW = Date.parse("2026-01-01T12:10:00Z");
const draw = (columns: number, isUnicode: boolean, window = COMPACTED) =>
  drawWindow(window, { columns, hasColours: false, isUnicode }, NOW);

test("no line is wider than the terminal, from 24 columns to 200", () => {
  for (let columns = 24; columns <= 200; columns++) {
    const widest = Math.max(...draw(columns, true).map((line) => stringWidth(line)));
    expect(widest).toBeLessThan(columns);
  }
  expect(draw(20, true).find((line) => line.startsWith("["))).toHaveLength(19);
});

test("40 columns are enough", () => {
  expect(draw(40, true).slice(0, 8)).toEqual([
    "Window of qwen3 at local: 2,140 of",
    "4,096 tokens (52 %), as declared.",
    "[SSTTTTTTTTMUUUHHHHHC.............aaaa]",
    "S system 190 (5 %)  T tools 940 (23 %)",
    "M memory 60 (1 %)  U summary 300 (7 %)",
    "H history 520 (13 %)",
    "C screen 130 (3 %)  . free 1,444 (35 %)",
    "a answer 512 (13 %)",
  ]);
});

test("without Unicode everything is plain ASCII", () => {
  const many = windowWith(
    {},
    { requests: { turn: 3, summarise: 0, tooLarge: 0 }, epochs: [...COMPACTED.epochs, ...COMPACTED.epochs] },
  );
  for (const window of [COMPACTED, many]) {
    for (const line of draw(80, false, window)) expect(line).toMatch(/^[ -~]*$/);
  }
});
