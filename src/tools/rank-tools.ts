import type { Tool } from "./define-tool.ts";
import { nearNames } from "./near-name.ts";

/** Words that tell nothing about what is wanted. */
const FILLERS = new Set(
  "a about an and any as at by can did do for from get how i in is it me my new of on or please some something that the this to tool use want what when which with you".split(
    " ",
  ),
);

/** Tools that have to do with the words, best first; none where no word fits. Near spellings of names count too. */
export function rankTools(tools: readonly Tool[], query: string): Tool[] {
  const words = [...new Set(stemsOf(query))].filter((word) => !FILLERS.has(word));
  if (words.length === 0) return [];
  const near = nearNames(
    query.trim(),
    tools.map(({ name }) => name),
    3,
  );
  const scored = tools.map((tool) => {
    const rank = near.indexOf(tool.name);
    return { tool, score: (rank === -1 ? 0 : 12 - 4 * rank) + scoreOf(tool, words) };
  });
  const fitting = scored.filter(({ score }) => score > 0);
  return fitting.sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1)).map(({ tool }) => tool);
}

/** What a word more is worth: a tool that has to do with two of them comes before one that is named after a single one. */
const FURTHER_WORD = 4;

/** Each word counts once, by the best place that holds it. */
function scoreOf({ name, group, server = "", description }: Tool, words: readonly string[]): number {
  const places: [number, string[]][] = [
    [6, stemsOf(name)],
    [3, [...stemsOf(server), ...stemsOf(group)]],
    [2, stemsOf(description)],
  ];
  const weightOf = (word: string) => places.find(([, found]) => found.some((one) => isSame(one, word)))?.[0] ?? 0;
  const weights = words.map(weightOf).filter((weight) => weight > 0);
  return weights.reduce((sum, weight) => sum + weight, FURTHER_WORD * Math.max(0, weights.length - 1));
}

/** Words in lower case and without their plural; `readFile` and `read_file` are two words. */
function stemsOf(text: string): string[] {
  const spaced = text.slice(0, 2_000).replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
  return (spaced.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/(?<=\p{L}{2})s$/u, ""));
}

/** Whether one word is the beginning of the other, or nearly: `app` and `apps`, `notify` and `notification`. */
function isSame(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  if (length < 3) return one === other;
  const shared = length < 5 ? length : length - 1;
  return one.slice(0, shared) === other.slice(0, shared);
}
