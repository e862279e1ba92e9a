// npm run bench -- [PART …] [--quick] [--strict] [--json FILE]
import { INSTALL_ENGINE, isEngineInstalled } from "./engine/llama.ts";
import type { Figure } from "./figure.ts";
import { FULL_PLAN, gapFigures, LOOPD, measureGaps, QUICK_PLAN, RAW, SDK } from "./gap.ts";
import { measureHungCalls } from "./hung-calls.ts";
import { measureIdle } from "./idle.ts";
import { readOptions } from "./options.ts";
import { measureMenuBar } from "./menu-bar.ts";
import { measureParallelReads } from "./parallel-reads.ts";
import { measurePrefix } from "./prefix.ts";
import { measurePrompt } from "./prompt.ts";
import { measureRaycast } from "./raycast.ts";
import { circumstances, loadNow, report } from "./report.ts";
import { measureScheduler } from "./scheduler.ts";
import { measureScreen } from "./screen.ts";
import { measureScreenLive, missingForScreenLive } from "./screen-live.ts";
import { measureScreenNative } from "./screen-native.ts";
import { measureSmallWindow } from "./small-window.ts";
import { measureSocket } from "./socket.ts";
import { measureStart } from "./start.ts";
import { measureStore } from "./store.ts";

const { isQuick, isStrict, json, parts: only } = readOptions(process.argv.slice(2));
const loadBefore = loadNow();
const parts: [name: string, measure: () => Figure[] | Promise<Figure[]>][] = [
  ["gap", async () => gapFigures(await measureGaps([RAW, SDK, LOOPD], isQuick ? QUICK_PLAN : FULL_PLAN))],
  ["start", () => measureStart(isQuick ? 5 : 15)],
  ["socket", () => measureSocket(2_000)],
  ["prompt", measurePrompt],
  ["reads", () => measureParallelReads(isQuick ? 3 : 9)],
  [
    "hung",
    () =>
      measureHungCalls(
        isQuick ? { stubborn: 2, row: 40, settleMs: 5_000 } : { stubborn: 5, row: 200, settleMs: 25_000 },
      ),
  ],
  ["screen", async () => [...(await measureScreen()), ...(await liveFigures())]],
  ["screen-native", measureScreenNative],
  ["scheduler", () => measureScheduler(isQuick ? 3 : 9)],
  ["menu-bar-push", () => measureMenuBar(isQuick ? 3 : 9)],
  ["raycast", () => measureRaycast(isQuick ? 1 : 3)],
  ["store", () => measureStore(isQuick ? 5 : 15)],
  ["idle", () => measureIdle(isQuick ? { settleMs: 5_000, watchMs: 8_000 } : { settleMs: 30_000, watchMs: 20_000 })],
  ["prefix", () => measurePrefix(isQuick ? 1 : 3)],
  ["small-window", measureSmallWindow],
];

/** Screens of live pages, or a line that says what they need. */
async function liveFigures(): Promise<Figure[]> {
  const missing = missingForScreenLive();
  if (missing.length === 0) return measureScreenLive(isQuick ? 3 : 9);
  process.stderr.write(`left out: live pages. They need ${missing.join(", ")} from Debian.\n`);
  return [];
}

const unknown = only.filter((name) => !parts.some(([part]) => part === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(", ")}. Parts: ${parts.map(([name]) => name).join(", ")}\n`);
  process.exit(2);
}
const onEngine = new Set(["prefix", "small-window"]);
const figures: Figure[] = [];
for (const [name, measure] of parts) {
  if (only.length > 0 && !only.includes(name)) continue;
  if (onEngine.has(name) && !isEngineInstalled()) {
    process.stderr.write(`left out: ${name}. ${INSTALL_ENGINE}\n`);
    if (only.length > 0) process.exit(2);
    continue;
  }
  process.stderr.write(`measuring: ${name}\n`);
  figures.push(...(await measure()));
}
const over = report(figures, circumstances(loadBefore), json);
// What is counted on the engine is the same on every machine, so where that was asked for, it must hold.
const mustHold = isStrict || (only.length > 0 && only.every((name) => onEngine.has(name)));
if (over > 0 && mustHold) process.exitCode = 1;
