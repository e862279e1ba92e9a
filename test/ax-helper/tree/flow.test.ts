import { expect, test } from "vitest";
import { ScreenView } from "../../../src/ax-helper/tree/screen-view.ts";
import type { CapturedNode } from "../../../src/protocol/screen.ts";
import { node, windowOf } from "./windows.ts";

type Rect = readonly [number, number, number, number];

const words = (name: string, rect: Rect) => node("static", name, { rect: [...rect] });
const link = (name: string, rect: Rect) => node("link", name, { rect: [...rect], children: [words(name, rect)] });
const box = (role: string, rect: Rect, children: CapturedNode[]) => node(role, "", { rect: [...rect], children });
/** The lines below the header. */
const linesOf = (...children: CapturedNode[]) =>
  new ScreenView().look(windowOf(children), undefined).text.split("\n").slice(1);

// As Chromium tells them: a text that goes on in the next line has the whole paragraph's left edge.
const PARAGRAPH: Rect = [18, 297, 960, 58];

test("the sentences of a paragraph that wraps keep their order, a line for each row", () => {
  const tides = box("paragraph", PARAGRAPH, [
    words("Twice a day the ", [18, 297, 130, 20]),
    link("Wadden Sea", [147, 297, 100, 20]),
    words(" empties itself. What looks like open water is mud by evening, crossed by ", [18, 297, 939, 39]),
    link("channels", [42, 316, 73, 20]),
    words(" that move.", [114, 316, 100, 20]),
  ]);
  expect(linesOf(tides)).toEqual([
    "Twice a day the | l1 Wadden Sea | empties itself. What looks like open water is mud by evening, crossed by",
    "l2 channels | that move.",
  ]);
});

test("so do words in bold, links that wrap themselves, and a button among them", () => {
  const moon = box("paragraph", PARAGRAPH, [
    words("Sun and moon make ", [18, 403, 519, 20]),
    box("static", [536, 403, 108, 20], [words("spring tides", [536, 403, 108, 20])]),
    words("; at the quarters ", [18, 403, 932, 39]),
    link("neap tides", [137, 422, 85, 20]),
    words(" are lower, see ", [221, 422, 600, 20]),
    link("the flood of 1962 and what came of it", [18, 422, 950, 39]),
    words(" or ", [300, 441, 20, 20]),
    node("push button", "Listen", { rect: [320, 440, 60, 22] }),
    words(".", [380, 441, 5, 20]),
  ]);
  expect(linesOf(moon)).toEqual([
    "Sun and moon make | spring tides | ; at the quarters",
    "l1 neap tides | are lower, see | l2 the flood of 1962 and what came of it",
    "or | b3 Listen | .",
  ]);
});

test("what only lies side by side is read from left to right, whatever order the program tells it in", () => {
  const row = box(
    "panel",
    [0, 0, 400, 60],
    [
      link("Edit", [300, 20, 60, 20]),
      words("A note of two lines that stands beside it", [0, 10, 280, 40]),
      words("Total:", [0, 60, 60, 20]),
      words("5 EUR", [70, 60, 60, 20]),
    ],
  );
  expect(linesOf(row)).toEqual(["A note of two lines that stands beside it | l1 Edit", "Total: | 5 EUR"]);
});
