import { isWordAt, type Span } from "./detector.ts";

const BEGINNING = /[A-Za-z]{2}\d{2}/g;
/** What follows a beginning, wherever another one may begin inside of it. */
const REST = /(?:[ .+-]?[A-Za-z0-9]){11,30}/y;

/** Length of an IBAN by country, from the SWIFT registry. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  "NO15 BE16 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 CH21 HR21 LI21 LV21 BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 VA23 AD24 CZ24 ES24 MD24 PK24 RO24 SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 GT28 HU28 LB28 NI28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 MT31 SC31 LC32 RU33"
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** International bank account numbers: a country, its length, and check digits that are right (mod 97). */
export function findIbans(text: string): Span[] {
  const spans: Span[] = [];
  for (const { 0: beginning, index } of text.matchAll(BEGINNING)) {
    const length = LENGTHS[beginning.slice(0, 2).toUpperCase()];
    if (length === undefined || isWordAt(text, index - 1)) continue;
    REST.lastIndex = index + beginning.length;
    const run = beginning + (REST.exec(text)?.[0] ?? "");
    const end = endOf(run, length);
    const isWhole = end !== undefined && !isWordAt(text, index + end);
    if (isWhole && isValid(run.slice(0, end))) spans.push({ start: index, end: index + end, kind: "iban" });
  }
  return spans;
}

function endOf(run: string, length: number): number | undefined {
  let count = 0;
  for (let index = 0; index < run.length; index += 1) {
    if (isWordAt(run, index)) count += 1;
    if (count === length) return index + 1;
  }
  return undefined;
}

function isValid(text: string): boolean {
  const compact = text.replace(/[ .+-]/g, "").toUpperCase();
  let rest = 0;
  for (const one of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(one, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
