import { createHash } from "node:crypto";

const MAX_CHARACTERS = 64;
const SUFFIX_CHARACTERS = 9;

/** A tool of a server, by the names that they have there. */
export interface ServerToolName {
  server: string;
  tool: string;
}

/**
 * Names under which a model calls the tools of all servers: `server__tool`, of letters, digits, dash and underscore, at
 * most 64 characters, no two alike. Where two would be, the one that is called exactly so keeps the name and the others
 * end with a hash of what they are called, so that the order in which servers list their tools changes nothing.
 */
export function toolNames(tools: readonly ServerToolName[]): Map<string, string> {
  const plain = tools.map((one) => ({ key: keyOf(one), wanted: `${one.server}__${one.tool}` }));
  const wants = plain.map(({ key, wanted }) => ({ key, wanted, usable: usableName(wanted, key) }));
  const exactFirst = wants.sort(
    (a, b) => Number(b.usable === b.wanted) - Number(a.usable === a.wanted) || (a.key < b.key ? -1 : 1),
  );
  const rivals = new Map<string, number>();
  for (const { usable } of wants) rivals.set(usable, (rivals.get(usable) ?? 0) + 1);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { key, wanted, usable } of exactFirst) {
    const isItsOwn = rivals.get(usable) === 1 || usable === wanted;
    let name = isItsOwn ? usable : suffixed(usable, key);
    for (let more = 1; taken.has(name); more += 1) name = suffixed(usable, `${key} ${more}`);
    taken.add(name);
    names.set(key, name);
  }
  return names;
}

/** Key of a tool in the result of `toolNames`. */
export function keyOf({ server, tool }: ServerToolName): string {
  return JSON.stringify([server, tool]);
}

function usableName(wanted: string, key: string): string {
  const clean = wanted.replace(/[^A-Za-z0-9_-]/gu, "_");
  return clean.length <= MAX_CHARACTERS ? clean : suffixed(clean, key);
}

function suffixed(name: string, key: string): string {
  const hash = createHash("sha256")
    .update(key)
    .digest("hex")
    .slice(0, SUFFIX_CHARACTERS - 1);
  return `${name.slice(0, MAX_CHARACTERS - SUFFIX_CHARACTERS)}_${hash}`;
}
