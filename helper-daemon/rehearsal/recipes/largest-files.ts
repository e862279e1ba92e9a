import { itemLine, type Listing, readListing } from "../listing.ts";
import { folderIn } from "../question-words.ts";
import type { Recipe } from "../recipe.ts";

/** Folders that other programs fill: their files are rarely what a person asks for. */
const BULK = ["node_modules", ".git"];

/** Lists by size; where such folders show up among the largest, asks again without them. */
export const largestFiles: Recipe = {
  example: "Which files under this folder are the largest?",
  plan(question) {
    const isAsked =
      /\b(large|larger|largest|big|bigger|biggest|heaviest)\b/i.test(question) && /\bfiles?\b/i.test(question);
    if (!isAsked && !/\b(takes?|uses?)\b.*\bspace\b/i.test(question)) return undefined;
    const input = { path: folderIn(question), recursive: true, sort: "size", limit: 10 };
    return (results) => {
      const [all, filtered] = results.map(({ text }) => readListing(text));
      if (all === undefined) return { type: "call", tool: "files_list", input };
      const isBulky = all.items.some(({ path }) => path.split("/").some((part) => BULK.includes(part)));
      if (isBulky && filtered === undefined) {
        return { type: "call", tool: "files_list", input: { ...input, exclude: BULK } };
      }
      if (all.items.length === 0) return { type: "answer", text: `There are no files to rank: ${all.summary}.` };
      const parts = [`The largest files (${all.summary}):\n\n${ranked(all)}`];
      if (filtered !== undefined && filtered.items.length > 0) {
        parts.push(`Without ${BULK.join(" and ")} (${filtered.summary}):\n\n${ranked(filtered)}`);
      }
      return { type: "answer", text: parts.join("\n\n") };
    };
  },
};

function ranked({ items }: Listing): string {
  return items.map((item, index) => `${index + 1}. ${itemLine(item)}`).join("\n");
}
