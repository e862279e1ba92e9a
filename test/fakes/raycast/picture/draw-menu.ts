import { isView, titleOfItem, type View } from "../view.ts";
import type { Canvas } from "./canvas.ts";
import { drawKeys, keysOf } from "./draw-overlays.ts";
import { textOf } from "./draw-list.ts";
import { drawIcon } from "./icons.ts";
import { widthOf } from "./measure.ts";
import { type Appearance, themeOf } from "./theme.ts";

const WIDTH = 380;
const ROW = 26;

/** Draws the strip at the top of the screen with the command's title in it, and its open menu. Gives the picture's size. */
export function drawMenu(canvas: Canvas, menu: View, appearance: Appearance): { width: number; height: number } {
  const theme = themeOf(appearance);
  const rows = rowsOf(menu);
  const height = rows.reduce((sum, { type }) => sum + (type === "line" ? 11 : ROW), 0) + 12;
  const total = { width: WIDTH + 40, height: height + 52 };
  canvas.rect({ x: 0, y: 0, ...total }, { fill: appearance === "dark" ? "#3b4256" : "#cfd8e8", radius: 12 });
  canvas.rect({ x: 0, y: 0, width: total.width, height: 26 }, { fill: theme.bar, radius: 12 });
  canvas.rect({ x: 0, y: 13, width: total.width, height: 13 }, { fill: theme.bar });
  const title = textOf(menu.props["title"]);
  drawIcon(canvas, menu.props["icon"], { x: 24, y: 5, size: 16 }, appearance);
  canvas.text(46, 18, { text: title, size: 13, fill: theme.text, isBold: true });
  const clock = { text: "Sat 10:24", size: 12, fill: theme.text };
  canvas.text(total.width - 16, 18, clock, { anchor: "end" });
  canvas.rect({ x: 16, y: 32, width: WIDTH, height }, { fill: theme.panel, radius: 8, stroke: theme.edge });
  let y = 38;
  for (const row of rows) {
    if (row.type === "line") {
      canvas.line(26, y + 5.5, WIDTH + 6, y + 5.5, theme.line);
      y += 11;
      continue;
    }
    if (row.type === "head") canvas.text(28, y + 17, { text: row.text, size: 11, fill: theme.quiet, isBold: true });
    else drawItem(canvas, row.item, y, appearance);
    y += ROW;
  }
  return total;
}

type Row = { type: "line" } | { type: "head"; text: string } | { type: "item"; item: View };

function rowsOf(menu: View): Row[] {
  const rows = menu.children.flatMap((child): Row[] => {
    if (child.type === "MenuBarExtra.Separator") return [{ type: "line" }];
    if (child.type !== "MenuBarExtra.Section") return [{ type: "item", item: child }];
    const { title } = child.props;
    const head: Row[] = typeof title === "string" && title !== "" ? [{ type: "head", text: title }] : [];
    return [{ type: "line" }, ...head, ...child.children.map((item): Row => ({ type: "item", item }))];
  });
  return rows[0]?.type === "line" ? rows.slice(1) : rows;
}

function drawItem(canvas: Canvas, item: View, y: number, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const isSubmenu = item.type === "MenuBarExtra.Submenu";
  const isQuiet = !isSubmenu && item.props["onAction"] === undefined && !isView(item.props["alternate"]);
  const hasIcon = drawIcon(canvas, item.props["icon"], { x: 28, y: y + 5, size: 15 }, appearance);
  const x = hasIcon ? 52 : 28;
  const keys = keysOf(item.props["shortcut"]);
  const used = isSubmenu ? 20 : drawKeys(canvas, keys, WIDTH + 4, y + 18, appearance);
  if (isSubmenu) canvas.glyph(WIDTH - 6, y + 6, 13, theme.quiet, '<path d="M6 3.5L10.5 8 6 12.5"/>');
  const title = { text: titleOfItem(item), size: 13, fill: isQuiet ? theme.quiet : theme.text };
  const room = WIDTH - x - used;
  const taken = canvas.text(x, y + 18, title, { width: room });
  const subtitle = { text: textOf(item.props["subtitle"]), size: 12, fill: theme.quiet };
  const left = room - taken - 10;
  if (subtitle.text !== "" && left > widthOf("…", subtitle) * 3)
    canvas.text(x + taken + 8, y + 18, subtitle, { width: left });
}
