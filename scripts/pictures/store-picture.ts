import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CHROMIUM, playwright } from "../../bench/playwright.ts";

/** What the Store wants, in pixels. */
const WIDTH = 2_000;
const HEIGHT = 1_250;
/** The window fills three quarters of the width. */
const SCALE = 2;

/** Whether PNGs can be made here. */
export function hasCamera(): boolean {
  return existsSync(CHROMIUM);
}

/** Makes PNGs of 2000 × 1250 of drawn windows, by their paths. */
export async function takeStorePictures(svgs: ReadonlyMap<string, string>, folder: string): Promise<void> {
  const browser = await playwright().chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
    for (const [path, svg] of svgs) {
      const page = join(folder, "store.html");
      writeFileSync(page, pageOf(svg));
      await tab.goto(pathToFileURL(page).href);
      await tab.screenshot({ path, fullPage: false });
    }
  } finally {
    await browser.close();
  }
}

function pageOf(svg: string): string {
  const body = `margin:0;width:${WIDTH}px;height:${HEIGHT}px;display:flex;align-items:center;justify-content:center`;
  const size = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const sized = svg.replace(
    /width="\d+" height="\d+"/,
    `width="${Number(size[1]) * SCALE}" height="${Number(size[2]) * SCALE}"`,
  );
  return `<!doctype html><meta charset="utf-8"><body style="${body};background:#3b4166">${sized}`;
}
