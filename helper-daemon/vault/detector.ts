import type { Kind } from "./placeholder.ts";

/** A place in a text that holds something private: from `start` up to, not including, `end`. */
export interface Span {
  start: number;
  end: number;
  kind: Kind;
}

/** Finds one kind of private text. Linear in the length of the text, whatever it holds; spans may overlap. */
export type Detector = (text: string) => Span[];

const ALPHANUMERIC = /[A-Za-z0-9]/;

/** Whether a letter or digit of ASCII stands at a place. */
export function isWordAt(text: string, index: number): boolean {
  const one = text[index];
  return one !== undefined && ALPHANUMERIC.test(one);
}

/** Digits of a text, nothing else. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}

/** Earliest first, the longest of those that begin together, none that overlaps an earlier one. */
export function withoutOverlaps(spans: Span[]): Span[] {
  if (spans.length < 2) return spans;
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Span[] = [];
  for (const span of spans) {
    const last = kept.at(-1);
    if (last === undefined || span.start >= last.end) kept.push(span);
    // What sticks out of the last one is private too.
    else if (span.end > last.end) kept[kept.length - 1] = { ...last, end: span.end };
  }
  return kept;
}
