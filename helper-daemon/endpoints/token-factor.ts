/** How many of the newest observations count. */
export const RATIOS_KEPT = 15;

/** Below that, a chat template weighs more than the text. */
const LEAST_BYTES = 700;
/** What a tokenizer can do at all: from 10 bytes a token (few languages) … */
export const LEAST_FACTOR = 0.35;
/** … to 2 (most others, in UTF-8). */
export const MOST_FACTOR = 1.75;
/** A server that suddenly counts so much less has dropped messages, or lies. */
const SUSPICIOUS = 0.7;
const ENOUGH = 3;

/**
 * The observations with one more: `tokens` that a server reported for a request of so many bytes, as a multiple of
 * bytes / 3.5. The same list where it cannot be true, or would teach to underestimate.
 */
export function withRatio(ratios: number[], bytes: number, tokens: number): number[] {
  const ratio = tokens / (bytes / 3.5);
  const isPossible =
    Number.isSafeInteger(tokens) && bytes >= LEAST_BYTES && ratio >= LEAST_FACTOR / 2 && ratio <= MOST_FACTOR * 2;
  const isShrunk = ratios.length >= ENOUGH && ratio < SUSPICIOUS * factorOf(ratios);
  return isPossible && !isShrunk ? [...ratios, ratio].slice(-RATIOS_KEPT) : ratios;
}

/** What to multiply bytes / 3.5 with: the median of what was observed, within bounds; 1 where nothing was. */
export function factorOf(ratios: readonly number[]): number {
  const sorted = [...ratios].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 1;
  return Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, middle));
}

/** Mean error of estimates with that factor, as a share of what was reported; 0 where nothing was. */
export function errorOf(ratios: readonly number[]): number {
  const factor = factorOf(ratios);
  const errors = ratios.map((ratio) => Math.abs(factor / ratio - 1));
  return errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length);
}
