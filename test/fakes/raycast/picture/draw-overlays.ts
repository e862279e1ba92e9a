import type { ShownToast } from "../feedback.ts";
import { spellingOf } from "../shortcuts.ts";
import { titleOf, type View } from "../view.ts";
import type { OpenAlert } from "../command-options.ts";
import type { Box, Canvas } from "./canvas.ts";
import { drawIcon } from "./icons.ts";
import { widthOf, wrapped } from "./measure.ts";
import { type Appearance, colourOf, themeOf } from "./theme.ts";

const KEYS: Readonly<Record<string, string>> = {
  ...{ cmd: "⌘", ctrl: "⌃", opt: "⌥", alt: "⌥", shift: "⇧", enter: "↵", return: "↵", delete: "⌫", backspace: "⌫" },
  ...{ arrowUp: "↑", arrowDown: "↓", arrowLeft: "←", arrowRight: "→", escape: "esc", space: "␣", tab: "⇥" },
};
const STYLES = { SUCCESS: "raycast-green", FAILURE: "raycast-red", ANIMATED: "raycast-blue" } as const;

/** Draws keys as caps that end at `right`; gives their width. */
export function drawKeys(
  canvas: Canvas,
  keys: readonly string[],
  right: number,
  y: number,
  appearance: Appearance,
): number {
  const theme = themeOf(appearance);
  let x = right;
  for (const key of keys.toReversed()) {
    const text = KEYS[key] ?? key.toUpperCase();
    const width = Math.max(20, widthOf(text, { size: 11 }) + 8);
    x -= width;
    canvas.rect({ x, y: y - 14, width, height: 20 }, { fill: theme.line, radius: 4 });
    canvas.text(x + width / 2, y, { text, size: 11, fill: theme.quiet }, { anchor: "middle" });
    x -= 3;
  }
  return right - x;
}

/** Keys of a shortcut, its modifiers first. */
export function keysOf(shortcut: unknown): string[] {
  const spelling = spellingOf(shortcut);
  return spelling === undefined ? [] : spelling.split("+");
}

/** Draws the open action panel at the lower right of a window. */
export function drawPanel(canvas: Canvas, panel: View, window: Box, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const groups = groupsOf(panel);
  const rows = groups.reduce((sum, group) => sum + group.length, 0);
  const height = Math.min(window.height - 70, rows * 34 + groups.length * 10 + 46);
  const width = 340;
  const box = { x: window.x + window.width - width - 10, y: window.y + window.height - 50 - height, width, height };
  canvas.raw(`<g filter="url(#shadow)">`);
  canvas.rect(box, { fill: theme.panel, radius: 10, stroke: theme.edge });
  canvas.raw("</g>");
  canvas.clipped({ ...box, height: height - 38 }, () => {
    let y = box.y + 6;
    groups.forEach((group, index) => {
      if (index > 0) {
        canvas.line(box.x + 8, y + 4.5, box.x + width - 8, y + 4.5, theme.line);
        y += 10;
      }
      for (const action of group) {
        const isFirst = index === 0 && action === group[0];
        if (isFirst)
          canvas.rect({ x: box.x + 6, y, width: width - 12, height: 32 }, { fill: theme.selected, radius: 6 });
        drawAction(
          canvas,
          action,
          { x: box.x + 12, y, width: width - 24, height: 32 },
          isFirst ? ["return"] : [],
          appearance,
        );
        y += 34;
      }
    });
  });
  canvas.line(box.x, box.y + height - 37.5, box.x + width, box.y + height - 37.5, theme.line);
  canvas.text(box.x + 16, box.y + height - 14, { text: "Search for actions…", size: 13, fill: theme.faint });
}

function drawAction(canvas: Canvas, action: View, box: Box, own: string[], appearance: Appearance): void {
  const theme = themeOf(appearance);
  const isDestructive = action.props["style"] === "destructive";
  const fill = isDestructive ? (colourOf("raycast-red", appearance) ?? theme.text) : theme.text;
  const icon = action.props["icon"] ?? iconOf(action.type);
  drawIcon(canvas, icon, { x: box.x, y: box.y + 8, size: 16 }, appearance);
  const keys = own.length > 0 ? own : keysOf(action.props["shortcut"]);
  const used = drawKeys(canvas, keys, box.x + box.width, box.y + 21, appearance);
  canvas.text(box.x + 26, box.y + 21, { text: titleOf(action), size: 13, fill }, { width: box.width - 34 - used });
}

function iconOf(type: string): string {
  const own: Readonly<Record<string, string>> = {
    "Action.CopyToClipboard": "copy-clipboard-16",
    "Action.Paste": "clipboard-16",
    "Action.OpenInBrowser": "globe-01-16",
    "Action.Push": "arrow-right-16",
  };
  return own[type] ?? "dot-16";
}

function groupsOf(panel: View): View[][] {
  const groups: View[][] = [];
  let loose: View[] = [];
  for (const child of panel.children) {
    if (!child.type.endsWith(".Section")) {
      loose.push(child);
      continue;
    }
    if (loose.length > 0) groups.push(loose);
    loose = [];
    groups.push([...child.children]);
  }
  return [...groups, ...(loose.length > 0 ? [loose] : [])].filter((group) => group.length > 0);
}

/** Draws the toast in the bar at the bottom; gives its width. */
export function drawToast(canvas: Canvas, toast: ShownToast, x: number, y: number, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const colour = colourOf(STYLES[toast.style ?? "SUCCESS"], appearance) ?? theme.text;
  const sign = { SUCCESS: "check-circle-16", FAILURE: "x-mark-circle-16", ANIMATED: "circle-progress-16" };
  drawIcon(
    canvas,
    { source: sign[toast.style ?? "SUCCESS"], tintColor: colour },
    { x, y: y - 12, size: 15 },
    appearance,
  );
  const used = canvas.text(x + 24, y, { text: toast.title, size: 13, fill: theme.text }, { width: 260 });
  canvas.text(x + 32 + used, y, { text: toast.message ?? "", size: 13, fill: theme.quiet }, { width: 300 - used });
}

/** Draws an alert over a window. */
export function drawAlert(canvas: Canvas, alert: OpenAlert, window: Box, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const width = 320;
  const lines = wrapped(alert.message ?? "", width - 48, { size: 12 });
  const height = 120 + lines.length * 17;
  const box = { x: window.x + (window.width - width) / 2, y: window.y + (window.height - height) / 2, width, height };
  const middle = box.x + width / 2;
  canvas.raw(`<g opacity="0.45">`);
  canvas.rect(window, { fill: "#000000", radius: 12 });
  canvas.raw("</g>");
  canvas.rect(box, { fill: theme.panel, radius: 12, stroke: theme.edge });
  canvas.text(
    middle,
    box.y + 40,
    { text: alert.title, size: 14, fill: theme.text, isBold: true },
    { anchor: "middle", width: width - 40 },
  );
  lines.forEach((text, index) =>
    canvas.text(middle, box.y + 64 + index * 17, { text, size: 12, fill: theme.quiet }, { anchor: "middle" }),
  );
  const isDestructive = alert.style === "destructive";
  alert.buttons.toReversed().forEach((text, index) => {
    const button = {
      x: box.x + 16 + index * (width / 2 - 12),
      y: box.y + height - 46,
      width: width / 2 - 20,
      height: 30,
    };
    const fill = index === 1 && isDestructive ? (colourOf("raycast-red", appearance) ?? theme.text) : theme.text;
    canvas.rect(button, { fill: theme.line, radius: 6 });
    canvas.text(button.x + button.width / 2, button.y + 20, { text, size: 13, fill }, { anchor: "middle" });
  });
}
