import type { Detector } from "./detector.ts";

const LETTER = /[\p{L}\p{N}]/u;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/**
 * The person's own words, in any case, with their accents written either way. Words of five letters or more are also found
 * inside of others.
 */
export function wordDetector(words: readonly string[]): Detector {
  const wanted = words.map((word) => word.trim()).filter((word) => word !== "");
  if (wanted.length === 0) return () => [];
  // A file system may have taken a name apart into letters and accents.
  const forms = new Set(wanted.flatMap((word) => [word, word.normalize("NFC"), word.normalize("NFD")]));
  const isShort = (word: string) => word.normalize("NFC").length < 5;
  const whole = new Set([...forms].filter(isShort).map((word) => word.toLowerCase()));
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const source = longestFirst.map((word) => escaped(word).replace(/\s+/g, "\\s{1,4}")).join("|");
  // Where all is ASCII, the plain mode knows as much and is several times as fast.
  const pattern = new RegExp(source, /[^\x20-\x7e]/.test(source) ? "gui" : "gi");
  return (text) =>
    [...text.matchAll(pattern)].flatMap(({ 0: found, index }) => {
      const end = index + found.length;
      const isPart = LETTER.test(text[index - 1] ?? "") || LETTER.test(text[end] ?? "");
      return whole.has(found.toLowerCase()) && isPart ? [] : [{ start: index, end, kind: "word" }];
    });
}
