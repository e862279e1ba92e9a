import type { CapturedNode } from "../../../protocol/screen.ts";
import { Problem } from "../../problem.ts";
import type { Target } from "./bus.ts";
import type { Cached, Outline } from "./cached.ts";
import { type Rect, readChildren } from "./children.ts";
import type { Look } from "./look.ts";
import { readNode, type TextAllowance } from "./node.ts";
import { isShown, readOutline } from "./outline.ts";
import { idOf } from "./values.ts";

/** Why a tree is not whole. What was left out is counted as `more` of its parent. */
export type Cut = "none" | "nodes" | "depth" | "time" | "not-responding" | "gone";

/** A tree as it was read, and how many calls it took. */
export interface Walked {
  tree: CapturedNode;
  nodes: number;
  cut: Cut;
}

interface Job {
  target: Target;
  /** Where the element goes: its place among its parent's children. */
  place: { siblings: (CapturedNode | undefined)[]; index: number; parent: CapturedNode | undefined };
  depth: number;
  /** What of the screen its surroundings leave it. */
  view: Rect | undefined;
}

/** So many elements are read at once; the bus has its own, smaller limit. */
const BATCH = 64;

/**
 * Reads a tree from its root, level by level: first everything that shows, then, with what is left of elements and time,
 * what does not. Elements that appear twice (a program may lie) are read once.
 */
export async function walk(look: Look, root: Target, cached: Cached): Promise<Walked | Problem> {
  const { limits } = look;
  const allowance: TextAllowance = { left: limits.allText };
  const seen = new Set<string>([idOf(root)]);
  const top: (CapturedNode | undefined)[] = [];
  const showing: Job[] = [];
  const hidden: Job[] = [];
  const all: (CapturedNode | undefined)[][] = [];
  let cut: Cut = "none";
  let nodes = 0;
  let refusal: Problem | undefined;
  const leaveOut = ({ place }: Job, why: Cut) => {
    if (cut === "none") cut = why;
    if (place.parent !== undefined) place.parent.more = (place.parent.more ?? 0) + 1;
  };

  const addChildren = async (job: Job, outline: Outline, node: CapturedNode) => {
    if (node.secure === true) return;
    const view = overlap(job.view, node.rect);
    const known = cached.children.get(node.id);
    const isFew = known !== undefined && known.length <= limits.children;
    const { children, more } = isFew ? { children: known, more: 0 } : await readChildren(look, outline, view);
    if (more > 0) node.more = (node.more ?? 0) + more;
    const fresh = children.filter((child) => !seen.has(idOf(child)));
    for (const child of fresh) seen.add(idOf(child));
    const siblings: (CapturedNode | undefined)[] = new Array(fresh.length).fill(undefined);
    all.push(siblings);
    node.children = siblings as CapturedNode[];
    const queue = isShown(look, outline) || node.role === "frame" ? showing : hidden;
    for (const [index, target] of fresh.entries())
      queue.push({ target, place: { siblings, index, parent: node }, depth: job.depth + 1, view });
  };

  const read = async (job: Job) => {
    const outline = cached.outlines.get(idOf(job.target)) ?? (await readOutline(look, job.target));
    if (outline instanceof Problem) {
      if (job.place.parent === undefined) refusal = outline;
      return leaveOut(job, outline.code === "not-responding" ? "not-responding" : "gone");
    }
    const node = await readNode(look, outline, allowance);
    job.place.siblings[job.place.index] = node;
    nodes += 1;
    if (outline.childCount === 0) return;
    if (job.depth < limits.depth) return addChildren(job, outline, node);
    if (cut === "none") cut = "depth";
    node.more = Math.max(0, outline.childCount);
  };

  showing.push({ target: root, place: { siblings: top, index: 0, parent: undefined }, depth: 0, view: undefined });
  for (let at = 0, behind = 0; at < showing.length || behind < hidden.length;) {
    const isFront = at < showing.length;
    const room = Math.max(0, limits.nodes - nodes);
    const count = Math.min(BATCH, room);
    const jobs = isFront ? showing.slice(at, at + count) : hidden.slice(behind, behind + count);
    const isLate = look.isLate() && nodes > 0;
    if (count === 0 || isLate) {
      for (const job of [...showing.slice(at), ...hidden.slice(behind)]) leaveOut(job, isLate ? "time" : "nodes");
      break;
    }
    if (isFront) at += jobs.length;
    else behind += jobs.length;
    await Promise.all(jobs.map(read));
  }
  // Elements that went away meanwhile leave holes.
  for (const siblings of all) compact(siblings);
  const tree = top[0];
  return tree === undefined ? (refusal ?? new Problem("gone", "The window is no longer there.")) : { tree, nodes, cut };
}

function compact(siblings: (CapturedNode | undefined)[]): void {
  let kept = 0;
  for (const node of siblings) if (node !== undefined) siblings[kept++] = node;
  siblings.length = kept;
}

/** What two rectangles share; one that is not known takes nothing away. */
function overlap(a: Rect | undefined, b: Rect | undefined): Rect | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [left, top] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - left;
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - top;
  return [left, top, Math.max(0, width), Math.max(0, height)];
}
