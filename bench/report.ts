import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { type Figure, judge } from "./figure.ts";
import { tableOf } from "./table.ts";

/** Where and when figures were measured, without anything that names the machine. */
export interface Circumstances {
  date: string;
  platform: string;
  node: string;
  cores: number;
  /** Load averages of one minute before and after: figures of a busy machine are worth less. */
  load: [number, number];
}

/** The load average of the last minute, with two decimals. */
export function loadNow(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

/** What the measuring was done on, `loadBefore` having been read before it. */
export function circumstances(loadBefore: number): Circumstances {
  return {
    date: new Date().toISOString(),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    cores: cpus().length,
    load: [loadBefore, loadNow()],
  };
}

/** Prints the table, writes the same as JSON to `file` if one is named, and returns how many figures are over budget. */
export function report(figures: readonly Figure[], where: Circumstances, file: string | undefined): number {
  const judged = figures.map(judge);
  const over = judged.filter(({ verdict }) => verdict === "over").length;
  const { date, platform, node, cores, load } = where;
  console.log(`${date.slice(0, 10)}, ${platform}, ${cores} cores, Node ${node}, load ${load.join(" to ")}\n`);
  console.log(tableOf(judged));
  console.log(over === 0 ? "\nEvery budget was kept." : `\n${over} over budget.`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify({ ...where, figures: judged }, null, 2)}\n`);
  return over;
}
