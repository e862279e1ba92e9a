import type { RedactionKind } from "../../src/protocol/config.ts";
import type { Detector, Span } from "./detector.ts";
import { cutDetector } from "./cut-values.ts";
import { detectorsOf, findPrivate } from "./find-private.ts";
import { knownDetector } from "./known-values.ts";
import type { Ledger } from "./ledger.ts";
import { mapText, type TextChange, type Whose } from "./map-text.ts";
import { isPhoneUnder } from "./phones.ts";
import { type Kind, PLACEHOLDER, placeholderOf } from "./placeholder.ts";
import { isSecretUnder } from "./secrets.ts";
import { wordDetector } from "./words.ts";

/**
 * Where a text comes from.
 * `world`: from a person, a file, a tool. Whatever is known to be private is replaced, and what looks like a placeholder.
 * `model`: from a model, which speaks in placeholders. They stay; whatever else is known to be private is replaced.
 * `ours`: from the trace, replaced before. The last line of defence: the same text always becomes the same, also after a
 * restart and whatever has become known since, so that requests extend each other byte for byte.
 */
export type From = "world" | "model" | "ours";

/** What is looked for. */
export interface CodecOptions {
  ledger: Ledger;
  kinds: readonly RedactionKind[];
  words: readonly string[];
  /** How many values the last line of defence looks for. */
  seeded: number;
}

/** Puts placeholders in the place of private values, for one session. */
export interface Codec {
  text(text: string, from: From): string;
  json<T>(value: T, from: From, whose: Whose): T;
  /** Takes note of the private values of a text. */
  learn(text: string): void;
}

/** A text may need another pass, because a replacement changes what stands next to something else. */
const PASSES = 4;

/** A codec over the values of a ledger. */
export function createCodec({ ledger, kinds, words, seeded }: CodecOptions): Codec {
  const fixed: Detector[] = [...detectorsOf(kinds), ...(kinds.includes("word") ? [wordDetector(words)] : [])];
  const defence = [...fixed, knownDetector(ledger.known(seeded))];
  let newest = { count: -1, detectors: fixed };
  const everything = (): Detector[] => {
    if (newest.count !== ledger.count()) {
      const known = ledger.known(Infinity);
      newest = { count: ledger.count(), detectors: [...fixed, knownDetector(known), cutDetector(known)] };
    }
    return newest.detectors;
  };

  const replaced = (text: string, detectors: readonly Detector[]): string => {
    const found = findPrivate(text, detectors);
    if (found.length === 0) return text;
    let at = 0;
    const parts = found.map(({ start, end, kind, value }) => {
      const part = text.slice(at, start) + placeholderOf(ledger.tokenOf(kind, value));
      at = end;
      return part;
    });
    return parts.join("") + text.slice(at);
  };
  /** Replaces everything but placeholders. */
  const around = (text: string, detectors: readonly Detector[]): string => {
    const held = text.includes(`:${ledger.nonce}>`) ? text.match(PLACEHOLDER) : null;
    if (held === null) return replaced(text, detectors);
    return text
      .split(PLACEHOLDER)
      .map((part, index) => replaced(part, detectors) + (held[index] ?? ""))
      .join("");
  };
  /** Goes on until nothing is found any more; then the last line of defence, which looks for less, finds nothing either. */
  const settled = (text: string): string => {
    let last = text;
    for (let pass = 0; pass < PASSES; pass += 1) {
      const next = around(last, everything());
      if (next === last) return last;
      last = next;
    }
    return around(last, defence);
  };
  const redacted = (text: string, from: From): string => {
    if (text.length < 3) return text;
    if (from === "ours") return around(text, defence);
    const first = from === "world" ? replaced(text, [lookAlikes, ...everything()]) : around(text, everything());
    return first === text ? text : settled(first);
  };
  /** Recently seen whole, so that a long text is looked at once on its way from a tool to the model. */
  const seen = createMemo();
  const text = (one: string, from: From): string => {
    const known = from === "ours" ? seen.get(one) : undefined;
    if (known !== undefined) return known;
    const result = redacted(one, from);
    if (from === "ours") seen.set(one, result);
    else seen.set(result, result);
    return result;
  };
  const under = (key: string, value: string): Kind | undefined => {
    if (key === "") return undefined;
    if (kinds.includes("secret") && isSecretUnder(key, value)) return "secret";
    return kinds.includes("phone") && isPhoneUnder(key, value) ? "phone" : undefined;
  };
  const change = (from: From): TextChange => {
    const valueAt = (value: string, key: string): string => {
      const kind = under(key, value);
      return kind === undefined ? text(value, from) : placeholderOf(ledger.tokenOf(kind, value));
    };
    return {
      text: valueAt,
      number: (value, key) => {
        const digits = String(value);
        const changed = digits.length < 6 ? digits : valueAt(digits, key);
        return changed === digits ? value : changed;
      },
    };
  };
  const changes = { world: change("world"), model: change("model"), ours: change("ours") };
  return {
    text,
    json: (value, from, whose) => mapText(value, changes[from], whose),
    learn: (one) => void replaced(one, everything()),
  };
}

const lookAlikes: Detector = (text) =>
  [...text.matchAll(PLACEHOLDER)].map(({ 0: found, index }): Span => ({
    start: index,
    end: index + found.length,
    kind: "mark",
  }));

const SHORTEST_REMEMBERED = 64;
const MOST_REMEMBERED = 1_000_000;

/** Texts with what the last line of defence makes of them; all are forgotten once they are a million characters. */
function createMemo() {
  const memo = new Map<string, string>();
  let size = 0;
  return {
    get: (text: string) => memo.get(text),
    set: (text: string, result: string) => {
      if (text.length < SHORTEST_REMEMBERED || text.length > MOST_REMEMBERED) return;
      size += text.length;
      if (size > MOST_REMEMBERED) {
        memo.clear();
        size = text.length;
      }
      memo.set(text, result);
    },
  };
}
