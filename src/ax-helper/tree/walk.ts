import type { CapturedNode, CapturedWindow } from "../../protocol/screen.ts";
import { withoutSecret } from "./control.ts";
import { hashOf } from "./hash.ts";
import { isCollection, isGroup, isNondescript, isPopup, isRow, letterOf, type RoleLetter } from "./roles.ts";

/** Elements of a capture in document order, with what follows from what is above them. Parallel lists, by index. */
export interface Walk {
  nodes: CapturedNode[];
  /** Index of the parent; -1 for the root. */
  parents: number[];
  /** Whether it is to be seen. */
  shown: boolean[];
  letters: (RoleLetter | undefined)[];
  /** Index of the nearest group that it is in, itself included; the root is one. */
  groups: number[];
  /** Hash of the roles and names above it. */
  paths: number[];
  /** By index of a group: controls in it that are only counted. */
  hidden: Map<number, number>;
}

/** Coordinates that programs give to what is nowhere. */
const NOWHERE = 1_000_000;

/** Whether a rectangle has no area or lies nowhere. An element without one is not judged by it. */
function isNowhere({ rect }: CapturedNode): boolean {
  if (rect === undefined) return false;
  const [left, top, width, height] = rect;
  return width <= 0 || height <= 0 || Math.abs(left) > NOWHERE || Math.abs(top) > NOWHERE;
}

const has = (node: CapturedNode, state: string) => node.states.includes(state);

/** What an element hands down to its children. */
interface Above {
  /** Nearest ancestor that shows and is a group. */
  group: number;
  /** In something that is closed: its options are not there. */
  isClosed: boolean;
  /** In a collection that shows. */
  isCollected: boolean;
  isRevealed: boolean;
}

const isCombo = (node: CapturedNode) => node.role === "combo box" && !has(node, "expanded");

/**
 * Walks a capture without recursion. What has the state `showing` shows, wherever it is; programs that never set it
 * (GTK 4) are judged by their rectangles. `revealed`: index of a group of which everything is taken as shown.
 */
export function walk({ tree }: CapturedWindow, revealed: number | undefined): Walk {
  const result: Walk = { nodes: [], parents: [], shown: [], letters: [], groups: [], paths: [], hidden: new Map() };
  const { nodes, parents, shown, letters, groups, paths } = result;
  const stack: { node: CapturedNode; parent: number }[] = [{ node: tree, parent: -1 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { parent } = next;
    const node = withoutSecret(next.node);
    nodes.push(node);
    parents.push(parent);
    for (let i = node.children.length - 1; i >= 0; i--) {
      const child = node.children[i];
      if (child !== undefined) stack.push({ node: child, parent: nodes.length - 1 });
    }
  }
  const tellsShowing = nodes.some((node, index) => index > 0 && has(node, "showing"));
  const aboves: Above[] = [];
  for (const [index, node] of nodes.entries()) {
    const parent = parents[index] ?? -1;
    const above = aboves[parent] ?? { group: 0, isClosed: false, isCollected: false, isRevealed: false };
    const parentNode = nodes[parent];
    const isRevealed = above.isRevealed || index === revealed;
    const isClosed = above.isClosed || (isPopup(node.role) && parentNode !== undefined && isCombo(parentNode));
    const flagged = tellsShowing ? has(node, "showing") : has(node, "visible") || node.rect !== undefined;
    const isSeen = !isClosed && (isRevealed || (flagged && !isNowhere(node)));
    const isOpen = flagged || isRevealed || index === 0;
    const group = isOpen && !isClosed && (index === 0 || isGroup(node)) ? index : above.group;
    const letter = letterOf(node) ?? (isNondescript(node) ? "i" : undefined);
    shown.push(isSeen);
    letters.push(letter);
    groups.push(group);
    paths.push(hashOf(paths[parent] ?? 0, node.role, index === 0 || isRow(node.role) ? "" : (node.name ?? "")));
    const count =
      (index > 0 && !isSeen ? uncounted(node, letter, flagged, { ...above, isClosed }) : 0) +
      (isOpen ? (node.more ?? 0) : 0);
    if (count > 0) result.hidden.set(group, (result.hidden.get(group) ?? 0) + count);
    aboves.push({
      group,
      isClosed: isClosed || (!isOpen && isMenu(node.role)),
      isCollected: isOpen ? isCollection(node.role) || above.isCollected : above.isCollected,
      isRevealed,
    });
  }
  return result;
}

const isMenu = (role: string) => role === "menu" || role === "popup menu";

/** 1 for a control that is not seen, although it is there: scrolled away, or said to show but nowhere. */
function uncounted(node: CapturedNode, letter: RoleLetter | undefined, isFlagged: boolean, above: Above): number {
  if (letter === undefined || letter === "m" || above.isClosed || node.role === "table column header") return 0;
  const [, , width = 1, height = 1] = node.rect ?? [];
  if (width <= 0 || height <= 0) return 0;
  return above.isCollected || (isFlagged && isNowhere(node)) ? 1 : 0;
}
