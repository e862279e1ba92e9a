import type { CapturedNow } from "../../ax-helper/session-screen.ts";
import type { CapturedNode } from "../../protocol/screen.ts";
import type { Rect } from "../system/platform/desktop.ts";
import { plainLine } from "../visible-text.ts";

/** What a picture shows: a part of the screen, and the same within its window. */
export interface PictureFrame {
  /** In points of the screen. */
  onScreen: Rect;
  /** In points of the window. */
  inWindow: Rect;
  /** Width and height of the window. */
  size: readonly [number, number];
}

/** Where pictures are taken. */
export interface Surroundings {
  /** The part of the window that is wanted, in its points. Absent: all of it. */
  region?: readonly number[] | undefined;
  /** Whether windows tell where on the screen they are. */
  isPlaced: boolean;
}

/**
 * The part of the screen that a picture of a window shows, or the words why there is none: the window is not in front, so
 * another one's content could be in it, or a field that keeps what it holds secret is. Pure.
 */
export function pictureFrame(
  { window, about }: CapturedNow,
  { region, isPlaced }: Surroundings,
): PictureFrame | { problem: string } {
  const { rect } = window.tree;
  const name = plainLine(window.window, 80) || plainLine(window.app, 80);
  if (rect === undefined) return { problem: `${name} does not tell where on the screen it is. ${READ}` };
  if (!isPlaced && rect[0] === 0 && rect[1] === 0) {
    return { problem: `Under Wayland ${name} does not tell where on the screen it is. ${READ}` };
  }
  if (!about.active) {
    return {
      problem: `${name} is not in front, so other windows could be in the picture, and none was taken. Bring it to the front first (screen_act with focus on one of its controls), or ask the person to.`,
    };
  }
  const [left, top, width, height] = rounded(rect);
  const size = [width, height] as const;
  const whole: Rect = [0, 0, width, height];
  const inWindow = region === undefined ? whole : overlap(rounded(region), whole);
  if (inWindow[2] < 1 || inWindow[3] < 1) {
    return { problem: `The region is outside of the window, which is ${width} × ${height} points; none was taken.` };
  }
  const onScreen: Rect = [left + inWindow[0], top + inWindow[1], inWindow[2], inWindow[3]];
  const secret = secretsIn(window.tree).find((one) => one.rect === undefined || isWithin(one.rect, onScreen));
  if (secret !== undefined) return { problem: secretWords(secret, [left, top]) };
  return { onScreen, inWindow, size };
}

const READ = "No picture was taken. screen_read shows what it says of itself.";

function rounded([left = 0, top = 0, width = 0, height = 0]: readonly number[]): Rect {
  return [Math.round(left), Math.round(top), Math.round(width), Math.round(height)];
}

function overlap(a: Rect, b: Rect): Rect {
  const [left, top] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const right = Math.min(a[0] + a[2], b[0] + b[2]);
  const bottom = Math.min(a[1] + a[3], b[1] + b[3]);
  return [left, top, Math.max(0, right - left), Math.max(0, bottom - top)];
}

function isWithin(rect: Rect, frame: Rect): boolean {
  const [, , width, height] = overlap(rect, frame);
  return width > 0 && height > 0;
}

/** Fields on view that keep what they hold secret. Of any depth: it does not recurse. */
function secretsIn(tree: CapturedNode): CapturedNode[] {
  const found: CapturedNode[] = [];
  const waiting = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const isSecret = node.secure === true || node.role === "password text";
    if (isSecret && node.states.includes("showing")) found.push(node);
    for (const child of node.children) waiting.push(child);
  }
  return found;
}

function secretWords({ name = "", rect }: CapturedNode, [left, top]: readonly [number, number]): string {
  const place =
    rect === undefined
      ? ""
      : ` at ${Math.round(rect[0] - left)},${Math.round(rect[1] - top)}, ${Math.round(rect[2])} × ${Math.round(rect[3])} points`;
  const which = plainLine(name, 60) === "" ? "A field" : `The field ${JSON.stringify(plainLine(name, 60))}`;
  const next = rect === undefined ? READ : "Choose a region without it.";
  return `${which}${place} keeps what it holds secret, so no picture of it was taken. ${next}`;
}
