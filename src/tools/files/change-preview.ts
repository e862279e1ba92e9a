import { grouped } from "../cut-output.ts";
import { visibleName } from "../visible-text.ts";
import { countOf } from "./folded-text.ts";

/** What a preview shows at most. */
const MOST = { lines: 300, characters: 16_000 };
/** What it shows of each side where the two cannot be compared. */
const HALF = { lines: 150, characters: 8_000 };
const MAX_LINE_CHARACTERS = 400;
/** Longer changes, and ones of more lines, are shown as old and new lines without looking for what they share. */
const MAX_COMPARED = 512 * 1024;
const MAX_EDITS = 1000;
const CONTEXT = 3;

/** The lines of a diff as far as they are shown, and how many it removes and adds in all. */
interface Diff {
  lines: string[];
  removed: number;
  added: number;
}

/**
 * A change as a person judges it: a unified diff, or the beginning of one with the number of lines that are not shown.
 * `before` is undefined for a new file. Equal texts give equal previews. Line ends are not shown; whoever calls says
 * where they change.
 */
export async function changePreview(name: string, before: string | undefined, after: string): Promise<string> {
  const file = visibleName(name);
  const heading = [`--- ${before === undefined ? "/dev/null" : file}`, `+++ ${file}`];
  const diff = await diffOf(before ?? "", after);
  const removed = diff.removed - diff.lines.filter((line) => line.startsWith("-")).length;
  const added = diff.added - diff.lines.filter((line) => line.startsWith("+")).length;
  const rest = `… ${grouped(removed + added)} more lines are not shown: ${grouped(removed)} removed, ${grouped(added)} added …`;
  return [...heading, ...diff.lines, ...(removed + added > 0 ? [rest] : [])].join("\n");
}

/** The hunks of a unified diff. Only the stretch from the first to the last difference is compared. */
async function diffOf(before: string, after: string): Promise<Diff> {
  const { start, oldEnd, newEnd } = changedStretch(before, after);
  const oldText = before.slice(start, oldEnd).replace(/\r\n/g, "\n");
  const newText = after.slice(start, newEnd).replace(/\r\n/g, "\n");
  const firstLine = countOf(before.slice(0, start), "\n");
  const lines = await comparedLines(oldText, newText, firstLine);
  if (lines === undefined) return uncompared(oldText, newText, firstLine);
  const count = (mark: string) => lines.filter((line) => line.startsWith(mark)).length;
  return { lines: clipped(lines, MOST), removed: count("-"), added: count("+") };
}

async function comparedLines(before: string, after: string, firstLine: number): Promise<string[] | undefined> {
  if (before.length > MAX_COMPARED || after.length > MAX_COMPARED) return undefined;
  const { structuredPatch } = await import("diff");
  // A limit of time instead of edits would not give the same preview each time.
  const options = { context: CONTEXT, maxEditLength: MAX_EDITS };
  const patch = structuredPatch("", "", before, after, "", "", options);
  return patch?.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    headOf(oldStart + firstLine, oldLines, newStart + firstLine, newLines),
    ...lines,
  ]);
}

/** The head of a hunk; a side of no lines is said to stand after the line before it. */
function headOf(oldStart: number, oldLines: number, newStart: number, newLines: number): string {
  const range = (from: number, count: number) => `${count === 0 ? from - 1 : from}${count === 1 ? "" : `,${count}`}`;
  return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;
}

/** Old and new lines of a stretch that is too long to be compared. */
function uncompared(before: string, after: string, firstLine: number): Diff {
  const part = (text: string, mark: string) => {
    const lines = text.split("\n", HALF.lines).map((line) => `${mark}${line}`);
    return { count: countOf(text, "\n") + (text === "" || text.endsWith("\n") ? 0 : 1), lines: clipped(lines, HALF) };
  };
  const [removed, added] = [part(before, "-"), part(after, "+")];
  const head = headOf(firstLine + 1, removed.count, firstLine + 1, added.count);
  const shown = [...removed.lines.slice(0, removed.count), ...added.lines.slice(0, added.count)];
  return { lines: [head, ...shown], removed: removed.count, added: added.count };
}

/** From where to where two texts differ, widened to whole lines and a few lines around them. */
function changedStretch(before: string, after: string): { start: number; oldEnd: number; newEnd: number } {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let tail = 0;
  while (
    tail < shortest - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail += 1;
  }
  for (let line = 0; line <= CONTEXT && start > 0; line += 1) start = before.lastIndexOf("\n", start - 2) + 1;
  let oldEnd = before.length - tail;
  for (let line = 0; line <= CONTEXT && oldEnd < before.length; line += 1) {
    const end = before.indexOf("\n", oldEnd);
    oldEnd = end === -1 ? before.length : end + 1;
  }
  return { start, oldEnd, newEnd: after.length - (before.length - oldEnd) };
}

/** The first lines, long ones cut short, as many as are shown. */
function clipped(lines: readonly string[], most: { lines: number; characters: number }): string[] {
  const shown: string[] = [];
  let characters = 0;
  for (const line of lines) {
    const hidden = line.length - MAX_LINE_CHARACTERS;
    const text = hidden > 0 ? `${line.slice(0, MAX_LINE_CHARACTERS)}… (${grouped(hidden)} more characters)` : line;
    characters += text.length + 1;
    if (shown.length === most.lines || characters > most.characters) break;
    shown.push(text);
  }
  return shown;
}
