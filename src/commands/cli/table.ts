import stringWidth from "fast-string-width";
import { visibleText } from "../present/terminal-text.ts";

/** A column: its head, and which side its cells stand on. */
export interface Column {
  head: string;
  align?: "left" | "right";
}

/** Rows in columns, as wide as their widest cell; every cell becomes one line. The last column is never padded. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, column) => {
        const cell = row[column] ?? "";
        const padding = " ".repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell)));
        return align === "right" ? padding + cell : cell + padding;
      })
      .join("  ")
      .trimEnd();
  return cells.map(line).join("\n");
}

function cellText(text: string): string {
  return visibleText(text.replace(/\s+/g, " ").trim());
}
