import { SLOT } from "./components.ts";
import type { Container, Instance } from "./reconciler.ts";
import type { View } from "./view.ts";

/** One node of a mounted tree by itself, plain enough to cross to another process. */
interface FlatNode extends Omit<View, "children"> {
  children: readonly number[];
}

/** What changed of a tree since the last time: Raycast too is told of changes only. */
export interface Patch {
  /** The first view of each screen, the lowest first. */
  screens: readonly number[];
  nodes: readonly FlatNode[];
}

/** Takes what changed out of a tree. Whatever contains something changed is in it as well. */
export function takePatch(container: Container): Patch {
  const nodes: FlatNode[] = [];
  const take = (node: Instance) => {
    if (!node.isDirty) return;
    node.isDirty = false;
    const props: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(node.props)) if (value !== undefined) props[name] = plain(value);
    const children = node.children.map(({ id }) => id);
    const flat: FlatNode = { id: node.id, type: node.type, props, children };
    nodes.push(node.typed === undefined ? flat : { ...flat, typed: node.typed });
    node.children.forEach(take);
  };
  const tops = container.children.flatMap((screen) => screen.children.slice(0, 1));
  tops.forEach(take);
  return { screens: tops.map(({ id }) => id), nodes };
}

/** Whether two props look the same to the person: which function is behind an action does not show. */
export function isSameLook(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left === "function" && typeof right === "function") return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if ("$$typeof" in left || "$$typeof" in right) return "$$typeof" in left && "$$typeof" in right;
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  const [names, others] = [Object.keys(left), Object.keys(right)];
  if (names.length !== others.length || Array.isArray(left) !== Array.isArray(right)) return false;
  return names.every((name) =>
    isSameLook((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  );
}

function plain(value: unknown): unknown {
  if (typeof value === "function") return { handler: true };
  if (typeof value !== "object" || value === null) return value;
  if ("$$typeof" in value) return { element: true };
  if (Array.isArray(value)) return value.map(plain);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  return value instanceof Date || value instanceof Uint8Array ? value : String(value);
}

/** The same tree on the side of the person. */
export class Tree {
  readonly #nodes = new Map<number, FlatNode>();
  readonly #views = new Map<number, View>();
  #screens: readonly number[] = [];
  /** Nodes that were in the tree when the gone ones were let go last. */
  #kept = 1_000;

  /** Takes over what changed. Gives the first view of each screen. */
  screens({ screens, nodes }: Patch): View[] {
    this.#screens = screens;
    for (const node of nodes) {
      this.#nodes.set(node.id, node);
      this.#views.delete(node.id);
    }
    if (this.#nodes.size > 2 * this.#kept) this.#forget();
    return this.#screens.flatMap((id) => this.#view(id) ?? []);
  }

  #view(id: number): View | undefined {
    const known = this.#views.get(id);
    if (known !== undefined) return known;
    const node = this.#nodes.get(id);
    if (node === undefined) return undefined;
    const props = { ...node.props };
    const children: View[] = [];
    for (const each of node.children) {
      const child = this.#view(each);
      if (child === undefined) continue;
      if (!child.type.startsWith(SLOT)) children.push(child);
      else if (child.children[0] !== undefined) props[child.type.slice(SLOT.length)] = child.children[0];
    }
    const view: View = { ...node, props, children };
    this.#views.set(id, view);
    return view;
  }

  #forget(): void {
    const used = new Set<number>();
    const use = (id: number) => {
      used.add(id);
      this.#nodes.get(id)?.children.forEach(use);
    };
    this.#screens.forEach(use);
    for (const id of [...this.#nodes.keys()]) {
      if (used.has(id)) continue;
      this.#nodes.delete(id);
      this.#views.delete(id);
    }
    this.#kept = Math.max(1_000, used.size);
  }
}
