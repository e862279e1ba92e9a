import { grouped } from "../cut-output.ts";
import { MAX_FILE_BYTES } from "./file-state.ts";
import { countOf, type FoldedText, foldText } from "./folded-text.ts";
import { nearestWords } from "./nearest-text.ts";

/** One exact replacement. */
export interface Edit {
  old: string;
  new: string;
  /** Every place instead of the only one. */
  all?: boolean | undefined;
}

/** A text after its edits, with the lines (from 1, in the new text) at which they begin; or why none was made. */
export type Edited = { type: "edited"; text: string; lines: number[] } | { type: "refused"; why: string };

/** Places of one edit beyond which it is a job for a command. */
const MAX_PLACES = 100_000;
const SHOWN_LINES = 10;

/** A stretch of the folded text, and what comes in its place. */
interface Place {
  start: number;
  end: number;
  edit: number;
}

/**
 * Makes all edits or none. Each is looked for in the text as it was before any of them, exactly, but for line ends: LF
 * finds CRLF, and the new text gets the line ends of what it replaces.
 */
export function applyEdits(original: string, edits: readonly Edit[]): Edited {
  const folded = foldText(original);
  const places: Place[] = [];
  for (const [index, edit] of edits.entries()) {
    const found = placesOf(folded, edits, index, edit);
    if (typeof found === "string") return refused(found);
    places.push(...found.map((start) => ({ start, end: start + lookedFor(folded, edit).length, edit: index })));
  }
  places.sort((a, b) => a.start - b.start);
  for (const [index, place] of places.entries()) {
    const next = places[index + 1];
    if (next === undefined || next.start >= place.end) continue;
    const line = grouped(lineAt(folded.text, next.start));
    return refused(`Edits ${place.edit + 1} and ${next.edit + 1} overlap in line ${line}. Make one edit of them.`);
  }
  return replaceAt(original, folded, places, edits);
}

const refused = (why: string): Edited => ({ type: "refused", why: `${why} Nothing was changed.` });

const lookedFor = ({ hasCrlf }: FoldedText, { old }: Edit): string => (hasCrlf ? old.replaceAll("\r\n", "\n") : old);

/** Where an edit's old text begins, or words about why it cannot be made. */
function placesOf(folded: FoldedText, edits: readonly Edit[], index: number, edit: Edit): number[] | string {
  const name = edits.length === 1 ? "The edit" : `Edit ${index + 1} of ${edits.length}`;
  if (edit.old === edit.new) return `${name} would change nothing: its old and new text are the same.`;
  const wanted = lookedFor(folded, edit);
  // Overlapping places count too: which of them is meant is just as unclear.
  const step = edit.all === true ? wanted.length : 1;
  const found: number[] = [];
  for (let at = folded.text.indexOf(wanted); at !== -1; at = folded.text.indexOf(wanted, at + step)) {
    if (found.push(at) <= MAX_PLACES) continue;
    return `${name}: its old text is there more than ${grouped(MAX_PLACES)} times. Give more of the text, or use a command.`;
  }
  if (found.length === 1 || (found.length > 1 && edit.all === true)) return found;
  if (found.length > 1) {
    const shown = found.slice(0, SHOWN_LINES).map((at) => grouped(lineAt(folded.text, at)));
    const lines = `lines ${shown.join("; ")}${found.length > SHOWN_LINES ? "; …" : ""}`;
    return `${name}: its old text is there ${grouped(found.length)} times (${lines}). Give more of the text around the one that is meant, or set all to true.`;
  }
  return `${name}: its old text is not in the file. ${hintOf(folded, edits, index, edit)}`;
}

function hintOf(folded: FoldedText, edits: readonly Edit[], index: number, edit: Edit): string {
  const wanted = lookedFor(folded, edit);
  if (edits.some((other, at) => at !== index && other.new.includes(wanted))) {
    return "Every edit is looked for in the file as it was before this call, so it cannot find what another one brings.";
  }
  if (!folded.hasCrlf && wanted.includes("\r\n")) return "The file's lines end with LF, not CRLF.";
  const at = edit.new.trim().length > 3 ? folded.text.indexOf(edit.new) : -1;
  const isThere = at === -1 ? "" : `Its new text is there already, in line ${grouped(lineAt(folded.text, at))}. `;
  return `${isThere}${nearestWords(folded.text, wanted)}`;
}

function replaceAt(original: string, folded: FoldedText, places: readonly Place[], edits: readonly Edit[]): Edited {
  const pieces: string[] = [];
  const lines: number[] = [];
  let line = 1;
  let length = 0;
  let from = 0;
  const add = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
    line += countOf(piece, "\n");
  };
  for (const { start, end, edit } of places) {
    const first = folded.original(start);
    const last = folded.original(end);
    add(original.slice(from, first));
    lines.push(line);
    const text = edits[edit]?.new ?? "";
    const lineEnd = folded.lineEndIn(original.slice(first, last));
    add(folded.hasCrlf && lineEnd === "\r\n" ? text.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n") : text);
    if (length > MAX_FILE_BYTES)
      return refused("The file would be longer than 64 MiB, which loopd could not take back.");
    from = last;
  }
  add(original.slice(from));
  return { type: "edited", text: pieces.join(""), lines };
}

function lineAt(text: string, offset: number): number {
  return countOf(text.slice(0, offset), "\n") + 1;
}
