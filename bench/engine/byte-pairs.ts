/** How GPT-2 cuts text before it looks for pairs; the engine does the same for the pre-tokenizer `gpt-2`. */
const WORD = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** A vocabulary of byte-level pairs, written as GPT-2 writes it: every byte is one printable character. */
export interface BytePairs {
  /** The 256 bytes, then one token for each merge. */
  tokens: readonly string[];
  /** `left right`, the most frequent first. */
  merges: readonly string[];
}

/** One distinct word of the corpus, as tokens, and how often it occurs. */
interface Word {
  parts: number[];
  count: number;
}

/**
 * Learns the most frequent pairs, at most `wanted` and none that occurs but once. The same texts give the same pairs;
 * of equally frequent ones the first in the order of their tokens wins.
 */
export function learnBytePairs(texts: readonly string[], wanted: number): BytePairs {
  const letters = byteLetters();
  const tokens = [...letters];
  const merges: string[] = [];
  const words = wordsOf(texts);
  const counts = new Map<number, number>();
  const places = new Map<number, Set<Word>>();
  for (const word of words) for (const pair of pairsOf(word)) count(counts, places, word, pair);
  while (merges.length < wanted) {
    const best = mostFrequent(counts);
    if (best === undefined) break;
    const [left, right] = [Math.floor(best / BASE), best % BASE];
    const token = tokens.length;
    tokens.push(`${tokens[left]}${tokens[right]}`);
    merges.push(`${tokens[left]} ${tokens[right]}`);
    for (const word of places.get(best) ?? []) {
      for (const pair of pairsOf(word)) counts.set(pair, (counts.get(pair) ?? 0) - word.count);
      word.parts = joined(word.parts, left, right, token);
      for (const pair of pairsOf(word)) count(counts, places, word, pair);
    }
    counts.delete(best);
    places.delete(best);
  }
  return { tokens, merges };
}

/** A pair is one number: left token × this + right token. */
const BASE = 1 << 20;

function pairsOf({ parts }: Word): number[] {
  return parts.slice(1).map((right, index) => (parts[index] ?? 0) * BASE + right);
}

function count(counts: Map<number, number>, places: Map<number, Set<Word>>, word: Word, pair: number): void {
  counts.set(pair, (counts.get(pair) ?? 0) + word.count);
  const known = places.get(pair);
  if (known === undefined) places.set(pair, new Set([word]));
  else known.add(word);
}

function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  let most = 1;
  for (const [pair, times] of counts) {
    if (times > most || (times === most && best !== undefined && pair < best)) [best, most] = [pair, times];
  }
  return best;
}

function joined(parts: readonly number[], left: number, right: number, token: number): number[] {
  const result: number[] = [];
  for (let index = 0; index < parts.length; index += 1) {
    const isPair = parts[index] === left && parts[index + 1] === right;
    result.push(isPair ? token : (parts[index] ?? 0));
    if (isPair) index += 1;
  }
  return result;
}

function wordsOf(texts: readonly string[]): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const [word] of text.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, times]) => ({ parts: [...Buffer.from(word)], count: times }));
}

/** GPT-2's letters for the bytes 0 to 255: printable ones stand for themselves, the others for U+0100 and on. */
function byteLetters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(isPrintable ? byte : next++);
  });
}
