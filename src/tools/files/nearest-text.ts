import { distance } from "fastest-levenshtein";
import { grouped } from "../cut-output.ts";
import { visibleText } from "../visible-text.ts";

/** How much of a file is looked through for what may have been meant. */
const MAX_LINES = 20_000;
const MAX_ASKED = 200;
const MAX_LINE_CHARACTERS = 200;
const MAX_SHOWN_CHARACTERS = 600;

/** Words about a text that is not in a file: the place that comes nearest, and what stands there. */
export function nearestWords(text: string, wanted: string): string {
  const lines = text.split("\n", MAX_LINES);
  const asked = wanted.split("\n", MAX_ASKED + 1);
  const like = (simple: (line: string) => string, how: string) =>
    asked.length > MAX_ASKED ? undefined : likeWords(lines, asked, simple, how);
  return (
    like(squeezed, "differs only in spaces, tabs or empty lines") ??
    like((line) => squeezed(line).toLowerCase(), "differs in upper and lower case") ??
    beginningWords(lines, asked) ??
    similarWords(lines, asked) ??
    "Nothing in the file comes near it. Read the file again with files_read."
  );
}

const squeezed = (line: string): string => line.replace(/\s+/g, " ").trim();

/** The first place where the lines are the same in the eyes of `simple`, empty ones aside. */
function likeWords(
  lines: readonly string[],
  asked: readonly string[],
  simple: (line: string) => string,
  how: string,
): string | undefined {
  const there = lines.map((line, index) => ({ index, text: simple(line) })).filter(({ text }) => text !== "");
  const wanted = asked.map(simple).filter((line) => line !== "");
  if (wanted.length === 0) return undefined;
  const at = there.findIndex((_, start) =>
    wanted.every((line, offset) => fits(there, wanted, start + offset, line, offset)),
  );
  const first = there[at];
  const last = there[at + wanted.length - 1];
  if (first === undefined || last === undefined) return undefined;
  return `The text at line ${grouped(first.index + 1)} ${how}; it is: ${shown(lines.slice(first.index, last.index + 1))}`;
}

/** The first asked line may begin, and the last one end, in the middle of a line. */
function fits(
  there: readonly { text: string }[],
  wanted: readonly string[],
  index: number,
  line: string,
  offset: number,
): boolean {
  const text = there[index]?.text;
  if (text === undefined) return false;
  if (wanted.length === 1) return text.includes(line);
  if (offset === 0) return text.endsWith(line);
  return offset === wanted.length - 1 ? text.startsWith(line) : text === line;
}

/** The place where most of the asked lines follow each other, and the line at which they stop doing so. */
function beginningWords(lines: readonly string[], asked: readonly string[]): string | undefined {
  let best = { at: -1, count: 0 };
  const [first = ""] = asked;
  if (asked.length < 2 || first.trim() === "") return undefined;
  for (const [at, line] of lines.entries()) {
    if (!line.endsWith(first)) continue;
    let count = 1;
    while (count < asked.length && lines[at + count] === asked[count]) count += 1;
    if (count > best.count) best = { at, count };
  }
  if (best.count === 0 || best.count >= asked.length) return undefined;
  const there = lines[best.at + best.count];
  const number = grouped(best.at + best.count + 1);
  const reads = there === undefined ? `there is no line ${number}` : `line ${number} is: ${shown([there])}`;
  return `It fits from line ${grouped(best.at + 1)} on, but ${reads} where the old text has: ${shown([asked[best.count] ?? ""])}`;
}

/** The line most like the longest one that was asked for. */
function similarWords(lines: readonly string[], asked: readonly string[]): string | undefined {
  const wanted = asked
    .map((line) => squeezed(line).slice(0, MAX_LINE_CHARACTERS))
    .reduce((longest, line) => (line.length > longest.length ? line : longest), "");
  let best = { at: -1, share: 0.5 };
  for (const [at, line] of lines.entries()) {
    const text = squeezed(line.slice(0, MAX_LINE_CHARACTERS));
    const longest = Math.max(text.length, wanted.length);
    if (longest === 0 || Math.abs(text.length - wanted.length) / longest >= best.share) continue;
    const share = distance(text, wanted) / longest;
    if (share < best.share) best = { at, share };
  }
  const line = lines[best.at];
  return line === undefined ? undefined : `The nearest is line ${grouped(best.at + 1)}: ${shown([line])}`;
}

/** Lines as JSON, so that every space of them can be seen; not too many. */
function shown(lines: readonly string[]): string {
  const text = visibleText(lines.join("\n"));
  return text.length <= MAX_SHOWN_CHARACTERS
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, MAX_SHOWN_CHARACTERS))}…`;
}
