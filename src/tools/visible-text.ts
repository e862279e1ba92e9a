/**
 * Characters that change what a person or a parser sees without being seen: controls, line separators, text direction,
 * zero width, invisible letters.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escapeOf(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A file's name as one visible line: hidden characters are written as escapes such as `\n` or `\u{202e}`. */
export function visibleName(name: string): string {
  return name.replace(HIDDEN, escapeOf);
}

/** Text for a person to judge: as `visibleName`, but line breaks and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) =>
    character === "\n" || character === "\t" ? character : escapeOf(character),
  );
}

/** One line of someone else's words: hidden characters become spaces, and at most `limit` characters stay. */
export function plainLine(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replace(HIDDEN, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  return [...line].slice(0, limit).join("");
}
