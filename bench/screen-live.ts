import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tokensOf } from "../src/ax-helper/tree/inert-text.ts";
import { ScreenView } from "../src/ax-helper/tree/screen-view.ts";
import type { CapturedWindow } from "../src/protocol/screen.ts";
import { type Desktop, startDesktop } from "../test/ax-helper/atspi/desktop.ts";
import { PYTHON } from "../test/ax-helper/atspi/program.ts";
import { elementsOf } from "../test/ax-helper/tree/windows.ts";
import type { Figure } from "./figure.ts";
import { pageOf } from "./page-of.ts";
import { CHROMIUM, pageAddress, playwright } from "./playwright.ts";
import { median } from "./statistics.ts";

const PAGES = ["checkout.html", "table.html", "webmail.html", "article.html", "shop.html", "hostile.html"];
/** What a person can operate on a page, judged by its source alone. */
const OPERABLE = "a[href], button, input, select, textarea, [role=button]";
/** The same in Playwright's words. It gives references to headings and paragraphs too, which are not counted. */
const SNAPSHOT_CONTROL =
  /^\s*- (?:button|link|textbox|searchbox|combobox|listbox|checkbox|radio|slider|spinbutton) .*\[ref=/gm;
const OPERABLE_REF = /^[bklnopstx]\d/;

type Browser = Awaited<ReturnType<ReturnType<typeof playwright>["chromium"]["launch"]>>;
type Page = Awaited<ReturnType<Browser["newPage"]>>;

/** What the live table needs and this machine lacks, as a person would install it; empty: nothing. */
export function missingForScreenLive(): string[] {
  const lacks = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0;
  return [
    ...(lacks("Xvfb") ? ["xvfb"] : []),
    ...(lacks("dbus-daemon") ? ["dbus-daemon"] : []),
    ...(existsSync(PYTHON) ? [] : ["python3"]),
    ...(existsSync("/usr/share/dbus-1/services/org.a11y.Bus.service") ? [] : ["at-spi2-core"]),
    ...(existsSync(CHROMIUM) ? [] : ["chromium"]),
  ];
}

const look = (window: CapturedWindow) => new ScreenView().look(window, undefined).screen;

/** How long something takes, in ms: the middle of several times, the first not counted. */
async function timeOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let at = 0; at <= times; at++) {
    const before = performance.now();
    await work();
    if (at > 0) took.push(performance.now() - before);
  }
  return median(took);
}

/** One page, at the same moment, as loopd reads the window that shows it and as Playwright reads the page. */
async function measurePage(desktop: Desktop, page: Page, name: string, times: number): Promise<Figure[]> {
  await page.goto(pageAddress(name));
  const title = await page.title();
  const controls = await page.locator(OPERABLE).count();
  let nodes = 0;
  const window = await desktop.read("Chromium", (screen) => {
    const isSettled = screen.nodes === nodes;
    nodes = screen.nodes;
    return isSettled && screen.all.some((element) => element.role === "document web" && element.name === title);
  });
  const [whole, own] = [look(window), look(pageOf(window))];
  // A figure of another page, or of one that is still loading, would be a good one for nothing.
  if (elementsOf(pageOf(window)).every((element) => element.name !== title)) throw new Error(`${name} is not on view.`);
  const referenced = own.controls.filter(({ ref }) => OPERABLE_REF.test(ref)).length;
  const counted = own.hidden === 0 ? "" : ` (${own.hidden} more counted)`;
  const snapshot = await page.ariaSnapshot({ mode: "ai" });
  const against = (value: number) => ({ name: "Playwright", value });
  return [
    {
      name: `live: ${name}, page`,
      unit: "tokens",
      loopd: own.tokens,
      against: against(tokensOf(snapshot)),
      budget: { of: "ratio", atMost: 0.5 },
    },
    { name: `live: ${name}, with the browser around it`, unit: "tokens", loopd: whole.tokens },
    {
      name: `live: ${name}, of ${controls} controls with a reference${counted}`,
      unit: "objects",
      loopd: referenced,
      against: against(snapshot.match(SNAPSHOT_CONTROL)?.length ?? 0),
    },
    {
      name: `live: ${name}, to text`,
      unit: "ms",
      loopd: await timeOf(times, async () => look(await desktop.read("Chromium"))),
      against: against(await timeOf(times, () => page.ariaSnapshot({ mode: "ai" }))),
    },
  ];
}

/**
 * Pages of bench/pages in a Chromium on a display of its own: what they cost a model, read through the accessibility bus by
 * the process that the helper starts, beside Playwright's snapshot for models of the same page in the same Chromium.
 */
export async function measureScreenLive(times: number): Promise<Figure[]> {
  const desktop = await startDesktop();
  let browser: Browser | undefined;
  try {
    browser = await playwright().chromium.launch({
      executablePath: CHROMIUM,
      headless: false,
      env: desktop.environment,
      args: ["--no-sandbox", "--force-renderer-accessibility", "--disable-gpu", "--window-size=1400,880"],
    });
    const page = await browser.newPage({ viewport: null });
    const figures: Figure[] = [];
    for (const name of PAGES) figures.push(...(await measurePage(desktop, page, name, times)));
    return figures;
  } finally {
    await browser?.close();
    await desktop.close();
  }
}
