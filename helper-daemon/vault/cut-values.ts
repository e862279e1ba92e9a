import type { Detector, Span } from "./detector.ts";
import type { Kind } from "./placeholder.ts";

/** What long output looks like where it is cut, how a part of it begins (`cut-output.ts`, `read-more.ts`), how a title ends. */
const LEFT_OUT = /\n\u2026 [\d,]+ bytes left out; .* \u2026\n/g;
const ENDS_CUT = "\u2026";
const HEADING = /^\[bytes \d+-\d+ of \d+[^\n]*\]\n/;
/** A shorter piece of a value tells nothing. */
const SHORTEST_PIECE = 4;

/** Pieces of known values at the places where output was cut through them. */
export function cutDetector(known: ReadonlyMap<string, Kind>): Detector {
  const values = [...known].filter(([value, kind]) => kind !== "mark" && value.length > SHORTEST_PIECE);
  return (text) => {
    const spans: Span[] = [];
    const heading = HEADING.exec(text);
    const cuts = text.includes("bytes left out") ? [...text.matchAll(LEFT_OUT)] : [];
    const isTitle = text.endsWith(ENDS_CUT);
    if (heading === null && cuts.length === 0 && !isTitle) return spans;
    const starts = [...(heading === null ? [] : [heading[0].length]), ...cuts.map((cut) => cut.index + cut[0].length)];
    const ends = [...(heading === null ? [] : [text.length]), ...cuts.map((cut) => cut.index)];
    if (isTitle) ends.push(text.length - ENDS_CUT.length);
    for (const [value, kind] of values) {
      for (let length = value.length - 1; length >= SHORTEST_PIECE; length -= 1) {
        const [first, last] = [value.slice(0, length), value.slice(-length)];
        for (const end of ends) if (text.endsWith(first, end)) spans.push({ start: end - length, end, kind });
        for (const start of starts) if (text.startsWith(last, start)) spans.push({ start, end: start + length, kind });
      }
    }
    return spans;
  };
}
