import { Problem } from "../../problem.ts";
import type { Look } from "./look.ts";
import { asList, asNumbers, asTarget, asText, idOf } from "./values.ts";
import { interfaceName, roleName, stateNames } from "./words.ts";
import type { Target } from "./bus.ts";

/** What is known of an element before its rectangle and text are asked for. */
export interface Outline {
  target: Target;
  role: string;
  name: string;
  desc: string;
  states: string[];
  ifaces: string[];
  /** How many children it says it has; it may be a lie as large as 2^31-1. */
  childCount: number;
}

/** Elements that a program told of at once, by id. */
export interface Cached {
  outlines: ReadonlyMap<string, Outline>;
  /** Children in their order, by id of the parent; only where all of them are known. */
  children: ReadonlyMap<string, readonly Target[]>;
}

export const MAX_NAME = 2_000;
export const MAX_DESCRIPTION = 500;

interface Item {
  outline: Outline;
  parent: Target | undefined;
  index: number;
}

/**
 * All that a program keeps in memory of its elements, in one call. It is partial: some toolkits tell of a few or of none, so
 * children count as known only if as many are here as the parent says it has. It answers for the whole program, so what was
 * never looked at is missing and is walked. Whoever takes too long for it is added to `slow`, and walked from then on.
 */
export async function readCache(look: Look, slow: Set<string>, bus: string): Promise<Cached> {
  const isSlow = slow.has(bus);
  const answer = isSlow ? [] : await look.call({ bus, path: "/org/a11y/atspi/cache" }, "Cache.GetItems");
  // It may hold so much that it is not ready in time: asked again, it would never be read.
  if (answer instanceof Problem && answer.code === "not-responding") slow.add(bus);
  const outlines = new Map<string, Outline>();
  const below = new Map<string, Item[]>();
  for (const entry of answer instanceof Problem ? [] : asList(answer)) {
    const item = itemOf(entry, bus);
    if (item === undefined) continue;
    outlines.set(idOf(item.outline.target), item.outline);
    if (item.parent === undefined || item.index < 0) continue;
    const parent = idOf(item.parent);
    const siblings = below.get(parent);
    if (siblings === undefined) below.set(parent, [item]);
    else siblings.push(item);
  }
  const children = new Map<string, readonly Target[]>();
  for (const [parent, items] of below) {
    const indices = new Set(items.map((item) => item.index));
    if (items.length !== outlines.get(parent)?.childCount || indices.size !== items.length) continue;
    items.sort((a, b) => a.index - b.index);
    children.set(
      parent,
      items.map((item) => item.outline.target),
    );
  }
  return { outlines, children };
}

/** `((so)(so)(so)iiassusau)`: object, application, parent, index, children, interfaces, name, role, description, states. */
function itemOf(entry: unknown, bus: string): Item | undefined {
  const [object, , above, index, childCount, interfaces, name, role, description, states] = asList(entry);
  const target = asTarget(object);
  if (target?.bus !== bus || typeof index !== "number" || typeof childCount !== "number") return undefined;
  const outline: Outline = {
    target,
    role: roleName(typeof role === "number" ? role : -1),
    name: asText(name, MAX_NAME),
    desc: asText(description, MAX_DESCRIPTION),
    states: stateNames(asNumbers(states)),
    ifaces: asList(interfaces).map((each) => interfaceName(asText(each, 100))),
    childCount,
  };
  return { outline, parent: asTarget(above), index };
}
