import { describe, expect, test } from "vitest";
import { tokensOf } from "../../../src/ax-helper/tree/inert-text.ts";
import { ScreenView } from "../../../src/ax-helper/tree/screen-view.ts";
import type { CapturedWindow } from "../../../src/protocol/screen.ts";
import { elementsOf, ONE_CONTROL_STEPS, operableIn, realWindow, WINDOWS, withNewIds } from "./windows.ts";

const look = (window: CapturedWindow, budget?: number) => new ScreenView().look(window, budget).screen;
const median = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
};

test("the windows of real programs cost little", () => {
  const screens = WINDOWS.map((name) => look(realWindow(name)));
  expect(WINDOWS).toHaveLength(34);
  expect(median(screens.map(({ tokens }) => tokens))).toBeLessThanOrEqual(200);
  for (const { tokens, controls } of screens) expect(tokens / controls.length).toBeLessThanOrEqual(15);
});

describe.each(WINDOWS)("%s", (name) => {
  const window = realWindow(name);
  const screen = look(window);

  test("every control that can be operated has a reference, once, where the text shows it", () => {
    for (const [role, operable] of Map.groupBy(operableIn(window), (element) => element.role)) {
      const shown = screen.controls.filter((control) => control.role === role);
      expect(shown.length, role).toBeGreaterThanOrEqual(operable.length);
    }
    const refs = screen.controls.map(({ ref }) => ref);
    expect(new Set(refs).size).toBe(refs.length);
    const shown = screen.text.split(/ \| |\n/).map((cell) => /^[bkotnplmxsi]\d+/.exec(cell)?.[0]);
    expect(shown.filter((ref) => ref !== undefined)).toEqual(refs);
    expect(screen.tokens).toBe(tokensOf(screen.text));
    expect(screen.nodes).toBe(elementsOf(window).length);
  });

  test("a budget is kept, and what it costs is counted", () => {
    for (const budget of [400, 150, 60, 20]) {
      const small = look(window, budget);
      expect(tokensOf(small.text)).toBeLessThanOrEqual(budget);
      const folds = new Set(small.text.match(/^i\d+(?=> (.*: )?\d+ hidden$)/gm));
      const whole = screen.controls.filter(({ ref }) => !new RegExp(`^${ref}> .*hidden$`, "m").test(screen.text));
      const left = small.controls.filter(({ ref }) => !folds.has(ref));
      expect(left.length + small.hidden).toBeGreaterThanOrEqual(whole.length + screen.hidden);
      const counted = [...small.text.matchAll(/(\d+) hidden$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
      expect(counted).toBe(small.hidden);
    }
  });

  test("references survive that every element gets another identity", () => {
    const view = new ScreenView();
    const before = view.look(window, undefined).screen;
    const after = view.look(withNewIds(window), undefined);
    expect(after.screen).toEqual(before);
    expect(after.text).toBe("diff 1: nothing changed");
  });
});

const TOLD = [
  "t6~=7",
  "t7=… loopd ✓ and bread",
  "k30*+ Select message 23",
  "t13 Full name=Lovelace",
  "k26+- checkbutton",
];

test.each(ONE_CONTROL_STEPS.map((step, at) => [step, `diff 1\n${TOLD[at]}`]))(
  "%s: one changed control is told in at most 20 tokens",
  (name, expected) => {
    const view = new ScreenView();
    view.look(realWindow(`${name}@1`), undefined);
    const { text, isFull } = view.look(realWindow(`${name}@2`), undefined);
    expect({ text, isFull }).toEqual({ text: expected, isFull: false });
    expect(tokensOf(text)).toBeLessThanOrEqual(20);
  },
);

test("another folder, or another page of a notebook, is told whole", () => {
  for (const name of ["step-pcmanfm-up", "step-gwf-page1"]) {
    const view = new ScreenView();
    view.look(realWindow(`${name}@1`), undefined);
    const after = view.look(realWindow(`${name}@2`), undefined);
    expect(after.isFull).toBe(true);
    expect(after.text).toBe(after.screen.text);
  }
});
