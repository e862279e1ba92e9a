/** Choices that look random and are the same in every run. */
export interface Chooser {
  pick<T>(from: readonly T[]): T;
  chance(of: number): boolean;
}

/** A chooser by a seed: the mulberry32 generator. */
export function chooser(seed: number): Chooser {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    pick: (from) => {
      const found = from[Math.floor(next() * from.length)];
      if (found === undefined) throw new Error("there is nothing to pick from");
      return found;
    },
    chance: (of) => next() < of,
  };
}
