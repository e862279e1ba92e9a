import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const CHROMIUM = "/usr/bin/chromium";

/** What is used of playwright-core. */
interface Playwright {
  chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
}
interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
interface Page {
  goto(url: string): Promise<unknown>;
  ariaSnapshot(options: { mode: "ai" }): Promise<string>;
}

/** The playwright-core that @playwright/mcp brings. */
function playwright(): Playwright {
  const resolve = createRequire(import.meta.url).resolve("@playwright/mcp/package.json");
  return createRequire(resolve)("playwright-core") as Playwright;
}

/** Playwright's snapshots for models of pages in bench/pages, in Debian's Chromium; undefined where there is none. */
export async function ariaSnapshots(pages: readonly string[]): Promise<string[] | undefined> {
  if (!existsSync(CHROMIUM)) return undefined;
  const browser = await playwright().chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const snapshots: string[] = [];
    for (const name of pages) {
      await page.goto(new URL(`pages/${name}`, import.meta.url).href);
      snapshots.push(await page.ariaSnapshot({ mode: "ai" }));
    }
    return snapshots;
  } finally {
    await browser.close();
  }
}
