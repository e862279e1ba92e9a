import { itemLine, readListing } from "../listing.ts";
import { grouped } from "../markdown.ts";
import { folderIn } from "../question-words.ts";
import type { Recipe } from "../recipe.ts";

const SHOWN_ITEMS = 50;

/** Lists one folder. */
export const folderContents: Recipe = {
  example: "What is in this folder?",
  plan(question) {
    const isAsked =
      /\b(what|which)\b.*\b(in|inside|under)\b/i.test(question) ||
      /\b(what|which) files\b/i.test(question) ||
      /\b(list|show)\b.*\b(files?|folders?|directory|contents?)\b/i.test(question) ||
      /^ls\b/i.test(question);
    if (!isAsked) return undefined;
    return ([result]) => {
      if (result === undefined) return { type: "call", tool: "files_list", input: { path: folderIn(question) } };
      const { summary, items } = readListing(result.text);
      const list = items.slice(0, SHOWN_ITEMS).map((item) => `- ${itemLine(item)}`);
      if (items.length > SHOWN_ITEMS) list.push(`- … and ${grouped(items.length - SHOWN_ITEMS)} more`);
      return { type: "answer", text: `${summary}.\n\n${list.join("\n")}`.trimEnd() };
    };
  },
};
