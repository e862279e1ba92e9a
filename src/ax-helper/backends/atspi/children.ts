import type { Outline } from "./cached.ts";
import type { Target } from "./bus.ts";
import type { Look } from "./look.ts";
import { asCount, asList, asTarget, idOf } from "./values.ts";

/** Children of an element, in order, and how many more there are. */
export interface Children {
  children: readonly Target[];
  more: number;
}

type Point = readonly [number, number];
/** A rectangle of the screen. */
export type Rect = readonly [number, number, number, number];

interface Shape {
  columns: number;
  /** The part of the screen that shows it. */
  view: Rect | undefined;
}

/** How far inside a rectangle a point is looked at. */
const EDGE = 4;
const HIT_DEPTH = 5;
const GRIDS = new Set(["table", "tree table", "tree"]);

/**
 * Children as the element tells of them: all of a few; of many only those on view, found by looking at its corners, because a
 * table of 10,000 rows or a sheet of 2^31-1 cells must not cross the bus.
 */
export async function readChildren(look: Look, outline: Outline, view: Rect | undefined): Promise<Children> {
  const { target, role, childCount } = outline;
  const count = childCount >= 0 ? childCount : asCount(await look.get(target, "Accessible.ChildCount"));
  if (count === 0) return { children: [], more: 0 };
  if (count <= look.limits.children) {
    const children = asList(await look.call(target, "Accessible.GetChildren"));
    const known = children.slice(0, look.limits.children).flatMap((child) => asTarget(child) ?? []);
    return { children: known, more: children.length - known.length };
  }
  const columns = GRIDS.has(role) ? Math.max(1, asCount(await look.get(target, "Table.NColumns"))) : 1;
  const indices = await indicesOnView(look, target, count, { columns, view });
  const found = await Promise.all(
    indices.map(async (index) => {
      const child = await look.call(target, "Accessible.GetChildAtIndex", { signature: "i", body: [index] });
      return asTarget(child);
    }),
  );
  const children = found.filter((child) => child !== undefined);
  return { children, more: count - children.length };
}

/** Which children are on view, row by row, as many as one element may have; the first ones when none says where it is. */
async function indicesOnView(look: Look, target: Target, count: number, shape: Shape): Promise<number[]> {
  const most = look.limits.children;
  const { columns } = shape;
  const [x, y, width, height] = shape.view ?? [0, 0, 0, 0];
  const isPlaced = width > 0 && height > 0;
  const [left, right, bottom] = [x + EDGE, x + width - EDGE, y + height - EDGE];
  // Headers may stand above the rows, and nothing at all below the last one.
  const above = [EDGE, 30, 60].map((down): Point => [left, y + down]);
  const below = [[right, bottom] as const, [left, bottom] as const, [left, bottom - 30] as const];
  const from = isPlaced ? await indexAt(look, target, above) : undefined;
  const to = isPlaced ? await indexAt(look, target, below) : undefined;
  const first = from === undefined || from >= count ? 0 : from;
  const last = to === undefined || to < first || to >= count ? Math.min(count, first + most) - 1 : to;
  const start = first % columns;
  const end = to === undefined || last % columns < start ? Math.min(columns, start + most) - 1 : last % columns;
  const indices: number[] = [];
  for (let row = Math.floor(first / columns); row <= Math.floor(last / columns); row++) {
    for (let column = start; column <= end; column++) {
      if (indices.length === most) return indices;
      if (row * columns + column < count) indices.push(row * columns + column);
    }
  }
  return indices;
}

/** The index of the child at the first of some points that has one. */
async function indexAt(look: Look, target: Target, points: readonly Point[]): Promise<number | undefined> {
  for (const [x, y] of points) {
    const parameters = { signature: "iiu", body: [Math.round(x), Math.round(y), 0] };
    const hit = asTarget(await look.call(target, "Component.GetAccessibleAtPoint", parameters));
    const child = await childAbove(look, target, hit);
    const index = child === undefined ? undefined : await look.call(child, "Accessible.GetIndexInParent");
    if (typeof index === "number" && index >= 0) return index;
  }
  return undefined;
}

/** The child of an element that holds a hit, which may lie deeper. */
async function childAbove(look: Look, target: Target, hit: Target | undefined): Promise<Target | undefined> {
  let inner = hit;
  for (let level = 0; level < HIT_DEPTH && inner !== undefined && idOf(inner) !== idOf(target); level++) {
    const parent: Target | undefined = asTarget(await look.get(inner, "Accessible.Parent"));
    if (parent !== undefined && idOf(parent) === idOf(target)) return inner;
    inner = parent;
  }
  return undefined;
}
