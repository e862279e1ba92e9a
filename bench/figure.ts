/** Units of figures. `/s` is the only one of which more is better. */
export type Unit = "ms" | "µs" | "MB" | "%" | "tokens" | "times" | "/s" | "calls" | "objects" | "characters";

/** What a figure may be: a value of its own, or no further above what it is compared with than so much. */
export type Budget = { of: "value" | "difference" | "ratio"; atMost: number };

/** One measured figure of loopd, beside what the same machine did in the same run without loopd. */
export interface Figure {
  name: string;
  unit: Unit;
  loopd: number;
  /** The floor or the peer. */
  against?: { name: string; value: number };
  budget?: Budget;
}

/** A figure with what follows from it; the shape of `--json`. */
export interface JudgedFigure extends Figure {
  /** loopd divided by the other; below 1 is less. */
  ratio?: number;
  /** loopd minus the other, in the figure's unit. */
  difference?: number;
  verdict: "ok" | "over" | "-";
}

/** Compares a figure with its floor and its budget. A budget without anything to compare with is over. */
export function judge(figure: Figure): JudgedFigure {
  const { loopd, against, budget } = figure;
  const ratio = against === undefined ? undefined : loopd / against.value;
  const difference = against === undefined ? undefined : loopd - against.value;
  if (budget === undefined) return { ...figure, ratio, difference, verdict: "-" };
  const judged = { value: loopd, ratio, difference }[budget.of];
  return { ...figure, ratio, difference, verdict: judged !== undefined && judged <= budget.atMost ? "ok" : "over" };
}
