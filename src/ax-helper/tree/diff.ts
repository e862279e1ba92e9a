import type { Cell, Shown } from "./shown.ts";

const NOTHING = ": nothing changed";
/** Values shorter than this are always written whole. */
const SHORT_VALUE = 32;
/** What is kept of the unchanged text around a change. */
const AROUND = 8;

/** What changed of a value: the middle that differs, and a little around it. Shorter values are given whole. */
function changedValue(before: string, after: string): string {
  if (after.length <= SHORT_VALUE) return after;
  const [old, now] = [[...before], [...after]];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start++;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const from = start > 2 * AROUND ? start - AROUND : 0;
  const to = end > 2 * AROUND ? now.length - end + AROUND : now.length;
  return `${from > 0 ? "…" : ""}${now.slice(from, to).join("")}${to < now.length ? "…" : ""}`;
}

/** A cell that changed, as short as it can be told. */
function changedCell(before: Cell, after: Cell): string {
  if (before.value === undefined || after.value === undefined || before.value === after.value) return after.text;
  return after.text.slice(0, after.text.length - after.value.length) + changedValue(before.value, after.value);
}

/** How often each text stands in lines of which no control is missing from the other window. */
function wordCounts({ lines }: Shown, now: ReadonlyMap<string, Cell>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { cells } of lines)
    if (!hasOther(cells, now))
      for (const { ref, text } of cells) if (ref === undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Whether a line has a control that the other window has not: its texts come and go with that. */
function hasOther(cells: Cell[], other: ReadonlyMap<string, Cell>): boolean {
  return cells.some(({ ref }) => ref !== undefined && !other.has(ref));
}

const byRef = ({ lines }: Shown) =>
  new Map(lines.flatMap(({ cells }) => cells.flatMap((cell) => (cell.ref === undefined ? [] : [[cell.ref, cell]]))));

/** Takes one of a text away from what is left of it; whether there was one. */
function take(counts: Map<string, number>, text: string): boolean {
  const left = counts.get(text) ?? 0;
  if (left > 0) counts.set(text, left - 1);
  return left > 0;
}

/**
 * What changed from one rendering of a window to the next: changed controls, lines of what is new, and what is gone.
 * `number` tells the model which of the changes since the last full screen it is.
 */
export function diff(before: Shown, after: Shown, number: number): string {
  const [old, now] = [byRef(before), byRef(after)];
  const oldWords = wordCounts(before, now);
  const out = [`diff ${number}`];
  if (before.header !== after.header) out.push(`title: ${after.header}`);
  const fresh: string[] = [];
  for (const { cells } of after.lines) {
    const isNewLine = hasOther(cells, old);
    const isNew = ({ ref, text }: Cell) => (ref === undefined ? isNewLine || !take(oldWords, text) : !old.has(ref));
    const added = cells.filter(isNew);
    if (added.length > 0) fresh.push(`new: ${added.map(({ text }) => text).join(" | ")}`);
    const changed = cells.flatMap((cell) => {
      const was = cell.ref === undefined ? undefined : old.get(cell.ref);
      return was === undefined || was.text === cell.text ? [] : [changedCell(was, cell)];
    });
    if (changed.length > 0) out.push(changed.join(" | "));
  }
  out.push(...fresh);
  const gone = [...old.keys()].filter((ref) => !now.has(ref));
  for (const [text, left] of oldWords) for (let i = 0; i < left; i++) gone.push(`"${text.replaceAll('"', "'")}"`);
  if (gone.length > 0) out.push(`gone: ${gone.join(" | ")}`);
  if (out.length === 1) out[0] = `diff ${number}${NOTHING}`;
  return out.join("\n");
}

/** Whether a diff says that nothing changed. */
export function isNothing(changes: string): boolean {
  return changes.endsWith(NOTHING) && !changes.includes("\n");
}
