/**
 * The value below which a share of the sample lies (nearest rank): 0.5 is the median, 0.99 the 99th percentile.
 * Throws for an empty sample: a measurement that measured nothing must not print a number.
 */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error("There is no percentile of an empty sample.");
  return value;
}

/** The middle of a sample. */
export function median(sample: readonly number[]): number {
  return percentile(sample, 0.5);
}
