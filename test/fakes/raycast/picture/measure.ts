/** Widths of Helvetica's letters in thousandths of their size, from its metrics; others as their kind. */
const WIDTHS: Readonly<Record<string, number>> = {};
const GROUPS: readonly [number, string][] = [
  [222, "ijl'|"],
  [278, " !,./:;I[\\]ft"],
  [333, '()`-r*"'],
  [500, "ckvxyzJs"],
  [556, "abdeghnopqu0123456789?L_$#"],
  [611, "FTZ"],
  [667, "ABEKPSVXY&"],
  [722, "CDHNRUw"],
  [778, "GOQ"],
  [833, "Mm"],
  [889, "%"],
  [944, "W"],
  [1015, "@"],
  [584, "+<=>~"],
];
for (const [width, letters] of GROUPS) for (const letter of letters) (WIDTHS as Record<string, number>)[letter] = width;
/** Fonts of other machines are a little wider than Helvetica. */
const SLACK = 1.03;
const MONO = 602;
const BOLD = 1.06;

/** How a piece of text looks, as far as its width depends on it. */
export interface Look {
  size: number;
  isBold?: boolean;
  isMono?: boolean;
}

/** Width of a text in pixels. */
export function widthOf(text: string, { size, isBold = false, isMono = false }: Look): number {
  let sum = 0;
  for (const letter of text) sum += isMono ? MONO : (WIDTHS[letter] ?? (letter > "\u2e80" ? 1_000 : 600));
  return (sum / 1_000) * size * SLACK * (isBold ? BOLD : 1);
}

/** The text, or as much of it as fits with an ellipsis. */
export function shortened(text: string, width: number, look: Look): string {
  const line = text.replaceAll(/\s+/g, " ");
  if (widthOf(line, look) <= width) return line;
  let kept = line;
  while (kept !== "" && widthOf(`${kept}…`, look) > width) kept = kept.slice(0, -1);
  return kept === "" ? "" : `${kept.trimEnd()}…`;
}

/** Lines of a text that fit; a word that does not fit by itself is cut where it must. */
export function wrapped(text: string, width: number, look: Look): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line !== "" && widthOf(line + word.trimEnd(), look) > width) {
        lines.push(line.trimEnd());
        line = "";
      }
      line += word;
      while (widthOf(line.trimEnd(), look) > width && line.length > 1) {
        let end = line.length - 1;
        while (end > 1 && widthOf(line.slice(0, end), look) > width) end--;
        lines.push(line.slice(0, end));
        line = line.slice(end);
      }
    }
    return [...lines, line.trimEnd()];
  });
}
