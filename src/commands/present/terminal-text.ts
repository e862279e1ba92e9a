/** Control characters (C0, DEL, C1) except tab and newline: the ones a terminal obeys. */
const CONTROL = /[^\P{Cc}\t\n]/gu;
/** What makes text look different from what it is: controls, direction overrides, invisible characters, other line ends. */
const DECEPTIVE = /[^\P{Cc}\t\n]|[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Zl}\p{Zp}]/gu;
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

/** A value as JSON, of which a terminal obeys nothing and a reader sees every character: others are escaped, as JSON may. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(DECEPTIVE, (character) =>
    Array.from({ length: character.length }, (_, at) => escapedUnit(character.charCodeAt(at))).join(""),
  );
}

function escapedUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
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
