import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CHROMIUM, playwright } from "../../bench/playwright.ts";
import { tokensOf } from "../../src/ax-helper/tree/inert-text.ts";
import type { Attended, Step } from "./attend.ts";
import type { Stage } from "./stage.ts";

/** Longest line of a screen that the picture shows. */
const LONGEST = 74;

const STYLE = `
  body { margin: 0; width: 1120px; display: flex; gap: 28px; padding: 28px; box-sizing: border-box; align-items: flex-start;
    background: #eef0f4; font: 14px/1.45 "DejaVu Sans", sans-serif; color: #1c2028 }
  h2 { font-size: 15px; margin: 0 0 12px; font-weight: 600 }
  .windows { flex: none; width: 330px }
  figure { margin: 0 0 18px; border-radius: 8px; overflow: hidden; box-shadow: 0 2px 10px #0003; background: #fff }
  figcaption { background: #d9dce3; padding: 5px 12px; font-size: 12px; text-align: center }
  img { display: block; width: 100% }
  .model { flex: auto; min-width: 0 }
  pre { margin: 0; background: #1c2028; color: #e6e6e6; border-radius: 8px; padding: 16px 18px; overflow: hidden;
    font: 13px/1.42 "DejaVu Sans Mono", monospace }
  p { margin: 0; color: #4a5160; font-size: 13px }
  .call { color: #7dd3a8 } .quiet { color: #8b93a1 }`;

const LEGEND = `Every control has a reference, and its letter says what it is: b15 is the button 7, t6 the display. After the first
  look the model is told only what changed. Nothing is read or pressed that the person did not allow.`;

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const image = (path: string) => `data:image/png;base64,${readFileSync(path).toString("base64")}`;

function stepText({ does, approvals, sees }: Step): string {
  const shown = sees.split("\n").map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line));
  const asked = approvals.map((words) => `\n<span class="quiet">✓ ${escaped(words)}</span>`).join("");
  return `<span class="call">▸ ${escaped(does)}</span>${asked}\n${escaped(shown.join("\n"))}`;
}

/**
 * Draws the windows as they are now beside what the model saw of them, as a PNG.
 * @throws Error without a camera or Chromium.
 */
export async function drawPicture(stage: Stage, { steps }: Attended, folder: string, path: string): Promise<void> {
  if (!existsSync(CHROMIUM)) throw new Error("The picture needs Chromium: sudo apt-get install chromium");
  const windows = [stage.calculator, stage.editor].map((app) => {
    const file = join(folder, `${app}.png`);
    if (!stage.photograph(file, app)) throw new Error("The picture needs maim: sudo apt-get install maim");
    return `<figure><figcaption>${escaped(app)}</figcaption><img src="${image(file)}"></figure>`;
  });
  const tokens = steps.reduce((sum, { sees }) => sum + tokensOf(sees), 0);
  const page = join(folder, "picture.html");
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
    <div class="windows"><h2>On the screen</h2>${windows.join("")}<p>${LEGEND}</p></div>
    <div class="model"><h2>What the model does, and all it sees: ${tokens} tokens</h2>
    <pre>${steps.map(stepText).join("\n\n")}</pre></div>`,
  );
  const browser = await playwright().chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage({ viewport: { width: 1120, height: 400 } });
    await tab.goto(pathToFileURL(page).href);
    await tab.screenshot({ path, fullPage: true });
  } finally {
    await browser.close();
  }
}
