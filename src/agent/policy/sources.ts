import type { Effect, Facts } from "../../protocol/values.ts";

/** Where the text that a call brings back comes from, as its facts say: what it reaches, and what was written into files. */
export function sourcesOf({ source, sources = [] }: Partial<Pick<Facts, "source" | "sources">> = {}): string[] {
  return source === undefined ? sources : joined([source], sources);
}

/** Each source once, the known ones first. */
export function joined(known: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...known, ...more])];
}

/**
 * What a call that starts now passes on to whatever it writes: all that its session has read, and what it reads itself.
 * Commands and tools of servers do not tell which files they write. A call that only reads passes on nothing.
 */
export function passedOn(
  { effect }: { effect: Effect },
  facts: Partial<Facts> | undefined,
  taints: readonly string[],
): { taints: string[]; isUnwatched?: true } | undefined {
  const sources = joined(taints, sourcesOf(facts));
  if (effect === "read" || sources.length === 0) return undefined;
  return { taints: sources, ...(effect === "exec" ? { isUnwatched: true } : {}) };
}
