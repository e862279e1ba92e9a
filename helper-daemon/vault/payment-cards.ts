import { digitsOf, isWordAt, type Span } from "./detector.ts";

const RUN = /\d(?:[ -]?\d){11,}/g;
/** The same in the groups of a card, with other signs between them. */
const GROUPED = /(?<![\d.])(?:\d{4}([.+_])\d{4}\1\d{4}\1\d{4}|\d{4}([.+_])\d{6}\2\d{5})(?!\.?\d)/g;
const SEPARATOR = /[ -]/;
const SHORTEST = 12;

/** Numbers of payment cards: a known issuer's beginning and length, and a check digit that is right (Luhn). */
export function findPaymentCards(text: string): Span[] {
  const spans: Span[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (isInHash(text, index, index + run.length)) continue;
    spans.push(
      ...cardsIn(run).map(({ start, end }): Span => ({ start: index + start, end: index + end, kind: "card" })),
    );
  }
  for (const { 0: found, index } of text.matchAll(GROUPED)) {
    if (isCardNumber(digitsOf(found))) spans.push({ start: index, end: index + found.length, kind: "card" });
  }
  return spans;
}

/** Other numbers may stand next to a card's, so every stretch of whole groups is tried, the longest first. */
function cardsIn(run: string): { start: number; end: number }[] {
  const groups: { start: number; end: number }[] = [];
  for (let start = 0, index = 0; index <= run.length; index += 1) {
    if (index < run.length && !SEPARATOR.test(run[index] ?? "")) continue;
    groups.push({ start, end: index });
    start = index + 1;
  }
  const found: { start: number; end: number }[] = [];
  for (let first = 0; first < groups.length; first += 1) {
    const start = groups[first]?.start ?? 0;
    for (let last = Math.min(groups.length, first + 6) - 1; last >= first; last -= 1) {
      const end = groups[last]?.end ?? 0;
      if (end - start < SHORTEST) break;
      const digits = digitsOf(run.slice(start, end));
      if (!isCardNumber(digits)) continue;
      found.push({ start, end });
      first = last;
      break;
    }
  }
  return found;
}

/** Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro. */
const ISSUERS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d+|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:6011|64[4-9]\d|65\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6[37])\d{10,17})$/;

/** Whether digits are a card's number. */
function isCardNumber(digits: string): boolean {
  if (!ISSUERS.test(digits)) return false;
  const isMastercard = /^(?:5[1-5]|2)/.test(digits);
  return (!isMastercard || digits.length === 16) && /[1-9]/.test(digits.slice(1)) && isLuhn(digits);
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Whether the digits are a part of a hash, a UUID or a fraction. */
function isInHash(text: string, start: number, end: number): boolean {
  if (/\d\.$/.test(text.slice(Math.max(0, start - 2), start))) return true;
  let from = start;
  while (isWordAt(text, from - 1) && start - from < 64) from -= 1;
  let to = end;
  while (isWordAt(text, to) && to - end < 64) to += 1;
  const word = text.slice(from, to);
  return /^[0-9a-f]+$/i.test(word) && /[a-f]/i.test(word) && word.length > 19;
}
