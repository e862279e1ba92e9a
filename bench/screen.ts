import { tokensOf } from "../src/ax-helper/tree/inert-text.ts";
import { ScreenView } from "../src/ax-helper/tree/screen-view.ts";
import type { CapturedWindow } from "../src/protocol/screen.ts";
import { ONE_CONTROL_STEPS, operableIn, realWindow, WINDOWS, withNewIds } from "../test/ax-helper/tree/windows.ts";
import { ariaSnapshots } from "./aria-snapshot.ts";
import type { Figure } from "./figure.ts";
import { pageOf } from "./page-of.ts";
import { percentile } from "./statistics.ts";

const AGAIN = 40;
const BUDGET = 400;
/** Pages of which a capture and a Playwright snapshot hold the same controls. */
const PAGES = [
  { page: "checkout.html", window: "step-chromium-form@1" },
  { page: "table.html", window: "win-Chromium_Big_table_Chromium" },
  { page: "webmail.html", window: "win-Chromium_Inbox_Webmail_Chromium" },
];

const atMost = (budget: number) => ({ of: "value", atMost: budget }) as const;
const look = (window: CapturedWindow, budget?: number) => new ScreenView().look(window, budget).screen;
const most = (values: number[]) => Math.max(...values);

/** The middle of a sample, between two values if there is an even number of them. */
function middle(sample: readonly number[]): number {
  return (percentile(sample, 0.5) + percentile(sample, 0.5 + 0.5 / sample.length)) / 2;
}

/** Milliseconds of normalising and rendering a window at first sight. */
function measureLook(window: CapturedWindow): number[] {
  const took: number[] = [];
  for (let i = 0; i < AGAIN; i++) {
    const before = performance.now();
    look(window);
    took.push(performance.now() - before);
  }
  return took;
}

/** Operable controls of a window beyond those that its screen gives a reference or counts. */
function unreachable(window: CapturedWindow): number {
  const screen = look(window);
  const roles = Map.groupBy(operableIn(window), ({ role }) => role);
  const missing = [...roles].map(([role, all]) =>
    Math.max(0, all.length - screen.controls.filter((control) => control.role === role).length),
  );
  return Math.max(0, missing.reduce((sum, count) => sum + count, 0) - screen.hidden);
}

/** References that are other ones after every element was given a new identity. */
function lostReferences(window: CapturedWindow): number {
  const view = new ScreenView();
  const before = view.look(window, undefined).screen.controls;
  const after = view.look(withNewIds(window), undefined).screen.controls;
  return before.filter(({ ref }, at) => after[at]?.ref !== ref).length;
}

/** Tokens of the diff of a step that changed one control. */
function diffTokens(step: string): number {
  const view = new ScreenView();
  view.look(realWindow(`${step}@1`), undefined);
  return tokensOf(view.look(realWindow(`${step}@2`), undefined).diff);
}

/** Tokens of pages beside what Playwright tells a model of the same pages; none without Chromium. */
async function pageFigures(): Promise<Figure[]> {
  const snapshots = await ariaSnapshots(PAGES.map(({ page }) => page));
  if (snapshots === undefined) return [];
  return PAGES.map(({ page, window }, at) => ({
    name: `screen: ${page}`,
    unit: "tokens",
    loopd: look(pageOf(realWindow(window))).tokens,
    against: { name: "Playwright", value: tokensOf(snapshots[at] ?? "") },
    budget: { of: "ratio", atMost: 0.5 },
  }));
}

/** What windows of real programs cost a model, and what rendering them costs. */
export async function measureScreen(): Promise<Figure[]> {
  const windows = WINDOWS.map(realWindow);
  const screens = windows.map((window) => look(window));
  const perControl = screens.map(({ tokens, controls }) => tokens / controls.length);
  windows.forEach(measureLook);
  const looks = windows.map(measureLook);
  const times = looks.map((took) => percentile(took, 0.5));
  const raw = middle(windows.map((window) => tokensOf(JSON.stringify(window))));
  return [
    {
      name: `screen: a window, lossless, median of ${windows.length}`,
      unit: "tokens",
      loopd: middle(screens.map(({ tokens }) => tokens)),
      against: { name: "raw JSON", value: raw },
      budget: atMost(200),
    },
    { name: "screen: a window, most", unit: "tokens", loopd: most(screens.map(({ tokens }) => tokens)) },
    { name: "screen: per control, median", unit: "tokens", loopd: middle(perControl), budget: atMost(15) },
    { name: "screen: per control, most", unit: "tokens", loopd: most(perControl), budget: atMost(15) },
    {
      name: "screen: operable controls without reference or count",
      unit: "objects",
      loopd: windows.reduce((sum, window) => sum + unreachable(window), 0),
      budget: atMost(0),
    },
    {
      name: `screen: most with a budget of ${BUDGET}`,
      unit: "tokens",
      loopd: most(windows.map((window) => tokensOf(look(window, BUDGET).text))),
      budget: atMost(BUDGET),
    },
    {
      name: "screen: references lost when every id changes",
      unit: "objects",
      loopd: windows.reduce((sum, window) => sum + lostReferences(window), 0),
      budget: atMost(0),
    },
    {
      name: "screen: diff of one control, most",
      unit: "tokens",
      loopd: most(ONE_CONTROL_STEPS.map(diffTokens)),
      budget: atMost(20),
    },
    { name: "screen: normalise and render, median window", unit: "ms", loopd: middle(times), budget: atMost(10) },
    { name: "screen: normalise and render, slowest window", unit: "ms", loopd: most(times), budget: atMost(10) },
    { name: "screen: the slowest of all looks", unit: "ms", loopd: most(looks.flat()) },
    ...(await pageFigures()),
  ];
}
