import { nameElement } from "./element-name.ts";
import type { MacCapture, MacNode } from "./protocol.ts";
import { nameOfSubrole, roleOf } from "./roles.ts";
import { statesOf } from "./states.ts";

/** A captured element in the shape that all backends share; see test/fixtures/ax. */
export interface RawElement {
  role: string;
  name?: string;
  desc?: string;
  states: string[];
  rect?: [number, number, number, number];
  id: string;
  text?: string;
  /** Length of the whole text when `text` is only a part of it. */
  chars?: number;
  value?: number;
  secure?: true;
  /** Further children that exist and were not read. */
  more?: number;
  children: RawElement[];
}

/** A captured window in that shape. */
export interface RawWindow {
  app: string;
  toolkit: string;
  window: string;
  tree: RawElement;
}

type Rect = readonly [number, number, number, number];

const TOOLKITS: Record<MacCapture["app"]["toolkit"], string> = {
  native: "AppKit",
  electron: "Electron",
  chromium: "Chromium",
  qt: "Qt",
};
const NUMERIC = new Set(["slider", "spin button", "progress bar", "level bar", "scroll bar"]);
/** What may reach beyond the window that it belongs to. */
const FLOATING = new Set(["AXPopover", "AXSheet", "AXDrawer", "AXMenu"]);
const TEXTUAL = new Set(["entry", "text", "combo box", "password text"]);

function intersection(a: Rect | undefined, b: Rect): Rect {
  if (a === undefined) return b;
  const [left, top] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const right = Math.min(a[0] + a[2], b[0] + b[2]);
  const bottom = Math.min(a[1] + a[3], b[1] + b[3]);
  return [left, top, Math.max(0, right - left), Math.max(0, bottom - top)];
}

/** Whether any of it is within the part of the screen that its surroundings leave. No rectangle: it is assumed to be. */
function isShowing(rect: Rect | undefined, clip: Rect | undefined): boolean {
  if (rect === undefined) return true;
  const [, , width, height] = clip === undefined ? rect : intersection(clip, rect);
  return width > 0 && height > 0;
}

/** An element that has been translated, and what of the screen is left for its children. */
interface Built {
  raw: RawElement;
  clip: Rect | undefined;
  /** Of a scroll area: where its content shows. */
  area: Rect | undefined;
}

const isInside = (inner: Rect, outer: Rect) => intersection(outer, inner).every((side, index) => side === inner[index]);

/**
 * What of the screen is left for a child. A scroll area cuts only what reaches beyond it: programs hang things that do
 * not scroll, and lie elsewhere, below it too.
 */
function clipBelow(parent: Built | undefined, rect: Rect | undefined): Rect | undefined {
  if (parent?.area === undefined || (rect !== undefined && isInside(rect, parent.area))) return parent?.clip;
  return intersection(parent.clip, parent.area);
}

const textOf = (node: MacNode | undefined) => (typeof node?.value === "string" ? node.value : "");

function nameOf(node: MacNode, byId: ReadonlyMap<number, MacNode>): string {
  if (node.role === "AXStaticText") return textOf(node) || node.title || node.description || "";
  const label = node.label === undefined ? undefined : byId.get(node.label);
  const labelled = textOf(label) || label?.title || "";
  return node.title || node.description || labelled || nameOfSubrole(node.subrole) || node.placeholder || "";
}

/**
 * One element, without its children, as the other backends tell of it.
 *
 * @param byId the nodes that may name it
 * @param program the one that it is of
 */
export function translateNode(
  node: MacNode,
  byId: ReadonlyMap<number, MacNode>,
  program: number,
  where: { showing: boolean; focused: boolean },
): RawElement {
  const role = roleOf(node);
  const name = nameOf(node, byId);
  const desc = node.description !== undefined && node.description !== name ? node.description : node.help;
  const raw: RawElement = {
    role,
    states: statesOf(node, role, where),
    id: nameElement(program, node.id),
    children: [],
  };
  if (name !== "") raw.name = name;
  if (desc !== undefined && desc !== name) raw.desc = desc;
  if (node.rect !== undefined) raw.rect = node.rect;
  if (node.secure === true) raw.secure = true;
  if (NUMERIC.has(role) && typeof node.value === "number") raw.value = node.value;
  if (TEXTUAL.has(role) && typeof node.value === "string") raw.text = node.value;
  const characters = node.characters ?? raw.text?.length;
  if ((raw.text !== undefined || node.role === "AXStaticText") && characters !== undefined) raw.chars = characters;
  if (node.more !== undefined) raw.more = node.more;
  return raw;
}

/**
 * A capture of `loopd-screen` as the shared pipeline reads it: roles and states in the words of the other backends, what
 * lies outside its window or scroll area without the state `showing`, dialogs, open menu and menu bar below the window.
 * Pure; nodes whose parent is missing are left out.
 */
export function translate(capture: MacCapture): RawWindow {
  const byId = new Map(capture.nodes.map((node) => [node.id, node]));
  const built = new Map<number, Built>();
  const roots: RawElement[] = [];
  for (const node of capture.nodes) {
    const parent = node.parent === undefined ? undefined : built.get(node.parent);
    if (node.parent !== undefined && parent === undefined) continue;
    const focused = node.focused === true || node.id === capture.focused;
    const around = FLOATING.has(node.role ?? "") ? undefined : clipBelow(parent, node.rect);
    const raw = translateNode(node, byId, capture.app.pid, { showing: isShowing(node.rect, around), focused });
    const area = node.role === "AXScrollArea" ? node.rect : undefined;
    const clip = node.root === "menu-bar" ? undefined : (around ?? node.rect);
    built.set(node.id, { raw, clip, area });
    (parent?.raw.children ?? roots).push(raw);
  }
  for (const [id, count] of capture.unread) {
    const raw = built.get(id)?.raw;
    if (raw !== undefined) raw.more = (raw.more ?? 0) + count;
  }
  const window = capture.window === null ? undefined : built.get(capture.window.id)?.raw;
  const tree: RawElement = window ?? { role: "frame", states: [], id: nameElement(capture.app.pid, 0), children: [] };
  tree.children.push(...roots.filter((root) => root !== window));
  const { name, toolkit } = capture.app;
  return { app: name, toolkit: TOOLKITS[toolkit], window: tree.name ?? "", tree };
}
