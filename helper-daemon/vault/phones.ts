import { digitsOf, type Span } from "./detector.ts";

/** Anything that could hold a phone number at all; most text has none, and is done with here. */
const ENOUGH_DIGITS = /\d[\d \t()./\u00a0-]{4,}\d/;
const INTERNATIONAL = /(?:\+|%2B)(?<![\w+.](?:\+|%2B))\(?[1-9][\d ()./\u00a0-]{6,24}/gi;
const NATIONAL: readonly RegExp[] = [
  // North America: (415) 555-0134, 415-555-0134, 1-415-555-0134
  /(?<![\w.\-+/:(]|\d )(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[.\- ])\d{3}[.\- ]\d{4}(?!\w|[-./:]\d| \d)/g,
  // An area code with its zero: (030) 1234567, 0171-234 5678, 0049 171 2345678
  /\(0\d{1,5}\)[ /-]?\d[\d -]{4,11}\d(?!\w)/g,
  /0(?<!(?:[\w.\-+/:,]|\d )0)\d{2,5}[ /-]\d[\d /-]{4,13}\d(?!\w|[-./:]\d)/g,
  // Pairs: 06 12 34 56 78
  /0(?<!(?:[\w.\-+/:,]|\d )0)[1-9](?:([ .-])\d\d)(?:\1\d\d){3}(?!\w|[-./: ]\d)/g,
  /00(?<![\w.]00)[1-9]\d{9,13}(?!\w)/g,
  // Japan, China, Brazil, Russia: 03-1234-5678, 138 0013 8000, (11) 98765-4321, 8 (495) 123-45-67
  /0(?<!(?:[\w.\-+/:,]|\d )0)\d{1,4}-\d{1,4}-\d{4}(?!\w|[-./:]\d| \d)/g,
  /1(?<!(?:[\w.\-+/:,]|\d )1)[3-9]\d[ -]\d{4}[ -]\d{4}(?!\w|[-./:]\d| \d)/g,
  /\([1-9]\d\) ?\d{4,5}-\d{4}(?!\w|[-./:]\d)/g,
  /(?:8 ?)?\([3489]\d\d\) ?\d{3}-\d\d-\d\d(?!\w|[-./:]\d)/g,
];
const LABELLED =
  /(?<![a-z])(?:tele)?(?:phone|mobile|cell|tel|telefon|handy|fax|whatsapp|sms|msisdn)(?:[ _-]?(?:number|no|nr))?(?![a-z])[^\w\n+(]{1,6}([+(]?\d[\d ()./\u00a0-]{4,20}\d)(?!\w)/gi;
const LABEL =
  /(?:^|[^a-z])(?:phone|mobile|cell|tel|telephone|telefon|handy|fax|whatsapp|sms|msisdn)(?:[^a-z]|number|no$|nr$|$)|[a-z](?:Phone|Mobile|Fax|Tel)/i;

/** Phone numbers: international ones, the usual national spellings, and whatever follows a word for phone. */
export function findPhones(text: string): Span[] {
  if (!ENOUGH_DIGITS.test(text)) return [];
  const spans: Span[] = [];
  const hasPlus = text.includes("+") || /%2b/i.test(text);
  for (const { 0: found, index } of hasPlus ? text.matchAll(INTERNATIONAL) : []) {
    const end = internationalEnd(found);
    if (end !== undefined) spans.push({ start: index, end: index + end, kind: "phone" });
  }
  for (const pattern of NATIONAL) {
    for (const { 0: found, index } of text.matchAll(pattern)) {
      if (isNational(found)) spans.push({ start: index, end: index + found.length, kind: "phone" });
    }
  }
  for (const { 0: found, 1: number = "", index } of text.matchAll(LABELLED)) {
    const start = index + found.length - number.length;
    if (isDialled(number)) spans.push({ start, end: start + number.length, kind: "phone" });
  }
  return spans;
}

/** Whether a value under a key is a phone number, because the key says so. */
export function isPhoneUnder(key: string, value: string): boolean {
  return LABEL.test(key) && /^[+(]?\d[\d ()./\u00a0-]*\d$/.test(value) && isDialled(value);
}

function isDialled(number: string): boolean {
  const count = digitsOf(number).length;
  return count >= 7 && count <= 15 && !isDate(number);
}

function isNational(number: string): boolean {
  const count = digitsOf(number).length;
  return count >= 9 && count <= 15 && !isDate(number);
}

function isDate(number: string): boolean {
  return (
    /^\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d\b/.test(number) ||
    /^(?:19|20)\d\d[-/. ]\d\d?[-/. ]\d\d?(?!\d)/.test(number)
  );
}

/** Ends where a number may end: at most 15 digits, in whole groups, 11 after +1. */
function internationalEnd(found: string): number | undefined {
  const most = /^(?:\+|%2B)\(?1(?!\d{0,1}$)/i.test(found) ? 11 : 15;
  const prefix = /^(?:\+|%2B)/i.exec(found)?.[0].length ?? 1;
  let digits = 0;
  let end: number | undefined;
  for (let index = prefix; index < found.length; index += 1) {
    const isDigit = /\d/.test(found[index] ?? "");
    if (!isDigit && /[^\d)]{3}/.test(found.slice(index, index + 3))) break;
    if (isDigit) digits += 1;
    if (digits > most) break;
    const isGroupEnd = isDigit && !/\d/.test(found[index + 1] ?? "");
    if (isGroupEnd && digits >= 8) end = index + 1;
  }
  return end;
}
