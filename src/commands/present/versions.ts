/** How a version stands to another one. Endings such as `-beta` do not count. */
export function compareVersions(one: string, other: string): "older" | "same" | "newer" {
  const [first, second] = [one, other].map((text) =>
    text
      .replace(/[-+].*$/, "")
      .split(".")
      .map(Number),
  );
  for (let at = 0; at < 3; at++) {
    const difference = (first?.[at] ?? 0) - (second?.[at] ?? 0);
    if (difference !== 0) return difference < 0 ? "older" : "newer";
  }
  return "same";
}
