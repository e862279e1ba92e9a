import type { CapturedNode, CapturedWindow } from "../../protocol/screen.ts";
import { controlOf, numberText } from "./control.ts";
import { hashOf } from "./hash.ts";
import { nameText, wordsText } from "./inert-text.ts";
import { labelLines } from "./label.ts";
import { description, gist, isPictureName, ownName } from "./names.ts";
import { isRow, isText, isTitled, letterOf } from "./roles.ts";
import { type Block, stack } from "./rows.ts";
import type { Control, Group, Line, Part, Screen } from "./screen.ts";
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
    const block = this.#closeGroup(0, stack(this.#children(0)));
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
      let block = titled(node, stack(children));
      if (isRow(node.role)) block = ownRow(block, inside);
      if (groups[index] === index) block = this.#closeGroup(index, block);
      if (block !== undefined) this.#add(parent, block);
      this.#tell(parent, words === "" ? inside : words);
      return;
    }
    this.#tell(parent, control.name);
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
    if (isRow(node.role)) block = ownRow(block, control.name);
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
      const [left, top, , height] = rect;
      return { left, top, bottom: at === index ? top + Math.max(0, height) : top };
    }
    return { left: 0, top: 0, bottom: 0 };
  }
}

const isControl = (part: Part) => part.kind === "control";

function blockOf(rect: Omit<Block, "lines">, part: Part): Block {
  return { lines: [{ parts: [part], group: -1 }], ...rect };
}

/** A group with one more line that counts what is hidden of it; that of a group at its end becomes a part of it. */
function folded(group: number, count: number, block: Block | undefined, rect: Omit<Block, "lines">): Block {
  const inner = block?.lines.at(-1)?.parts[0];
  const total = count + (inner?.kind === "fold" ? inner.count : 0);
  const fold: Line = { parts: [{ kind: "fold", group, count: total }], group };
  if (block === undefined) return { lines: [fold], left: rect.left, top: rect.bottom, bottom: rect.bottom };
  const lines = inner?.kind === "fold" ? block.lines.slice(0, -1) : block.lines;
  return { ...block, lines: [...lines, fold] };
}

/** What an element says that holds nothing which says it. */
function wordsOf(node: CapturedNode, children: Block[]): string {
  const { role } = node;
  if (role === "progress bar" || role === "level bar") {
    const value = numberText(node.value);
    return value === undefined ? "" : `${ownName(node) || role} ${value}`;
  }
  if (children.length > 0) return "";
  if (role === "image") {
    const name = ownName(node);
    return isPictureName(name) ? description(node) : name || description(node);
  }
  if (!isText(role)) return "";
  const text = wordsText((node.text ?? "").replaceAll("\ufffc", "")) || wordsText(node.name ?? "");
  return text;
}

/** What a control holds, without what the control says already, and without the cells of a row that is chosen whole. */
function without(block: Block, control: Control): Block | undefined {
  const said = gist(`${control.name} ${control.value ?? ""}`);
  const isKept = (part: Part) => {
    if (part.kind === "words") return !said.includes(gist(part.text));
    return !(control.letter === "i" && part.kind === "control" && part.letter === "i" && part.role !== "list item");
  };
  const lines = block.lines.flatMap((line) => {
    const parts = line.parts.filter(isKept);
    return parts.length === 0 ? [] : [{ ...line, parts }];
  });
  return lines.length === 0 ? undefined : { ...block, lines };
}

/** A row tells its controls apart from those of other rows by what it says. */
function ownRow(block: Block | undefined, text: string): Block | undefined {
  for (const line of block?.lines ?? [])
    for (const part of line.parts) if (part.kind === "control") part.path = hashOf(part.path, text);
  return block;
}

const isHeading = (part: Part | undefined) => part?.kind === "words" && part.text.endsWith(":");

/** The name of a container goes to the only controls in it if they have none, else in front of what it holds. */
function titled(node: CapturedNode, block: Block | undefined): Block | undefined {
  const [first, ...more] = block?.lines ?? [];
  if (block === undefined || first === undefined) return block;
  const name = ownName(node);
  const controls = first.parts.filter(isControl);
  const isNameless = controls.every((control) => control.name === "");
  if (more.length === 0 && controls.length > 0 && (isNameless || (controls.length === 1 && controls[0]?.isDescribed))) {
    for (const control of controls) {
      control.name = name || control.name || description(node);
      control.isDescribed = name === "";
    }
    return block;
  }
  if (name === "" || !isTitled(node)) return block;
  const said = gist(name);
  const isSaid = ({ parts }: Line) =>
    parts.some((part) => said === gist(part.kind === "words" ? part.text : part.kind === "control" ? part.name : ""));
  if (block.lines.some(isSaid) || isHeading(first.parts[0])) return block;
  const words: Part = { kind: "words", text: `${name}:` };
  if (more.length === 0 && first.parts[0]?.kind !== "fold")
    return { ...block, lines: [{ ...first, parts: [words, ...first.parts] }] };
  return { ...block, lines: [{ parts: [words], group: -1 }, ...block.lines] };
}
