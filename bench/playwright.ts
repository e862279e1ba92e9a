import { createRequire } from "node:module";

/** Where Debian puts it. */
export const CHROMIUM = "/usr/bin/chromium";

/** What is used of playwright-core. */
interface Playwright {
  chromium: {
    launch(options: {
      executablePath: string;
      args: string[];
      headless?: boolean;
      env?: Record<string, string>;
    }): Promise<Browser>;
  };
}
interface Browser {
  /** `viewport: null`: as large as the window leaves it. */
  newPage(options?: { viewport: { width: number; height: number } | null }): Promise<Page>;
  close(): Promise<void>;
}
interface Page {
  goto(url: string): Promise<unknown>;
  title(): Promise<string>;
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  ariaSnapshot(options: { mode: "ai" }): Promise<string>;
  locator(selector: string): { count(): Promise<number> };
}

/** The playwright-core that @playwright/mcp brings. */
export function playwright(): Playwright {
  const resolve = createRequire(import.meta.url).resolve("@playwright/mcp/package.json");
  return createRequire(resolve)("playwright-core") as Playwright;
}

/** The address of a page in bench/pages. */
export function pageAddress(name: string): string {
  return new URL(`pages/${name}`, import.meta.url).href;
}
