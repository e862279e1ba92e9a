import { gist } from "./names.ts";
import type { Line, Part } from "./screen.ts";

/** Letters of controls that are labelled by a text on their left. */
const LABELLED = "tnpsko";

/** Whether a text only repeats the name of the control beside it. */
function repeats(part: Part | undefined, beside: Part | undefined): boolean {
  if (part?.kind !== "words" || beside?.kind !== "control") return false;
  return gist(part.text) === gist(beside.name);
}

/** Lines in which controls without a name are named by the text on their left, and no text repeats a name beside it. */
export function labelLines(lines: Line[]): Line[] {
  for (const line of lines) {
    if (!line.parts.some(({ kind }) => kind === "words") || line.parts.length === 1) continue;
    const parts: Part[] = [];
    for (const [at, part] of line.parts.entries()) {
      const before = parts.at(-1);
      if (repeats(part, line.parts[at + 1]) || repeats(part, before)) continue;
      if (part.kind === "control" && part.name === "" && LABELLED.includes(part.letter) && before?.kind === "words") {
        part.name = before.text.replace(/\s*:$/, "");
        parts.pop();
      }
      parts.push(part);
    }
    line.parts = parts;
  }
  return lines;
}
