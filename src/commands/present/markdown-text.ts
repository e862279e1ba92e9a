import { visibleText } from "./terminal-text.ts";

/** Breaks a Markdown construct without a visible trace, inside code too. */
const WORD_JOINER = "\u2060";

/**
 * Markdown of a model as a view that renders it may show it: nothing in it loads anything. An image would be fetched
 * the moment it is shown, and its address could carry what the model read; it becomes a link, which waits for a click.
 */
export function shownMarkdown(text: string): string {
  return text
    .replace(/!(?=\[)/g, `!${WORD_JOINER}`)
    .replace(/<(?=\s*(?:img|image|video|audio|iframe|object|embed|source|svg|picture)\b)/gi, `<${WORD_JOINER}`);
}

/** Plain text inside Markdown: every character is shown as it is, on one line. */
export function plainMarkdown(text: string): string {
  return visibleText(text)
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]()#+\-.!|<>~&:@/]/g, (character) =>
      character === "&" ? "&amp;" : character === "<" ? "&lt;" : `\\${character}`,
    );
}

/** Plain text of any number of lines as a quotation: every character is shown as it is. */
export function quoteBlock(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${plainMarkdown(line)}`)
    .join("  \n");
}

/**
 * A block that shows text exactly; its fence is longer than any in the text, so that nothing can end it early.
 * `language` is how it is coloured; empty: not at all.
 */
export function codeBlock(text: string, language: "" | "diff"): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${visibleText(text)}\n${fence}`;
}

/** The same within a line. */
export function codeSpan(text: string): string {
  const line = visibleText(text).replace(/\s+/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
