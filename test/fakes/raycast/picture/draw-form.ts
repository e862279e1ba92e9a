import { valuesOf } from "../form.ts";
import type { View } from "../view.ts";
import type { Box, Canvas } from "./canvas.ts";
import { wrapped } from "./measure.ts";
import { type Appearance, themeOf } from "./theme.ts";

const LABEL = 210;
const FIELD = 380;

/** Draws the fields of a form, each with its label at the left. */
export function drawForm(canvas: Canvas, form: View, box: Box, appearance: Appearance): void {
  const theme = themeOf(appearance);
  const values = valuesOf(form);
  const x = box.x + LABEL;
  let y = box.y + 18;
  for (const field of form.children) {
    const { id, title, error, info, placeholder, label, text } = field.props as Record<string, string | undefined>;
    if (field.type === "Form.Separator") {
      canvas.line(box.x + 40, y + 4.5, box.x + box.width - 40, y + 4.5, theme.line);
      y += 22;
      continue;
    }
    const name = { text: title ?? "", size: 13, fill: theme.quiet };
    canvas.text(x - 14, y + 19, name, { anchor: "end", width: LABEL - 30 });
    if (field.type === "Form.Description") {
      const lines = wrapped(text ?? "", FIELD, { size: 13 });
      lines.forEach((line, index) => canvas.text(x, y + 19 + index * 18, { text: line, size: 13, fill: theme.quiet }));
      y += lines.length * 18 + 16;
      continue;
    }
    const value = id === undefined ? undefined : values[id];
    if (field.type === "Form.Checkbox") {
      canvas.rect({ x, y: y + 6, width: 16, height: 16 }, { fill: theme.field, radius: 4, stroke: theme.edge });
      if (value === true) canvas.glyph(x + 1, y + 7, 14, theme.accent, '<path d="M3 8.5l3.3 3.3L13 4.5"/>');
      canvas.text(x + 24, y + 19, { text: label ?? "", size: 13, fill: theme.text }, { width: FIELD - 24 });
      y += 36;
      continue;
    }
    const shown = wordsOf(field, value);
    const isArea = field.type === "Form.TextArea";
    const look = { size: 13, fill: shown === "" ? theme.faint : theme.text };
    const lines = isArea ? wrapped(shown === "" ? (placeholder ?? "") : shown, FIELD - 20, look) : [];
    const height = isArea ? Math.max(70, lines.length * 18 + 14) : 30;
    const stroke = error === undefined ? theme.edge : "#e0675e";
    canvas.rect({ x, y, width: FIELD, height }, { fill: theme.field, radius: 6, stroke });
    if (isArea) lines.forEach((line, index) => canvas.text(x + 10, y + 20 + index * 18, { ...look, text: line }));
    else
      canvas.text(x + 10, y + 20, { ...look, text: shown === "" ? (placeholder ?? "") : shown }, { width: FIELD - 34 });
    if (field.type === "Form.Dropdown")
      canvas.glyph(x + FIELD - 22, y + 8, 14, theme.quiet, '<path d="M4 6.5L8 10.5l4-4"/>');
    if (error !== undefined) canvas.text(x, y + height + 16, { text: error, size: 12, fill: "#e0675e" });
    else if (info !== undefined)
      canvas.glyph(x + FIELD + 8, y + 8, 14, theme.faint, '<circle cx="8" cy="8" r="6"/><path d="M8 7.5v3.5M8 5v.1"/>');
    y += height + (error === undefined ? 14 : 30);
  }
}

function wordsOf(field: View, value: unknown): string {
  if (field.type === "Form.Dropdown" || field.type === "Form.TagPicker") {
    const items = field.children.flatMap((child) => (child.type.endsWith(".Section") ? child.children : [child]));
    const chosen = [value].flat();
    const titles = items
      .filter(({ props }) => chosen.includes(props["value"]))
      .map(({ props }) => String(props["title"]));
    return titles.join(", ");
  }
  if (field.type === "Form.PasswordField") return "•".repeat(String(value ?? "").length);
  if (value instanceof Date) return value.toLocaleString("en-US", { dateStyle: "medium", timeStyle: "short" });
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}
