import type { Span } from "./detector.ts";

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** What belongs to a key whose end is not there. */
const BODY = /(?:\s|\\[nr]|[A-Za-z0-9+/=:,-])*/y;
const LONGEST = 20_000;
const PUTTY = /^Private-Lines: \d{1,4}\s{1,4}((?:[A-Za-z0-9+/=]{1,120}\s{0,2}){1,200})/gm;

/** Blocks that hold a private key, also such that were cut off. */
export function findPrivateKeys(text: string): Span[] {
  const spans: Span[] = [];
  if (text.includes("PRIVATE KEY-----") || text.includes("KEY BLOCK-----")) {
    const ends = [...text.matchAll(END)].map(({ 0: found, index }) => index + found.length);
    let next = 0;
    let last = 0;
    for (const { 0: found, index } of text.matchAll(BEGIN)) {
      if (index < last) continue;
      const from = index + found.length;
      while ((ends[next] ?? Infinity) < from) next += 1;
      const whole = ends[next] ?? Infinity;
      BODY.lastIndex = from;
      const body = BODY.exec(text)?.[0] ?? "";
      last = whole - from <= LONGEST ? whole : from + body.trimEnd().length;
      spans.push({ start: index, end: last, kind: "secret" });
    }
  }
  if (text.includes("Private-Lines:")) {
    for (const { 0: whole, 1: lines = "", index } of text.matchAll(PUTTY)) {
      const start = index + whole.length - lines.length;
      spans.push({ start, end: start + lines.trimEnd().length, kind: "secret" });
    }
  }
  return spans;
}
