import { code, counted, grouped } from "../markdown.ts";
import { fileIn, quotedIn } from "../question-words.ts";
import type { Recipe } from "../recipe.ts";

interface Section {
  level: number;
  title: string;
  lines: number;
  words: number;
}

const SHOWN_SECTIONS = 60;

/** Reads a file and tells its headings with how much stands below each: a summary without understanding. */
export const fileOutline: Recipe = {
  example: "Summarise README.md by its headings",
  plan(question) {
    const isReading = /\b(summar(y|i[sz]e)|outline|headings?|read|open)\b/i.test(question);
    if (!isReading && !/\b(show|about|in)\b/i.test(question)) return undefined;
    const file = (isReading ? quotedIn(question) : undefined) ?? fileIn(question);
    if (file === undefined) return undefined;
    return ([result]) => {
      if (result === undefined) return { type: "call", tool: "files_read", input: { path: file } };
      return { type: "answer", text: outlineOf(file, result.text) };
    };
  },
};

function outlineOf(file: string, text: string): string {
  const note = /^\[([^\]\n]*)\]\n?/.exec(text);
  const content = note === null ? text : text.slice(note[0].length);
  const sections = sectionsOf(content);
  const lines = content === "" ? 0 : content.replace(/\n$/, "").split("\n").length;
  const part = note?.[1] === undefined ? "" : ` (${note[1]})`;
  const head = `${code(file)}${part}: ${counted(lines, "line")}, ${counted(wordsIn(content), "word")}.`;
  const titled = sections.filter(({ level }) => level > 0);
  if (titled.length === 0) {
    const first = content.split("\n").find((line) => line.trim() !== "");
    return first === undefined
      ? head
      : `${head} It has no headings; it begins with ${code(first.trim().slice(0, 200))}.`;
  }
  const top = Math.min(...titled.map(({ level }) => level));
  const list = titled.slice(0, SHOWN_SECTIONS).map(({ level, title, lines, words }) => {
    return `${"  ".repeat(level - top)}- ${code(title)} – ${counted(lines, "line")}, ${counted(words, "word")}`;
  });
  if (titled.length > SHOWN_SECTIONS) list.push(`- … and ${grouped(titled.length - SHOWN_SECTIONS)} more headings`);
  return `${head} Its headings:\n\n${list.join("\n")}`;
}

/** Markdown sections; what looks like a heading inside a code block is none. */
function sectionsOf(content: string): Section[] {
  const sections: Section[] = [{ level: 0, title: "", lines: 0, words: 0 }];
  let fence: string | undefined;
  for (const line of content.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence)))
      fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined ? /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/.exec(line) : null;
    if (heading?.[1] !== undefined) {
      sections.push({ level: heading[1].length, title: heading[2] ?? "", lines: 0, words: 0 });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined || line.trim() === "") continue;
    section.lines += 1;
    section.words += wordsIn(line);
  }
  return sections;
}

function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
