const LISTS = ["approvals", "questions", "grants", "sessions", "endpoints", "tools", "memory", "mcp", "routines"];

/** Completes `loopd approvals` to `loopd approvals list`: a noun that holds a list shows it when nothing else is said. */
export function withDefaultVerb(words: readonly string[]): string[] {
  const [noun, verb, ...rest] = words;
  if (noun === undefined || !LISTS.includes(noun)) return [...words];
  const isBare = verb === undefined || (verb.startsWith("-") && verb !== "--help" && verb !== "-h");
  return isBare ? [noun, "list", ...(verb === undefined ? [] : [verb]), ...rest] : [...words];
}
