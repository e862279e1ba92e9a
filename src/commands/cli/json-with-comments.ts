/**
 * Parses JSON that may have `//` and block comments, trailing commas and a byte order mark.
 * @throws SyntaxError
 */
export function parseJsonWithComments(text: string): unknown {
  const plain = text.replace(/^\uFEFF/, "");
  const withoutComments = outsideOfTexts(plain, /\/\/[^\n\r]*|\/\*[^]*?\*\//, " ");
  return JSON.parse(outsideOfTexts(withoutComments, /,(?=\s*[}\]])/, "")) as unknown;
}

/** Replaces what matches, but not within quoted texts. */
function outsideOfTexts(text: string, pattern: RegExp, by: string): string {
  const either = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|${pattern.source}`, "g");
  return text.replace(either, (found) => (found.startsWith('"') ? found : by));
}
