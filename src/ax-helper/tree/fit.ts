import type { ShownLine } from "./shown.ts";

/** How folded groups are written. */
interface Folding {
  fold(group: number, count: number): ShownLine;
  /** An upper bound of the bytes of such a line. */
  foldBytes(group: number): number;
}

/** Lines of one group. */
interface Section {
  group: number;
  lines: ShownLine[];
  kept: Set<ShownLine>;
  /** Controls that its folding line counts; 0: it has none. */
  hidden: number;
}

/** How many lines a long section keeps at first. */
const HEAD = 3;

/** What a line counts for when it is hidden: its controls, or 1 for text alone. */
function countOf({ cells }: ShownLine): number {
  const controls = cells.filter(({ ref, hides }) => ref !== undefined && hides === 0).length;
  const hidden = cells.reduce((sum, { hides }) => sum + hides, 0);
  return controls + hidden || 1;
}

const isFold = ({ cells }: ShownLine) => (cells[0]?.hides ?? 0) > 0;

function sectionsOf(lines: ShownLine[]): Section[] {
  return [...Map.groupBy(lines, ({ group }) => Math.max(0, group))].map(([group, own]) => {
    const rows = own.filter((line) => !isFold(line));
    const hidden = own.filter(isFold).reduce((sum, line) => sum + countOf(line), 0);
    return { group, lines: rows, kept: new Set(rows), hidden };
  });
}

const bytesOfAll = (lines: Iterable<ShownLine>) => [...lines].reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Lines within so many bytes. Whatever is too much is folded, least useful first: the last rows of the largest groups
 * without the keyboard's focus, then such groups whole, at last everything but one line that counts all. Nothing is left
 * out without being counted.
 */
export function fit(lines: ShownLine[], most: number, folding: Folding): ShownLine[] {
  if (bytesOfAll(lines) <= most) return lines;
  const sections = sectionsOf(lines);
  let bytes = bytesOfAll(lines.filter((line) => !isFold(line)));
  for (const { group, hidden } of sections) if (hidden > 0) bytes += folding.foldBytes(group);
  const order = [...sections].sort(
    (a, b) =>
      Number(a.lines.some(isFocused)) - Number(b.lines.some(isFocused)) || bytesOfAll(b.lines) - bytesOfAll(a.lines),
  );
  for (const keep of [HEAD, 0])
    for (const section of order) {
      const rows = section.lines.filter((line) => section.kept.has(line));
      // Folding must be worth its own line.
      if (bytesOfAll(rows.slice(keep)) <= folding.foldBytes(section.group)) continue;
      for (let at = rows.length - 1; at >= keep && bytes > most; at--) {
        const row = rows[at];
        if (row === undefined || row.hasFocus) continue;
        if (section.hidden === 0) bytes += folding.foldBytes(section.group);
        section.hidden += countOf(row);
        section.kept.delete(row);
        bytes -= row.bytes;
      }
    }
  if (bytes > most) foldIntoWindow(sections, order, bytes - most, folding);
  return written(lines, sections, folding);
}

const isFocused = ({ hasFocus }: ShownLine) => hasFocus;

/** Folds whole sections, with their folding lines, into the one of the window until so many bytes are saved. */
function foldIntoWindow(sections: Section[], order: Section[], excess: number, folding: Folding): void {
  let window = sections.find(({ group }) => group === 0);
  if (window === undefined) {
    window = { group: 0, lines: [], kept: new Set(), hidden: 0 };
    sections.push(window);
  }
  let left = excess + (window.hidden === 0 ? folding.foldBytes(0) : 0);
  for (const section of [...order.filter((one) => one !== window), window]) {
    if (left <= 0) return;
    const hidden = [...section.kept].reduce((sum, line) => sum + countOf(line), 0);
    left -= bytesOfAll(section.kept);
    section.kept.clear();
    if (section === window) {
      window.hidden += hidden;
      continue;
    }
    if (section.hidden > 0) left -= folding.foldBytes(section.group);
    window.hidden += hidden + section.hidden;
    section.hidden = 0;
  }
}

/** The lines that are kept, each section's folding line behind the last of its lines. */
function written(lines: ShownLine[], sections: Section[], { fold }: Folding): ShownLine[] {
  const byGroup = new Map(sections.map((section) => [section.group, section]));
  const last = new Map(lines.map((line) => [Math.max(0, line.group), line]));
  const result: ShownLine[] = [];
  for (const line of lines) {
    const section = byGroup.get(Math.max(0, line.group));
    if (section === undefined) continue;
    if (section.kept.has(line)) result.push(line);
    if (section.hidden > 0 && section.group !== 0 && last.get(section.group) === line)
      result.push(fold(section.group, section.hidden));
  }
  const window = byGroup.get(0);
  if (window !== undefined && window.hidden > 0) result.push(fold(0, window.hidden));
  return result;
}
