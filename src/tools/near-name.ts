import { distance } from "fastest-levenshtein";

/** Words of a name, singular and in alphabetical order: `readFiles`, `file.read` and `files_read` come out the same. */
function wordsOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const singular = words.filter((word) => word !== "").map((word) => word.replace(/s$/, ""));
  return singular.sort().join(" ");
}

/**
 * Up to `limit` of the names that someone who wrote `wanted` may have meant, nearest first; none when all are far off.
 * Spelling counts (edit distance), the order of words, their plural and the letters' case do not.
 */
export function nearNames(wanted: string, names: readonly string[], limit: number): string[] {
  const clipped = wanted.slice(0, 200);
  const words = wordsOf(clipped);
  const near = names.map((name) => {
    const spelled = distance(clipped.toLowerCase(), name.toLowerCase()) / Math.max(clipped.length, name.length, 1);
    const worded = distance(words, wordsOf(name)) / Math.max(words.length, 1);
    return { name, distance: Math.min(spelled, worded) };
  });
  const close = near.filter((one) => one.distance <= 0.4);
  close.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return close.slice(0, limit).map((one) => one.name);
}
