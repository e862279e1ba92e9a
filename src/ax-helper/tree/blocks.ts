import type { CapturedNode } from "../../protocol/screen.ts";
import { numberText } from "./control.ts";
import { hashOf } from "./hash.ts";
import { wordsText } from "./inert-text.ts";
import { description, gist, isPictureName, ownName } from "./names.ts";
import { isText, isTitled } from "./roles.ts";
import type { Block } from "./rows.ts";
import type { Control, Line, Part } from "./screen.ts";

/** What has more lines is no row, but holds some; looking through it again at every level would take its time. */
const MOST_ROW_LINES = 8;
/** Parts of a row that is chosen whole. */
const CELLS = new Set(["table cell", "icon", "image"]);

/** Whether a part is a control. */
export const isControl = (part: Part) => part.kind === "control";

/** One part as a block. */
export function blockOf(rect: Omit<Block, "lines">, part: Part): Block {
  return { lines: [{ parts: [part], group: -1 }], ...rect };
}

/** A group with one more line that counts what is hidden of it; that of a group at its end becomes a part of it. */
export function folded(group: number, count: number, block: Block | undefined, rect: Omit<Block, "lines">): Block {
  const inner = block?.lines.at(-1)?.parts[0];
  const total = count + (inner?.kind === "fold" ? inner.count : 0);
  const fold: Line = { parts: [{ kind: "fold", group, count: total }], group };
  if (block === undefined) return { ...rect, lines: [fold], top: rect.bottom };
  const lines = inner?.kind === "fold" ? block.lines.slice(0, -1) : block.lines;
  return { ...block, lines: [...lines, fold] };
}

/** What an element says that holds nothing which says it. */
export function wordsOf(node: CapturedNode, children: Block[]): string {
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
export function without(block: Block, control: Control): Block | undefined {
  if (block.lines.length > MOST_ROW_LINES) return block;
  const said = gist(`${control.name} ${control.value ?? ""}`);
  const isKept = (part: Part) => {
    if (part.kind === "words") return !said.includes(gist(part.text));
    return !(control.letter === "i" && part.kind === "control" && part.letter === "i" && CELLS.has(part.role));
  };
  const lines = block.lines.flatMap((line) => {
    const parts = line.parts.filter(isKept);
    return parts.length === 0 ? [] : [{ ...line, parts }];
  });
  return lines.length === 0 ? undefined : { ...block, lines };
}

/** A row tells its controls apart from those of other rows by what it says. */
export function ownRow(block: Block | undefined): Block | undefined {
  if (block === undefined || block.lines.length > MOST_ROW_LINES) return block;
  const parts = block.lines.flatMap((line) => line.parts);
  const said = parts.map((part) => (part.kind === "words" ? part.text : part.kind === "control" ? part.name : ""));
  for (const part of parts) if (part.kind === "control") part.path = hashOf(part.path, ...said);
  return block;
}

const isHeading = (part: Part | undefined) => part?.kind === "words" && part.text.endsWith(":");

/** The name of a container goes to the only controls in it if they have none, else in front of what it holds. */
export function titled(node: CapturedNode, block: Block | undefined): Block | undefined {
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
  if (block.lines.slice(0, MOST_ROW_LINES).some(isSaid) || isHeading(first.parts[0])) return block;
  const words: Part = { kind: "words", text: `${name}:` };
  if (more.length === 0 && first.parts[0]?.kind !== "fold")
    return { ...block, lines: [{ ...first, parts: [words, ...first.parts] }] };
  return { ...block, lines: [{ parts: [words], group: -1 }, ...block.lines] };
}
