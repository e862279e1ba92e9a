import { describe, expect } from "vitest";
import { type RawElement, translate } from "../../../src/ax-helper/backends/mac/translate.ts";
import { type CapturedElement, capturedWorld } from "./captured-world.ts";
import { captureNames, readCapture } from "./captures.ts";
import { capture, nativeTest as test, screenOf } from "./native-test.ts";

/** Kinds of controls that mean the same on both sides; GTK's and macOS's words for fields differ. */
const CONTROLS: Record<string, string> = {
  ...Object.fromEntries(
    ["push button", "toggle button", "check box", "radio button", "combo box", "link"].map((role) => [role, role]),
  ),
  ...Object.fromEntries(["slider", "spin button", "page tab", "password text"].map((role) => [role, role])),
  "table column header": "push button",
  entry: "field",
  text: "field",
};

/** Whether any of it is inside the window: GTK calls some things showing that have no place on the screen. */
function isInside(rect: readonly number[] | undefined, window: readonly number[] | undefined): boolean {
  if (rect === undefined || window === undefined) return true;
  const [x = 0, y = 0, width = 0, height = 0] = rect;
  const [left = 0, top = 0, wide = 0, high = 0] = window;
  return width > 0 && height > 0 && x < left + wide && x + width > left && y < top + high && y + height > top;
}

/** Every control on view with its name and whether it is on, off the trees' own order. */
function controls(root: CapturedElement | RawElement, withMenus: boolean): string[] {
  const found: string[] = [];
  const walk = (element: CapturedElement | RawElement) => {
    const kind = CONTROLS[element.role];
    const isMenu = element.role === "menu bar" && !withMenus;
    if (isMenu || !(element.states.includes("showing") || element === root)) return;
    const isOn = element.states.includes("checked") ? "+" : "";
    const isOff = element.states.includes("sensitive") ? "" : "!";
    const isSeen = isInside(element.rect, root.rect);
    if (kind !== undefined && isSeen) found.push(`${kind} ${(element.name ?? "").slice(0, 500)} ${isOn}${isOff}`);
    element.children.forEach(walk);
  };
  walk(root);
  return found.sort();
}

/** What a named button or link contains is its name on a Mac, and read no further. */
function withoutInner(root: CapturedElement): CapturedElement {
  const isClosed = ["push button", "link"].includes(root.role) && (root.name ?? "") !== "";
  const isLeaf = CONTROLS[root.role] !== undefined && !["push button", "link"].includes(root.role);
  return { ...root, children: isClosed || isLeaf ? [] : root.children.map(withoutInner) };
}

describe("every control on view in a real capture comes back through the program and the translation", () => {
  test.each(captureNames())("%s", async (name) => {
    const captured = readCapture(name);
    const screen = await screenOf(capturedWorld(captured));
    const seen = await capture(screen, { nodes: 20_000, rows: 2000, timeMs: 30_000 });
    expect(seen.cut).toBe("none");
    const raw = translate(seen);
    expect(raw.app).toBe(captured.app);
    expect(raw.window).toBe(captured.window);
    expect(controls(raw.tree, false)).toEqual(controls(withoutInner(captured.tree), false));
    const { live, secretReads } = await screen.counters();
    expect(secretReads).toBe(0);
    for (let i = 0; i < 3; i++) await capture(screen, { nodes: 20_000, rows: 2000, timeMs: 30_000 });
    expect((await screen.counters()).live).toBe(live);
  });
});
