import { type Detector, digitsOf, type Span } from "./detector.ts";
import type { Kind } from "./placeholder.ts";

const LETTER = /[\p{L}\p{N}]/u;
/** A shorter value is found by what stands around it, or not at all: it is a part of too many other texts. */
const SHORTEST = 6;
/** A shorter one is looked for as a word of its own only. */
const DISTINCT = 8;
/** Places of the table that says which beginnings occur at all; a power of two. */
const PLACES = 1 << 16;

interface Known {
  value: string;
  kind: Kind;
  /** Only where no letter or digit stands next to it. */
  isWhole: boolean;
}

/**
 * Values that are known to be private, wherever they turn up again: also where nothing around tells what they are.
 * However many there are, the time is that of one look at each place of the text.
 */
export function knownDetector(values: ReadonlyMap<string, Kind>): Detector {
  const byBeginning = new Map<number, Known[]>();
  const places = new Uint8Array(PLACES);
  const add = (value: string, kind: Kind) => {
    const beginning = beginningAt(value, 0);
    const others = byBeginning.get(beginning) ?? [];
    others.push({ value, kind, isWhole: value.length < DISTINCT || /^\d+$/.test(value) });
    byBeginning.set(beginning, others);
    places[beginning & (PLACES - 1)] = 1;
  };
  for (const [value, kind] of values) {
    if (value.length < SHORTEST || kind === "mark") continue;
    add(value, kind);
    const digits = kind === "phone" || kind === "card" ? digitsOf(value) : "";
    if (digits.length >= 7 && !values.has(digits)) add(digits, kind);
  }
  for (const others of byBeginning.values()) others.sort((a, b) => b.value.length - a.value.length);
  if (byBeginning.size === 0) return () => [];

  return (text) => {
    const spans: Span[] = [];
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      const beginning = beginningAt(text, at);
      if (places[beginning & (PLACES - 1)] === 0) continue;
      const found = byBeginning.get(beginning)?.find((one) => standsAt(text, at, one));
      if (found === undefined) continue;
      const end = at + found.value.length;
      spans.push({ start: at, end, kind: found.kind });
      at = end - 1;
    }
    return spans;
  };
}

/** A number that two texts share where they go on with the same six units, and seldom otherwise. */
function beginningAt(text: string, at: number): number {
  let sum = 0;
  for (let index = at; index < at + SHORTEST; index += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0;
  return sum ^ (sum >>> 15);
}

function standsAt(text: string, at: number, { value, isWhole }: Known): boolean {
  if (!text.startsWith(value, at)) return false;
  return !isWhole || !(LETTER.test(text[at - 1] ?? "") || LETTER.test(text[at + value.length] ?? ""));
}
