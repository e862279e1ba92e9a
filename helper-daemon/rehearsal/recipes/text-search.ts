import { code, fenced } from "../markdown.ts";
import { folderIn, quotedIn, withoutEnd } from "../question-words.ts";
import type { Recipe } from "../recipe.ts";

const ASKING = [
  /\b(?:search|grep|look)\s+(?:(?:the|these|all|my)\s+)?(?:files?\s+)?for\s+(.+)$/i,
  /\bgrep\s+(.+)$/i,
  /\bfind\s+(.+?)\s+in\s+(?:(?:the|these|all|my)\s+)?files?\b/i,
  /\bwhere\s+(?:is|are|do|does)\s+(.+?)\s+(?:mentioned|used|defined|written|appear|occur)/i,
  /\bwhich\s+files?\s+(?:mention|contain|use)s?\s+(.+)$/i,
  /\b(?:occurrences|mentions)\s+of\s+(.+)$/i,
];

/** Searches the text of files for the words as they stand. */
export const textSearch: Recipe = {
  example: 'Search the files for "TODO"',
  plan(question) {
    const asked = ASKING.map((pattern) => pattern.exec(question)?.[1]).find((part) => part !== undefined);
    if (asked === undefined) return undefined;
    const words = quotedIn(asked) ?? withoutEnd(asked.replace(/\s+(?:in|inside|under)\s+.*$/i, "").trim());
    if (words === "") return undefined;
    const path = folderIn(question.slice(question.indexOf(words) + words.length));
    return ([result]) => {
      if (result === undefined) {
        const pattern = words.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
        return { type: "call", tool: "files_search", input: { pattern, ...(path === "." ? {} : { path }) } };
      }
      const lines = result.text.split("\n");
      const hits = lines.filter((line) => /^.+:\d+: /.test(line));
      if (hits.length === 0)
        return {
          type: "answer",
          text: `Nothing here mentions ${code(words)}. The search said: ${code(lines.at(-1) ?? "")}`,
        };
      const rest = lines.filter((line) => !hits.includes(line) && line.trim() !== "").at(-1);
      const count = rest === undefined ? "" : `\n\n${code(rest)}`;
      return { type: "answer", text: `Where ${code(words)} is mentioned:\n\n${fenced(hits.join("\n"))}${count}` };
    };
  },
};
