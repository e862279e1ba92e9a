import type { Detector } from "./detector.ts";
import { digitsOf } from "./detector.ts";
import type { Kind } from "./placeholder.ts";

const LETTER = /[\p{L}\p{N}]/u;
/** A shorter text is looked for as a word of its own only: it is a part of too many others. */
const DISTINCT = 8;
/** As many as are looked for at once; the newest, if there are more. */
const MOST = 2_000;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** The person's own words, in any case. Words of five letters or more are also found inside of others. */
export function wordDetector(words: readonly string[]): Detector {
  const wanted = words.map((word) => word.trim()).filter((word) => word !== "");
  return patternDetector(
    wanted.map((word) => ({ text: word, isWhole: word.length < 5 })),
    "i",
    () => "word",
  );
}

/** Values that are known to be private, wherever they turn up again: also where nothing around tells what they are. */
export function knownDetector(values: ReadonlyMap<string, Kind>): Detector {
  const wanted = new Map<string, Kind>();
  for (const [value, kind] of [...values].slice(-MOST)) {
    if (value.length < 6 || kind === "mark") continue;
    wanted.set(value, kind);
    const digits = digitsOf(value);
    if ((kind === "phone" || kind === "card") && digits.length >= 7) wanted.set(digits, kind);
  }
  const isWhole = (text: string) => text.length < DISTINCT || /^\d+$/.test(text);
  return patternDetector(
    [...wanted.keys()].map((text) => ({ text, isWhole: isWhole(text) })),
    "",
    (found) => wanted.get(found) ?? "secret",
  );
}

interface Wanted {
  text: string;
  /** Only where no letter or digit stands next to it. */
  isWhole: boolean;
}

function patternDetector(wanted: readonly Wanted[], flags: string, kindOf: (found: string) => Kind): Detector {
  if (wanted.length === 0) return () => [];
  const whole = new Set(wanted.filter(({ isWhole }) => isWhole).map(({ text }) => text.toLowerCase()));
  const longestFirst = [...wanted].sort((a, b) => b.text.length - a.text.length);
  const source = longestFirst.map(({ text }) => escaped(text)).join("|");
  // Where all is ASCII, the plain mode knows as much and is several times as fast.
  const pattern = new RegExp(source, /[^\x20-\x7e]/.test(source) ? `gu${flags}` : `g${flags}`);
  return (text) =>
    [...text.matchAll(pattern)].flatMap(({ 0: found, index }) => {
      const end = index + found.length;
      const isPart = LETTER.test(text[index - 1] ?? "") || LETTER.test(text[end] ?? "");
      return whole.has(found.toLowerCase()) && isPart ? [] : [{ start: index, end, kind: kindOf(found) }];
    });
}
