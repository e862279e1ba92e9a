import { type Block, boundsOf, isBeside, isFold, isLine, joined } from "./rows.ts";
import type { Line } from "./screen.ts";

/** Rounding makes neighbours overlap by so many points. */
const ROUNDING = 2;

/**
 * Blocks in the order of the document, those of a text that wraps joined. What goes on in the next row has the left edge of its
 * whole paragraph, so its place does not tell what stands before it: the order does.
 */
export function flowed(blocks: readonly Block[]): Block[] {
  const result: Block[] = [];
  let run: Block[] = [];
  let wraps = false;
  const close = () => {
    if (wraps) result.push(boundsOf(run, rowsOf(run)));
    else for (const block of run) result.push(block);
    [run, wraps] = [[], false];
  };
  for (const block of blocks) {
    const before = run.at(-1);
    const isWrapped = before !== undefined && isInline(before) && isInline(block) && isAround(before, block);
    if (before !== undefined && !isWrapped && !follows(before, block)) close();
    run.push(block);
    wraps ||= isWrapped;
  }
  close();
  return result;
}

/** Text, or a link: what wraps as words do. */
function isInline({ lines }: Block): boolean {
  const [part, ...others] = lines.length === 1 ? (lines[0]?.parts ?? []) : [];
  return others.length === 0 && (part?.kind === "words" || (part?.kind === "control" && part.letter === "l"));
}

/** Whether one of two covers a part of the other, which only what wraps does. */
function isAround(before: Block, after: Block): boolean {
  const across = Math.min(before.right, after.right) - Math.max(before.left, after.left);
  return across > ROUNDING && isBeside(before, after);
}

/** Whether one goes on where the other ends, in the same row. */
function follows(before: Block, after: Block): boolean {
  if (!isLine(before) || isFold(before) || !isLine(after) || isFold(after)) return false;
  const gap = after.left - before.right;
  const height = Math.min(before.bottom - before.top, after.bottom - after.top);
  return gap >= -ROUNDING && gap * 2 <= height && isBeside(before, after);
}

/** What begins in one row is a line. */
function rowsOf(blocks: readonly Block[]): Line[] {
  const rows: { blocks: Block[]; top: number; bottom: number }[] = [];
  for (const block of blocks) {
    const { top, bottom } = block;
    const row = rows.at(-1);
    if (row === undefined || !isBeside(block, row)) {
      rows.push({ blocks: [block], top, bottom });
      continue;
    }
    row.blocks.push(block);
    row.top = Math.max(row.top, top);
    row.bottom = Math.min(row.bottom, bottom);
  }
  return rows.map((row) => joined(row.blocks));
}
