/**
 * Text with every line end as LF, and the way back to the text as it is, so that what is searched need not know which
 * line ends a file has.
 */
export interface FoldedText {
  text: string;
  /** Whether any line ends with CRLF. */
  hasCrlf: boolean;
  /** Where an offset of `text` stands in the text as it is. */
  original(offset: number): number;
  /** The line end that a text in place of this stretch of the original should have. */
  lineEndIn(stretch: string): "\n" | "\r\n";
}

const NEWLINE = 10;
const RETURN = 13;

/** Folds the line ends of a text. */
export function foldText(original: string): FoldedText {
  if (!original.includes("\r\n")) {
    return { text: original, hasCrlf: false, original: (offset) => offset, lineEndIn: () => "\n" };
  }
  // Unit by unit into arrays of numbers: a replacement would make millions of strings of a long file.
  const units = new Uint16Array(original.length);
  /** Offsets in `text` of the line ends that were CRLF. */
  const folds = new Uint32Array(countOf(original, "\r"));
  let length = 0;
  let folded = 0;
  for (let at = 0; at < original.length; at += 1) {
    const unit = original.charCodeAt(at);
    if (unit === RETURN && original.charCodeAt(at + 1) === NEWLINE) folds[folded++] = length;
    else units[length++] = unit;
  }
  const text = Buffer.from(units.buffer, 0, length * 2).toString("utf16le");
  const usual = folded * 2 >= countOf(text, "\n") ? "\r\n" : "\n";
  return {
    text,
    hasCrlf: true,
    original: (offset) => offset + countBelow(folds.subarray(0, folded), offset),
    lineEndIn: (stretch) => {
      if (stretch.includes("\r\n")) return "\r\n";
      return stretch.includes("\n") ? "\n" : usual;
    },
  };
}

/** How often a text holds another. */
export function countOf(text: string, wanted: string): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
}

/** How many of the rising numbers are below a limit. */
function countBelow(rising: Uint32Array, limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
