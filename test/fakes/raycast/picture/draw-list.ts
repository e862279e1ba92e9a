import { isView, shownItems, titleOfItem, type View } from "../view.ts";
import type { Box, Canvas } from "./canvas.ts";
import { drawDetail } from "./draw-detail.ts";
import { drawIcon } from "./icons.ts";
import { widthOf } from "./measure.ts";
import { type Appearance, colourOf, themeOf } from "./theme.ts";

const ROW = 40;
const HEAD = 30;

/** What of a list is in sight. */
export interface ListSight {
  selected: View | undefined;
  typed: string;
}

/** Draws the items of a list, with the detail of the selected one beside them where the list shows it. */
export function drawList(canvas: Canvas, list: View, sight: ListSight, box: Box, appearance: Appearance): void {
  const detail = sight.selected?.props["detail"];
  const showsDetail = list.props["isShowingDetail"] === true && isView(detail);
  const width = showsDetail ? Math.round(box.width * 0.38) : box.width;
  const theme = themeOf(appearance);
  const items = shownItems(list, sight.typed);
  if (items.length === 0) return drawEmpty(canvas, list, box, appearance);
  let y = box.y + 6;
  const seen = new Set(items.map(({ id }) => id));
  for (const child of list.children) {
    const rows = child.type.endsWith(".Section") ? child.children : [child];
    const shown = rows.filter(({ id }) => seen.has(id));
    if (child.type.endsWith(".Section") && shown.length > 0) {
      const title = { text: String(child.props["title"] ?? ""), size: 12, fill: theme.quiet, isBold: true };
      const subtitle = String(child.props["subtitle"] ?? "");
      const room = width - 40 - (subtitle === "" ? 0 : widthOf(subtitle, { size: 11 }) + 12);
      const end = canvas.text(box.x + 16, y + 20, title, { width: room });
      canvas.text(box.x + 24 + end, y + 20, { text: subtitle, size: 11, fill: theme.faint });
      y += HEAD;
    }
    for (const item of shown) {
      if (y > box.y + box.height) break;
      const row = { x: box.x + 8, y, width: width - 16, height: ROW - 2 };
      if (item.id === sight.selected?.id) canvas.rect(row, { fill: theme.selected, radius: 8 });
      drawItem(canvas, item, row, appearance);
      y += ROW;
    }
  }
  if (!showsDetail) return;
  canvas.line(box.x + width + 0.5, box.y, box.x + width + 0.5, box.y + box.height, theme.line);
  drawDetail(canvas, detail, { ...box, x: box.x + width + 1, width: box.width - width - 1 }, appearance);
}

function drawItem(canvas: Canvas, item: View, box: Box, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const y = box.y + 24;
  const hasIcon = drawIcon(canvas, item.props["icon"], { x: box.x + 10, y: box.y + 11, size: 16 }, appearance);
  const x = box.x + (hasIcon ? 36 : 10);
  const accessories = (item.props["accessories"] ?? []) as Record<string, unknown>[];
  let right = box.x + box.width - 10;
  for (const accessory of accessories.toReversed()) right -= drawAccessory(canvas, accessory, right, y, appearance);
  const title = { text: titleOfItem(item), size: 13, fill: theme.text };
  const used = canvas.text(x, y, title, { width: right - x - 6 });
  const subtitle = { text: textOf(item.props["subtitle"]), size: 13, fill: theme.quiet };
  if (subtitle.text !== "") canvas.text(x + used + 10, y, subtitle, { width: right - x - used - 16 });
}

/** Draws one accessory that ends at `right`; gives the width it took. */
function drawAccessory(
  canvas: Canvas,
  accessory: Record<string, unknown>,
  right: number,
  y: number,
  appearance: Appearance,
): number {
  const theme = themeOf(appearance);
  const { text, tag, date, icon } = accessory;
  const shown = tag ?? text ?? date;
  const own =
    typeof shown === "object" && shown !== null && !(shown instanceof Date) ? (shown as { color?: unknown }) : {};
  const words = textOf(shown);
  const colour = colourOf(own.color, appearance) ?? (tag === undefined ? theme.quiet : theme.text);
  const width = words === "" ? 0 : widthOf(words, { size: 12 });
  const pad = tag === undefined ? 0 : 7;
  if (tag !== undefined) {
    const pill = { x: right - width - 2 * pad, y: y - 15, width: width + 2 * pad, height: 21 };
    canvas.raw(`<g opacity="0.16">`);
    canvas.rect(pill, { fill: colour, radius: 5 });
    canvas.raw("</g>");
  }
  if (words !== "") canvas.text(right - pad, y, { text: words, size: 12, fill: colour }, { anchor: "end" });
  const at = { x: right - width - 2 * pad - (words === "" ? 16 : 20), y: y - 12, size: 14 };
  const hasIcon = drawIcon(canvas, icon, at, appearance);
  return width + 2 * pad + (hasIcon ? 22 : 0) + 10;
}

function drawEmpty(canvas: Canvas, list: View, box: Box, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const empty = list.children.find(({ type }) => type.endsWith(".EmptyView"));
  const { title = "No Results", description, icon } = (empty?.props ?? {}) as Record<string, unknown>;
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  drawIcon(canvas, icon ?? "magnifying-glass-16", { x: x - 20, y: y - 62, size: 40 }, appearance);
  canvas.text(x, y + 6, { text: String(title), size: 15, fill: theme.text, isBold: true }, { anchor: "middle" });
  const words = { text: String(description ?? ""), size: 13, fill: theme.quiet };
  canvas.text(x, y + 30, words, { anchor: "middle", width: box.width - 80 });
}

/** The words of a text, a value with a tooltip or a colour, or a moment. */
export function textOf(value: unknown): string {
  if (value instanceof Date) return ago(value);
  if (typeof value === "object" && value !== null) return textOf((value as { value?: unknown }).value);
  return value === undefined || value === null ? "" : String(value);
}

function ago(at: Date): string {
  const minutes = Math.round((Date.now() - at.getTime()) / 60_000);
  if (Math.abs(minutes) < 1) return "now";
  const [size, unit] = Math.abs(minutes) < 60 ? [1, "m"] : Math.abs(minutes) < 1_440 ? [60, "h"] : [1_440, "d"];
  const count = `${Math.round(Math.abs(minutes) / Number(size))}${unit}`;
  return minutes < 0 ? `in ${count}` : count;
}
