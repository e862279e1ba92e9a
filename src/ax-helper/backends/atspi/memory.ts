/** What is remembered of programs between requests, by the names of their connections. */
export interface Memory {
  /** They take too long to tell at once what they hold, so their trees are walked. */
  slowCaches: Set<string>;
  /** They did not answer the last time: until they do, they are given less of it. */
  silent: Set<string>;
  names: Map<string, string>;
}

/** A memory that is empty. */
export function startMemory(): Memory {
  return { slowCaches: new Set(), silent: new Set(), names: new Map() };
}
