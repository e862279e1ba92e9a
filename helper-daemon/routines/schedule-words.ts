const NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(NUMBERS.map((word, i) => [word, String(i + 1)]));

/** What is said in several ways, in the one way that is read. */
const SAME: readonly [RegExp, string][] = [
  [/[–—]/g, "-"],
  [/\b([ap])\.\s?m\b\.?/gi, "$1m"],
  [/\s*@\s*(?=\d)/g, " at "],
  [/\bo['’]?clock\b/gi, ""],
  [/\bhalf\s+an?\s+hour\b|\bhalf[\s-]hour\b/gi, "30 minutes"],
  [/\b(?:a\s+)?quarter\s+(?:of\s+an\s+)?hour\b/gi, "15 minutes"],
  [/\b(in|every)\s+an?\s+(minute|hour|day|week)\b/gi, "$1 1 $2"],
  [/\b(?:first|start|beginning)\s+of\s+(?:(?:the|each|every)\s+)?month\b/gi, "first day of month"],
  [/\b(?:last|end)\s+of\s+(?:(?:the|each|every)\s+)?month\b/gi, "last day of month"],
];

/** A schedule in words, written as `readPieces` reads it: plain digits for wide ones, `9am` for `9 a.m.`, `5` for `five`. */
export function plainWords(text: string): string {
  const plain = SAME.reduce((said, [ways, one]) => said.replace(ways, one), text.normalize("NFKC"));
  const words = plain.split(/\s+/).map((word) => NUMBER_WORDS.get(word.toLowerCase()) ?? word);
  return words.join(" ").trim();
}
