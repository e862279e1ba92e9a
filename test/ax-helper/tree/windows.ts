import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type CapturedNode, type CapturedWindow, parseCapture } from "../../../src/protocol/screen.ts";

const folder = new URL("../../fixtures/ax/", import.meta.url);

/** Names of the windows that were captured from real programs. */
export const WINDOWS = readdirSync(folder)
  .filter((name) => name.endsWith(".json.gz"))
  .map((name) => name.replace(".json.gz", ""))
  .sort();

/** A value as a captured window; it must be one. */
export function captured(value: unknown): CapturedWindow {
  const parsed = parseCapture(value);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed;
}

/** A captured window of a real program. */
export function realWindow(name: string): CapturedWindow {
  return captured(JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, folder))).toString()));
}

/** Every element of a window. */
export function elementsOf({ tree }: CapturedWindow): CapturedNode[] {
  const found: CapturedNode[] = [];
  const waiting = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node);
    for (const child of node.children) waiting.push(child);
  }
  return found;
}

let lastId = 0;

/** An element that shows and can be used, unless said otherwise. */
export function node(role: string, name: string, more: Partial<CapturedNode> = {}): CapturedNode {
  const states = ["enabled", "sensitive", "showing", "visible"];
  return { role, name, states, id: `e${++lastId}`, children: [], ...more };
}

/** An element with states beside those of every one. */
export function withStates(element: CapturedNode, ...states: string[]): CapturedNode {
  return { ...element, states: [...element.states, ...states] };
}

/** A window that holds elements, one below the other. */
export function windowOf(children: CapturedNode[], more: Partial<CapturedWindow> = {}): CapturedWindow {
  const placed = children.map((child, at) => ({ rect: [0, 20 * at, 100, 18] as CapturedNode["rect"], ...child }));
  const tree = node("frame", "Window", { id: "root", rect: [0, 0, 800, 600], children: placed });
  return { app: "app", toolkit: "gtk", window: "Window", tree, ...more };
}

/** The same window, every element with another identity. */
export function withNewIds(window: CapturedWindow): CapturedWindow {
  const copy = structuredClone(window);
  for (const [at, element] of elementsOf(copy).entries()) element.id = `new/${at * 7 + 3}`;
  return copy;
}

/** Steps between whose captures one control changed. */
export const ONE_CONTROL_STEPS = [
  "step-galc-press",
  "step-mousepad-type",
  "step-chromium-check",
  "step-chromium-form",
  "step-gwf-check",
];

const OPERABLE = new Set([
  ...[
    "push button",
    "toggle button",
    "check box",
    "radio button",
    "entry",
    "password text",
    "spin button",
    "combo box",
  ],
  ...["link", "page tab", "slider", "list item", "menu item", "check menu item", "radio menu item"],
]);

/** Judged apart from the pipeline: on the screen, sensitive, of a role that a person operates. */
function isOperable({ role, states, rect }: CapturedNode): boolean {
  const [left = 0, top = 0, width = 0, height = 0] = rect ?? [];
  const isSomewhere = width > 0 && height > 0 && left > -1e6 && top > -1e6;
  return OPERABLE.has(role) && states.includes("showing") && states.includes("sensitive") && isSomewhere;
}

/** What a person could operate of a window as it is. The option that a closed list shows is its value, no control. */
export function operableIn(window: CapturedWindow): CapturedNode[] {
  const combos = elementsOf(window).filter(({ role }) => role === "combo box");
  const options = new Set(
    combos.flatMap((tree) => elementsOf({ ...window, tree })).filter(({ role }) => role === "menu item"),
  );
  return elementsOf(window).filter((element) => isOperable(element) && !options.has(element));
}
