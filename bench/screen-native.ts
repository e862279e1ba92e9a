import { macCapture } from "../src/ax-helper/backends/mac/protocol.ts";
import { capturedWorld } from "../test/ax-helper/native/captured-world.ts";
import { captureNames, readCapture } from "../test/ax-helper/native/captures.ts";
import { compiler, type Screen, startScreen } from "../test/ax-helper/native/screen-program.ts";
import { World } from "../test/ax-helper/native/world.ts";
import type { Figure } from "./figure.ts";
import { median, percentile } from "./statistics.ts";

const AGAIN = 30;
/** Windows with fewer elements say more about the pipe than about the walk. */
const ENOUGH_NODES = 40;

const atMost = (budget: number) => ({ of: "value", atMost: budget }) as const;

async function captureOf(screen: Screen, options: object = {}) {
  const answer = await screen.request({ do: "capture", ...options });
  if (answer.ok === undefined) throw new Error(answer.error.message);
  return macCapture.parse(answer.ok);
}

/** One window: calls for each element at first sight and later, µs for each, objects that 30 captures left behind. */
async function measureWindow(name: string) {
  const screen = await startScreen(capturedWorld(readCapture(name)).file, "fast");
  const first = await captureOf(screen);
  const { live } = await screen.counters();
  const [micros, calls] = [[] as number[], [] as number[]];
  for (let i = 0; i < AGAIN; i++) {
    const before = performance.now();
    await screen.request({ do: "capture" });
    micros.push(((performance.now() - before) * 1000) / first.nodes.length);
    calls.push((await captureOf(screen)).calls);
  }
  const leaked = (await screen.counters()).live - live;
  await screen.end();
  const later = calls.reduce((sum, count) => sum + count, 0) / AGAIN;
  return { nodes: first.nodes.length, first: first.calls, later, micros: median(micros), leaked };
}

/** How long a capture waits for a program that hangs for 5 s, in ms, with the default bounds. */
async function measureHang(): Promise<number> {
  const world = new World();
  const { pid } = world.app("Stuck");
  const screen = await startScreen(world.file, "fast");
  await captureOf(screen);
  await screen.control(`hang ${pid} 5000`);
  const before = performance.now();
  const answer = await screen.request({ do: "capture", pid });
  const waited = performance.now() - before;
  if (answer.error?.code !== "not-responding") throw new Error("a hang was not noticed");
  await screen.end();
  return waited;
}

/** The largest list and the longest text that one answer carried, of a table with 10,000 rows and a text of 1 MB. */
async function measureLarge() {
  const world = new World();
  const { window } = world.app("Large");
  const table = world.add(world.add(window, "AXScrollArea"), "AXTable");
  const rows = Array.from({ length: 10_000 }, (_, index) => world.add(table, "AXRow", { AXTitle: `Row ${index}` }));
  Object.assign(world.node(table).attributes, {
    AXRows: { elements: rows },
    AXVisibleRows: { elements: rows.slice(0, 40) },
  });
  const text = { AXValue: "x".repeat(1_000_000), AXNumberOfCharacters: 1_000_000 };
  world.add(world.add(window, "AXScrollArea"), "AXTextArea", text);
  const screen = await startScreen(world.file, "fast");
  await captureOf(screen);
  await captureOf(screen);
  const { mostElements, mostUnits } = await screen.counters();
  await screen.end();
  return { mostElements, mostUnits };
}

/**
 * `loopd-screen` on the stub of macOS, over the windows of test/fixtures/ax as Mac programs would tell of them. No
 * figures without a C compiler.
 */
export async function measureScreenNative(): Promise<Figure[]> {
  if ("missing" in compiler()) return [];
  const windows: Awaited<ReturnType<typeof measureWindow>>[] = [];
  for (const name of captureNames()) windows.push(await measureWindow(name));
  const sum = (of: (window: (typeof windows)[number]) => number) => windows.reduce((all, one) => all + of(one), 0);
  const nodes = sum((window) => window.nodes);
  const micros = windows.filter((window) => window.nodes >= ENOUGH_NODES).map((window) => window.micros);
  const { mostElements, mostUnits } = await measureLarge();
  return [
    {
      name: "screen: calls per element, first sight",
      unit: "calls",
      loopd: sum((one) => one.first) / nodes,
      budget: atMost(1.3),
    },
    {
      name: `screen: calls per element, over ${AGAIN + 1} captures`,
      unit: "calls",
      loopd: sum((one) => one.first + one.later * AGAIN) / (nodes * (AGAIN + 1)),
      budget: atMost(1.3),
    },
    { name: "screen: time per element, median window", unit: "µs", loopd: median(micros), budget: atMost(15) },
    { name: "screen: time per element, slowest window", unit: "µs", loopd: percentile(micros, 1) },
    {
      name: `screen: objects left by ${AGAIN} captures`,
      unit: "objects",
      loopd: sum((one) => one.leaked),
      budget: atMost(0),
    },
    { name: "screen: program that hangs for 5 s", unit: "ms", loopd: await measureHang(), budget: atMost(1500) },
    { name: "screen: most of 10,000 rows at once", unit: "objects", loopd: mostElements, budget: atMost(200) },
    { name: "screen: most of a 1 MB text at once", unit: "characters", loopd: mostUnits, budget: atMost(4000) },
  ];
}
