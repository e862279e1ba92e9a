import { existsSync } from "node:fs";
import { CHROMIUM, pageAddress, playwright } from "./playwright.ts";

/** Playwright's snapshots for models of pages in bench/pages, in Debian's Chromium; undefined where there is none. */
export async function ariaSnapshots(pages: readonly string[]): Promise<string[] | undefined> {
  if (!existsSync(CHROMIUM)) return undefined;
  const browser = await playwright().chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const snapshots: string[] = [];
    for (const name of pages) {
      await page.goto(pageAddress(name));
      snapshots.push(await page.ariaSnapshot({ mode: "ai" }));
    }
    return snapshots;
  } finally {
    await browser.close();
  }
}
