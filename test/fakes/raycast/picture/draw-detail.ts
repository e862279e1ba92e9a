import { isView, type View } from "../view.ts";
import type { Box, Canvas } from "./canvas.ts";
import { drawIcon } from "./icons.ts";
import { drawMarkdown } from "./markdown.ts";
import { shortened, widthOf, wrapped } from "./measure.ts";
import { type Appearance, colourOf, themeOf } from "./theme.ts";

const SIDE = 236;

/** Draws Markdown with its metadata: beside it where there is room, else below. */
export function drawDetail(canvas: Canvas, detail: View, box: Box, appearance: Appearance): void {
  const { metadata, markdown } = detail.props;
  const text = typeof markdown === "string" ? markdown : "";
  const theme = themeOf(appearance);
  const isWide = box.width > 560;
  const hasSide = isView(metadata) && isWide;
  const width = box.width - (hasSide ? SIDE : 0);
  const inner = { x: box.x + 18, y: box.y + 16, width: width - 36, height: box.height - 16 };
  let height = 0;
  canvas.clipped({ ...box, width }, () => (height = drawMarkdown(canvas, text, inner, appearance)));
  if (!isView(metadata)) return;
  if (hasSide) {
    const x = box.x + width;
    canvas.line(x + 0.5, box.y, x + 0.5, box.y + box.height, theme.line);
    canvas.clipped({ ...box, x, width: SIDE }, () =>
      drawMetadata(canvas, metadata, { ...box, x: x + 16, y: box.y + 16, width: SIDE - 32 }, appearance),
    );
    return;
  }
  const y = inner.y + height + 8;
  canvas.clipped(box, () => drawMetadata(canvas, metadata, { ...inner, y }, appearance));
}

function drawMetadata(canvas: Canvas, metadata: View, box: Box, appearance: Appearance): void {
  const theme = themeOf(appearance);
  let { y } = box;
  for (const row of metadata.children) {
    if (row.type.endsWith(".Separator")) {
      canvas.line(box.x, y + 2.5, box.x + box.width, y + 2.5, theme.line);
      y += 14;
      continue;
    }
    canvas.text(box.x, y + 11, { text: String(row.props["title"] ?? ""), size: 11, fill: theme.quiet, isBold: true });
    y += 18;
    if (row.type.endsWith(".TagList")) y += drawTags(canvas, row, { ...box, y }, appearance);
    else y += drawWords(canvas, row, { ...box, y }, appearance);
    y += 12;
  }
}

function drawWords(canvas: Canvas, row: View, box: Box, appearance: Appearance): number {
  const theme = themeOf(appearance);
  const { text, icon } = row.props;
  const own =
    typeof text === "object" && text !== null ? (text as { value?: unknown; color?: unknown }) : { value: text };
  const hasIcon = drawIcon(canvas, icon, { x: box.x, y: box.y, size: 14 }, appearance);
  const isLink = row.type.endsWith(".Link");
  const fill = isLink ? theme.accent : (colourOf(own.color, appearance) ?? theme.text);
  const x = box.x + (hasIcon ? 20 : 0);
  const lines = wrapped(String(own.value ?? ""), box.width - (x - box.x), { size: 13 });
  lines.forEach((line, index) => canvas.text(x, box.y + 12 + index * 17, { text: line, size: 13, fill }));
  return lines.length * 17;
}

function drawTags(canvas: Canvas, row: View, box: Box, appearance: Appearance): number {
  const theme = themeOf(appearance);
  let { x, y } = box;
  for (const { props } of row.children) {
    const colour = colourOf(props["color"], appearance) ?? theme.text;
    const text = shortened(String(props["text"] ?? ""), box.width - 16, { size: 12 });
    const width = widthOf(text, { size: 12 }) + 14;
    if (x > box.x && x + width > box.x + box.width) {
      x = box.x;
      y += 26;
    }
    canvas.raw(`<g opacity="0.16">`);
    canvas.rect({ x, y, width, height: 21 }, { fill: colour, radius: 5 });
    canvas.raw("</g>");
    canvas.text(x + 7, y + 15, { text, size: 12, fill: colour });
    x += width + 6;
  }
  return y - box.y + 21;
}
