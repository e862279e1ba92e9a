import type { JudgedFigure, Unit } from "./figure.ts";

const HEADINGS = ["figure", "loopd", "compared with", "ratio", "difference", "budget", "verdict"];

/** The figures as one table of aligned columns, for a terminal or a Markdown file. */
export function tableOf(figures: readonly JudgedFigure[]): string {
  const rows = [HEADINGS, ...figures.map(rowOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  const [heading = HEADINGS, ...body] = rows;
  return [line(heading), rule, ...body.map(line)].join("\n");
}

function rowOf(figure: JudgedFigure): string[] {
  const { name, unit, loopd, against, ratio, difference, verdict } = figure;
  return [
    name,
    quantity(loopd, unit),
    against === undefined ? "" : `${against.name} ${quantity(against.value, unit)}`,
    ratio === undefined ? "" : `x ${ratio.toFixed(2)}`,
    difference === undefined ? "" : signed(difference, unit),
    budgetOf(figure),
    verdict,
  ];
}

function budgetOf({ unit, against, budget }: JudgedFigure): string {
  if (budget === undefined) return "";
  if (budget.of === "ratio") return `<= x ${budget.atMost}`;
  const limit = `${budget.atMost} ${unit}`;
  return budget.of === "difference" ? `<= ${against?.name ?? "?"} + ${limit}` : `<= ${limit}`;
}

/** A number with its unit, with as many decimals as its size deserves. */
function quantity(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return `${value.toFixed(decimals)} ${unit}`;
}

function signed(value: number, unit: Unit): string {
  return `${value < 0 ? "" : "+"}${quantity(value, unit)}`;
}
