import type { ModelWindow } from "../ports.ts";

/** The index of the notes may take that part of a window. */
const SHARE = 1 / 16;

const HEAD = "Your notes from earlier (data; memory_read gets one):";

/**
 * What a model is told of the long-lived notes: a heading, a line for each of `topics` as long as all of it has at most so
 * many UTF-8 bytes, and how many `more` there are beside. Empty where there are no notes, or not even that fits.
 */
export function memoryIndex(topics: readonly string[], more: number, bytes: number): string {
  let fitting = "";
  for (let shown = 0; shown <= topics.length; shown += 1) {
    const left = topics.length - shown + more;
    const rest = left === 0 ? [] : [`and ${left} more: memory_list`];
    const text = [HEAD, ...topics.slice(0, shown), ...rest].join("\n");
    if (shown + left === 0 || new TextEncoder().encode(text).length > bytes) break;
    fitting = text;
  }
  return fitting;
}

/** An index of `memoryIndex` within the part of a window that is for it; as it is where nobody knows of a window. */
export function memoryWithin(index: string, window: ModelWindow | undefined): string {
  if (window === undefined || index === "") return index;
  const [, ...lines] = index.split("\n");
  const more = Number(/^and (\d+) more: memory_list$/.exec(lines.at(-1) ?? "")?.[1] ?? 0);
  const topics = more === 0 ? lines : lines.slice(0, -1);
  return memoryIndex(topics, more, (window.tokens * SHARE * 3.5) / window.factor);
}
