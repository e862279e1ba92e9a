/**
 * Text of at most so many UTF-8 bytes; of a longer one the beginning, and a line that says how long it was. The cut goes
 * through no word and no number; see `wholeWords`.
 */
export function cutText(text: string, bytes: number): string {
  const encoded = new TextEncoder().encode(text);
  if (encoded.length <= bytes) return text;
  const head = new TextDecoder().decode(encoded.subarray(0, bytes)).replace(/\ufffd+$/, "");
  return `${wholeWords(head)}\n[cut: it was ${encoded.length} bytes]`;
}

/** So far back a cut may move, in characters; what has no end of a word there is cut where it is. */
const FARTHEST = 100;

const LAST_WORD = /[^\s"',;{}[\]()<>=]*$/;
const NUMBER = /^\+?[A-Z]{0,2}\d[\d./-]*$/;

/**
 * The beginning of a text that was cut somewhere, without what the cut may have gone through: the last word, and numbers
 * in groups before it. Half of a private value would not be recognised as one, and half of a placeholder stands for nothing.
 */
export function wholeWords(head: string): string {
  const end = head.slice(-FARTHEST);
  let whole = end.replace(LAST_WORD, "").replace(/<$/, "");
  for (;;) {
    const before = whole.trimEnd();
    const [word = ""] = LAST_WORD.exec(before) ?? [];
    if (!NUMBER.test(word)) break;
    whole = before.slice(0, -word.length);
  }
  return whole === "" ? head.replace(/[\ud800-\udbff]$/, "") : head.slice(0, -FARTHEST) + whole;
}
