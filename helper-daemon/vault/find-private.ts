import type { RedactionKind } from "../../src/protocol/config.ts";
import { type Detector, type Span, withoutOverlaps } from "./detector.ts";
import { findEmails } from "./emails.ts";
import { findIbans } from "./ibans.ts";
import { findPaymentCards } from "./payment-cards.ts";
import { findPhones } from "./phones.ts";
import { findSecrets } from "./secrets.ts";

/** One detector for each kind that needs no list of words. */
const DETECTORS: Readonly<Record<Exclude<RedactionKind, "word">, Detector>> = {
  email: findEmails,
  phone: findPhones,
  card: findPaymentCards,
  iban: findIbans,
  secret: findSecrets,
};

/** The detectors of these kinds. */
export function detectorsOf(kinds: readonly RedactionKind[]): Detector[] {
  return kinds.flatMap((kind) => (kind === "word" ? [] : [DETECTORS[kind]]));
}

/** A private place with what it really holds, which is shorter than its spelling where that uses escapes of JSON. */
export interface Finding extends Span {
  value: string;
}

const ESCAPES = /\\(?:u00([2-7][0-9a-f])|\/)/gi;

/** Everything private in a text, in its order, without overlaps. Looks through `\u0040` and `\/` of JSON in the text. */
export function findPrivate(text: string, detectors: readonly Detector[]): Finding[] {
  if (text.includes("\\")) {
    const plain = unescaped(text);
    if (plain !== undefined)
      return foundIn(plain.text, detectors).map((one) => ({
        ...one,
        start: plain.at(one.start),
        end: plain.at(one.end),
      }));
  }
  return foundIn(text, detectors);
}

function foundIn(text: string, detectors: readonly Detector[]): Finding[] {
  const spans = withoutOverlaps(detectors.flatMap((detector) => detector(text)));
  return spans.map((span) => ({ ...span, value: text.slice(span.start, span.end) }));
}

/** The text without escapes, and where each of its places is in the original. Undefined where there are none. */
function unescaped(text: string): { text: string; at(index: number): number } | undefined {
  const starts: number[] = [];
  const shifts: number[] = [];
  let shift = 0;
  const plain = text.replace(ESCAPES, (escape: string, code: string | undefined, offset: number) => {
    starts.push(offset - shift);
    shift += escape.length - 1;
    shifts.push(shift);
    return code === undefined ? "/" : String.fromCharCode(Number.parseInt(code, 16));
  });
  if (starts.length === 0) return undefined;
  const at = (index: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return index + (shifts[low - 1] ?? 0);
  };
  return { text: plain, at };
}
