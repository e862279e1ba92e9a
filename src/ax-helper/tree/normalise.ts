import type { CapturedNode, CapturedWindow } from "../../protocol/screen.ts";
import { blockOf, folded, isControl, ownRow, titled, without, wordsOf } from "./blocks.ts";
import { controlOf } from "./control.ts";
import { flowed } from "./flow.ts";
import { nameText } from "./inert-text.ts";
import { labelLines } from "./label.ts";
import { ownName } from "./names.ts";
import { isRow, letterOf } from "./roles.ts";
import { type Block, stack } from "./rows.ts";
import type { Control, Group, Line, Screen } from "./screen.ts";
import { type Walk, walk } from "./walk.ts";

/** The longest text of what a control holds that can become its name. */
const LONGEST_INSIDE = 240;

/**
 * A captured window as a person sees it: controls and texts in visual rows, containers without a name gone, what does
 * not show dropped or counted. With `revealed`, everything of the group with that index counts as shown. Pure, and
 * without recursion: depth and width of the tree are a matter of time only.
 */
export function normalise(capture: CapturedWindow, revealed?: number): Screen {
  const walked = walk(capture, revealed);
  const builder = new Builder(walked);
  for (let index = walked.nodes.length - 1; index > 0; index--) builder.build(index);
  const lines = labelLines(builder.finish());
  const { app, window, tree } = capture;
  const groups = new Map([...builder.groups].sort(([a], [b]) => a - b));
  return {
    app: nameText(app),
    title: nameText(window),
    windowId: tree.id,
    nodes: walked.nodes.length,
    lines,
    groups,
  };
}

/** Builds blocks from the last element to the first: children before their parents. */
class Builder {
  readonly groups = new Map<number, Group>();
  readonly #walk: Walk;
  readonly #tellsEnabled: boolean;
  /** By index of an element: blocks of its children, the last first. */
  readonly #blocks = new Map<number, Block[]>();
  /** By index of an element: text of what it holds. */
  readonly #inside = new Map<number, string>();

  constructor(walked: Walk) {
    this.#walk = walked;
    this.#tellsEnabled = walked.nodes.some(({ states }) => states.includes("enabled") || states.includes("sensitive"));
  }

  /** The lines of the whole window. */
  finish(): Line[] {
    const block = this.#closeGroup(0, stack(flowed(this.#children(0))));
    return block?.lines ?? [];
  }

  build(index: number): void {
    const { nodes, parents, shown, groups } = this.#walk;
    const [node, parent] = [nodes[index], parents[index]];
    if (node === undefined || parent === undefined) return;
    const children = this.#children(index);
    const control = shown[index] === true ? this.#control(index, node, parent, children) : undefined;
    const inside = this.#inside.get(index) ?? "";
    this.#inside.delete(index);
    if (control !== undefined) this.#addControl(index, node, parent, control, children);
    else {
      const words = shown[index] === true ? wordsOf(node, children) : "";
      if (words !== "") this.#add(parent, blockOf(this.#rect(index), { kind: "words", text: words }));
      let block = titled(node, stack(flowed(children)));
      if (isRow(node.role)) block = ownRow(block);
      if (groups[index] === index) block = this.#closeGroup(index, block);
      if (block !== undefined) this.#add(parent, block);
      this.#tell(parent, words === "" ? inside : words);
      return;
    }
    // A row is named by what it says, not by the buttons in it.
    if (control.letter === "i") this.#tell(parent, control.name);
  }

  #control(index: number, node: CapturedNode, parent: number, children: Block[]): Control | undefined {
    const letter = this.#walk.letters[index];
    if (letter === undefined) return undefined;
    const control = controlOf(node, letter, {
      text: this.#inside.get(index) ?? "",
      path: this.#walk.paths[parent] ?? 0,
      parentRole: this.#walk.nodes[parent]?.role ?? "",
      tellsEnabled: this.#tellsEnabled,
    });
    if (letterOf(node) !== undefined) return control;
    const holdsControl = children.some(({ lines }) => lines.some(({ parts }) => parts.some(isControl)));
    return holdsControl || control.name === "" ? undefined : control;
  }

  /** A control and what it holds. The pages of tabs and the items of menus are no part of their row. */
  #addControl(index: number, node: CapturedNode, parent: number, control: Control, children: Block[]): void {
    const own = blockOf(this.#rect(index), control);
    const rest = children.flatMap((block) => without(block, control) ?? []);
    const isApart = control.letter === "x" || control.letter === "m" || rest.some(({ lines }) => lines.length > 3);
    if (isApart) {
      const group = this.#walk.groups[index] === index ? this.#closeGroup(index, stack(rest)) : stack(rest);
      if (group !== undefined) this.#add(parent, group);
      this.#add(parent, own);
      return;
    }
    let block = stack([own, ...rest]);
    if (isRow(node.role)) block = ownRow(block);
    if (this.#walk.groups[index] === index) block = this.#closeGroup(index, block);
    if (block !== undefined) this.#add(parent, block);
  }

  /** The lines of a group know it, and one more counts what is hidden of it. */
  #closeGroup(index: number, block: Block | undefined): Block | undefined {
    const node = this.#walk.nodes[index];
    const count = this.#walk.hidden.get(index) ?? 0;
    if (node === undefined || (block === undefined && count === 0)) return block;
    for (const line of block?.lines ?? []) if (line.group === -1) line.group = index;
    const path = this.#walk.paths[index] ?? 0;
    const parent = index === 0 ? -1 : (this.#walk.groups[this.#walk.parents[index] ?? 0] ?? 0);
    this.groups.set(index, { role: node.role, name: index === 0 ? "" : ownName(node), id: node.id, path, parent });
    return count === 0 ? block : folded(index, count, block, this.#rect(index));
  }

  #children(index: number): Block[] {
    const blocks = this.#blocks.get(index) ?? [];
    this.#blocks.delete(index);
    return blocks.reverse();
  }

  #add(parent: number, block: Block): void {
    const blocks = this.#blocks.get(parent);
    if (blocks === undefined) this.#blocks.set(parent, [block]);
    else blocks.push(block);
  }

  /** Tells an element a text of what it holds. The last are told first. */
  #tell(parent: number, text: string): void {
    if (text === "") return;
    const later = this.#inside.get(parent);
    this.#inside.set(parent, (later === undefined ? text : `${text} ${later}`).slice(0, LONGEST_INSIDE));
  }

  /** Where an element is; without a rectangle of its own at the top of the nearest one around it. */
  #rect(index: number): Omit<Block, "lines"> {
    const { nodes, parents } = this.#walk;
    for (let at = index; at >= 0; at = parents[at] ?? -1) {
      const rect = nodes[at]?.rect;
      if (rect === undefined) continue;
      const [left, top, width, height] = rect;
      const [right, bottom] = at === index ? [left + Math.max(0, width), top + Math.max(0, height)] : [left, top];
      return { left, right, top, bottom };
    }
    return { left: 0, right: 0, top: 0, bottom: 0 };
  }
}
