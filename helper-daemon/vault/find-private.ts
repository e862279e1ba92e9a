import type { RedactionKind } from "../../src/protocol/config.ts";
import { type Detector, type Span, withoutOverlaps } from "./detector.ts";
import { findEmails } from "./emails.ts";
import { findIbans } from "./ibans.ts";
import { findPaymentCards } from "./payment-cards.ts";
import { findPhones } from "./phones.ts";
import { findSecrets } from "./secrets.ts";
import { respelled, unescaped } from "./spellings.ts";

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

/**
 * Everything private in a text, in its order, without overlaps. Looks through escapes of JSON, whose values are what they
 * stand for, and through other spellings, whose values are as they are written.
 */
export function findPrivate(text: string, detectors: readonly Detector[]): Finding[] {
  const plain = unescaped(text);
  if (plain === undefined) return foundIn(text, detectors);
  return foundIn(plain.text, detectors).map((one) => ({ ...one, start: plain.at(one.start), end: plain.at(one.end) }));
}

function foundIn(text: string, detectors: readonly Detector[]): Finding[] {
  const spans = spansOf(text, detectors);
  const other = respelled(text);
  if (other !== undefined) {
    for (const { start, end, kind } of spansOf(other.text, detectors))
      spans.push({ start: other.at(start), end: other.at(end), kind });
  }
  return withoutOverlaps(spans).map((span) => ({ ...span, value: text.slice(span.start, span.end) }));
}

function spansOf(text: string, detectors: readonly Detector[]): Span[] {
  const spans: Span[] = [];
  // One by one: what is found may be more than fits on the stack at once.
  for (const detector of detectors) for (const span of detector(text)) spans.push(span);
  return spans;
}
