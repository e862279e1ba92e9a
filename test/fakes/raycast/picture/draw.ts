import { readFileSync } from "node:fs";
import type { Scene } from "../command-options.ts";
import { actionsIn, isView, panelOf, titleOf, type View } from "../view.ts";
import { Canvas } from "./canvas.ts";
import { drawDetail } from "./draw-detail.ts";
import { drawForm } from "./draw-form.ts";
import { drawList } from "./draw-list.ts";
import { drawMenu } from "./draw-menu.ts";
import { drawAlert, drawKeys, drawPanel, drawToast } from "./draw-overlays.ts";
import { widthOf } from "./measure.ts";
import { type Appearance, themeOf } from "./theme.ts";

/** Raycast's window, in pixels. */
const WINDOW = { width: 750, height: 474 };
const TOP = 52;
const BOTTOM = 40;
/** Room around the window for its shadow. */
const MARGIN = 24;

/** How a scene is drawn. */
export interface DrawOptions {
  appearance: Appearance;
  /** PNG of the extension, shown in the bar at the bottom. */
  icon: string;
  /** Title of the command, where its view has none. */
  title: string;
  /** Whether the action panel is open over the window. */
  panel: "open" | "closed";
}

/** Draws a command's window, or the menu of a menu bar command, in Raycast's look, as an SVG. */
export function drawScene(scene: Scene, options: DrawOptions): string {
  const canvas = new Canvas();
  const { view } = scene;
  const words = `${options.title}: ${String(view.props["navigationTitle"] ?? view.props["title"] ?? "")}`;
  if (view.type === "MenuBarExtra") {
    const { width, height } = drawMenu(canvas, view, options.appearance);
    return canvas.svg(width, height, words);
  }
  drawWindow(canvas, scene, options);
  return canvas.svg(WINDOW.width + 2 * MARGIN, WINDOW.height + 2 * MARGIN, words);
}

function drawWindow(canvas: Canvas, scene: Scene, options: DrawOptions): void {
  const { appearance } = options;
  const theme = themeOf(appearance);
  const { view } = scene;
  const box = { x: MARGIN, y: MARGIN, ...WINDOW };
  const shadow = `<feDropShadow dx="0" dy="6" stdDeviation="9" flood-color="#000" flood-opacity="0.35"/>`;
  canvas.raw(`<defs><filter id="shadow" x="-10%" y="-10%" width="120%" height="125%">${shadow}</filter></defs>`);
  canvas.raw(`<g filter="url(#shadow)">`);
  canvas.rect(box, { fill: theme.window, radius: 12, stroke: theme.edge });
  canvas.raw("</g>");
  drawTop(canvas, scene, appearance);
  const body = { x: box.x, y: box.y + TOP, width: box.width, height: box.height - TOP - BOTTOM };
  canvas.clipped(body, () => {
    if (view.type === "List") drawList(canvas, view, scene, body, appearance);
    if (view.type === "Detail") drawDetail(canvas, view, body, appearance);
    if (view.type === "Form") drawForm(canvas, view, body, appearance);
  });
  const panel = panelOf(view, scene.selected);
  drawBottom(canvas, scene, panel, options);
  if (options.panel === "open" && panel !== undefined) drawPanel(canvas, panel, box, appearance);
  if (scene.alert !== undefined) drawAlert(canvas, scene.alert, box, appearance);
}

function drawTop(canvas: Canvas, { view, depth, typed }: Scene, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const { x, y } = { x: MARGIN, y: MARGIN };
  canvas.rect({ x: x + 14, y: y + 15, width: 22, height: 22 }, { fill: theme.line, radius: 6 });
  canvas.glyph(x + 18, y + 19, 14, theme.quiet, '<path d="M13 8H3M7 4L3 8l4 4"/>');
  if (view.type === "List") {
    const { searchText, searchBarPlaceholder, searchBarAccessory: dropdown } = view.props;
    const text = typeof searchText === "string" ? searchText : typed;
    const shown = text === "" ? String(searchBarPlaceholder ?? "Search…") : text;
    const look = { text: shown, size: 15, fill: text === "" ? theme.faint : theme.text };
    canvas.text(x + 50, y + 31, look, { width: 420 });
    if (isView(dropdown)) drawDropdown(canvas, dropdown, appearance);
  } else if (depth > 0) {
    const title = { text: String(view.props["navigationTitle"] ?? ""), size: 13, fill: theme.quiet };
    canvas.text(x + 50, y + 30, title, { width: WINDOW.width - 90 });
  }
  canvas.line(x + 1, y + TOP - 0.5, x + WINDOW.width - 1, y + TOP - 0.5, theme.line);
  if (view.props["isLoading"] === true)
    canvas.rect({ x: x + 180, y: y + TOP - 2, width: 240, height: 2 }, { fill: theme.quiet, radius: 1 });
}

function drawDropdown(canvas: Canvas, dropdown: View, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const items = dropdown.children.flatMap((child) => (child.type.endsWith(".Section") ? child.children : [child]));
  const chosen = items.find(({ props }) => props["value"] === dropdown.props["value"]) ?? items[0];
  const box = { x: MARGIN + WINDOW.width - 206, y: MARGIN + 11, width: 192, height: 30 };
  canvas.rect(box, { fill: theme.field, radius: 7, stroke: theme.edge });
  const title = { text: String(chosen?.props["title"] ?? ""), size: 13, fill: theme.text };
  canvas.text(box.x + 12, box.y + 20, title, { width: 150 });
  canvas.glyph(box.x + 170, box.y + 8, 14, theme.quiet, '<path d="M4 6.5L8 10.5l4-4"/>');
}

function drawBottom(canvas: Canvas, scene: Scene, panel: View | undefined, options: DrawOptions): void {
  const { appearance, icon, title } = options;
  const theme = themeOf(appearance);
  const y = MARGIN + WINDOW.height - BOTTOM;
  canvas.line(MARGIN + 1, y + 0.5, MARGIN + WINDOW.width - 1, y + 0.5, theme.line);
  const name = String(scene.view.props["navigationTitle"] ?? title);
  if (scene.toast !== undefined) drawToast(canvas, scene.toast, MARGIN + 16, y + 25, appearance);
  else {
    canvas.image({ x: MARGIN + 14, y: y + 10, width: 20, height: 20 }, iconSource(icon));
    canvas.text(MARGIN + 44, y + 25, { text: name, size: 13, fill: theme.quiet }, { width: 330 });
  }
  const actions = panel === undefined ? [] : actionsIn(panel);
  const [first] = actions;
  if (first === undefined) return;
  let right = MARGIN + WINDOW.width - 14;
  const put = (text: string, keys: string[], look: { isBold?: boolean; fill: string }) => {
    right -= drawKeys(canvas, keys, right, y + 25, appearance) + 5;
    canvas.text(right, y + 25, { text, size: 13, ...look }, { anchor: "end" });
    right -= widthOf(text, { size: 13, isBold: look.isBold === true }) + 14;
  };
  if (actions.length > 1) {
    put("Actions", ["cmd", "k"], { fill: theme.quiet });
    canvas.line(right + 4.5, y + 13, right + 4.5, y + 28, theme.line);
    right -= 6;
  }
  const isForm = first.type === "Action.SubmitForm";
  put(titleOf(first), isForm ? ["cmd", "return"] : ["return"], { fill: theme.text, isBold: true });
}

function iconSource(file: string): string {
  const type = file.endsWith(".svg") ? "svg+xml" : "png";
  return `data:image/${type};base64,${readFileSync(file).toString("base64")}`;
}
