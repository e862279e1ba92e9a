import type { Line } from "./screen.ts";

/** Lines that belong together, and where they are. */
export interface Block {
  lines: Line[];
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Side by side: blocks of which each covers at least half of the height that they share. */
interface Band {
  blocks: Block[];
  /** What all of them cover. */
  top: number;
  bottom: number;
}

/** Whether a block covers at least half of the height that it shares with others. */
export function isBeside(block: Block, band: Pick<Band, "top" | "bottom">): boolean {
  const height = Math.min(block.bottom - block.top, band.bottom - band.top);
  const shared = Math.min(block.bottom, band.bottom) - Math.max(block.top, band.top);
  return height > 0 && shared * 2 >= height;
}

function bandsOf(blocks: Block[]): Band[] {
  const sorted = [...blocks].sort((a, b) => a.top - b.top || a.bottom - b.bottom);
  const bands: Band[] = [];
  for (const block of sorted) {
    const band = bands.at(-1);
    if (band === undefined || !isBeside(block, band)) {
      bands.push({ blocks: [block], top: block.top, bottom: block.bottom });
      continue;
    }
    band.blocks.push(block);
    band.top = Math.max(band.top, block.top);
    band.bottom = Math.min(band.bottom, block.bottom);
  }
  return bands;
}

/** Whether a block is one line. */
export const isLine = ({ lines }: Block) => lines.length === 1;
/** A line that folds something stays alone. */
export const isFold = ({ lines }: Block) => lines[0]?.parts[0]?.kind === "fold";

/** Blocks of a line each as one line. */
export function joined(blocks: Block[]): Line {
  const groups = new Set(blocks.map(({ lines }) => lines[0]?.group ?? -1));
  const [group = -1] = groups;
  return { parts: blocks.flatMap(({ lines }) => lines[0]?.parts ?? []), group: groups.size === 1 ? group : -1 };
}

/** Single lines from a place on that are beside each other. */
function runFrom(row: Block[], from: number): Block[] {
  const run: Block[] = [];
  let shared: Band | undefined;
  for (let at = from; at < row.length; at++) {
    const block = row[at];
    if (block === undefined || !isLine(block) || isFold(block)) break;
    if (shared !== undefined && !isBeside(block, shared)) break;
    const { top, bottom } = block;
    shared = { blocks: [], top: Math.max(top, shared?.top ?? top), bottom: Math.min(bottom, shared?.bottom ?? bottom) };
    run.push(block);
  }
  return run;
}

/**
 * Blocks as one, in the order in which a person reads: from top to bottom, what is side by side from left to right. Rows
 * of single lines become one line; columns of several lines follow each other.
 */
export function stack(blocks: Block[]): Block | undefined {
  const [first] = blocks;
  if (first === undefined || blocks.length === 1) return first;
  const lines: Line[] = [];
  for (const band of bandsOf(blocks)) {
    const row = band.blocks.sort((a, b) => a.left - b.left);
    for (let at = 0; at < row.length; at++) {
      const run = runFrom(row, at);
      if (run.length > 1) lines.push(joined(run));
      else for (const line of row[at]?.lines ?? []) lines.push(line);
      at += Math.max(0, run.length - 1);
    }
  }
  return boundsOf(blocks, lines);
}

/** Lines with the bounds of the blocks that they came from. */
export function boundsOf(blocks: Block[], lines: Line[]): Block {
  const bounds: Block = { lines, left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { left, right, top, bottom } of blocks) {
    bounds.left = Math.min(bounds.left, left);
    bounds.right = Math.max(bounds.right, right);
    bounds.top = Math.min(bounds.top, top);
    bounds.bottom = Math.max(bounds.bottom, bottom);
  }
  return bounds;
}
