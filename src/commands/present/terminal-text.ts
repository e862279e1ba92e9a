/** Control characters of C0 (except tab and newline), DEL and C1: the ones a terminal obeys. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What makes text look different from what it is: controls, direction overrides, invisible characters, odd spaces. */
const DECEPTIVE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;
/** A numeric HTML reference, which a Markdown renderer turns into the character it names. */
const NUMERIC_REFERENCE = /&#(x[0-9a-f]{1,8}|[0-9]{1,8});?/gi;

/**
 * Text of a model, a tool or a file as a terminal may print it: no character is left that a terminal obeys, so it can
 * neither move the cursor nor set a title. Line ends become newlines; everything readable stays.
 */
export function printableText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(CONTROL, "");
}

/** Like `printableText`, for Markdown: also no HTML reference is left that a renderer would turn into such a character. */
export function printableMarkdown(text: string): string {
  return printableText(text).replace(NUMERIC_REFERENCE, (whole, digits: string) => {
    const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
    const isControl = (code < 32 && code !== 9 && code !== 10) || (code >= 127 && code < 160);
    return isControl ? "" : whole;
  });
}

/**
 * Text whose every character a person sees before agreeing to it: what is invisible, reorders or is obeyed by a
 * terminal appears as its code point, `⟨U+202E⟩`. Tabs and newlines stay.
 */
export function visibleText(text: string): string {
  return text.replace(DECEPTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** One visible line of at most `characters` characters; an ellipsis tells that there was more. */
export function oneLine(text: string, characters: number): string {
  const line = visibleText(
    text
      .slice(0, characters * 4)
      .replace(/\s+/g, " ")
      .trim(),
  );
  const points = [...line];
  if (points.length <= characters && text.length <= characters * 4) return line;
  return `${points.slice(0, Math.max(characters - 1, 0)).join("")}…`;
}
