import { printableText } from "../../src/commands/present/terminal-text.ts";

const LEFT = 46;
const GAP = " │ ";
/** Narrower than this, one stands below the other. */
const WIDE = 100;

/** Two texts beside each other, as wide as the terminal. The left one is wrapped, the right one cut at its edge. */
export function columns(left: string, right: string, width: number): string {
  const [clean, seen] = [printableText(left), printableText(right).split("\n")];
  if (width < WIDE) return [...wrapped(clean, width), ...seen.map((line) => cut(`   ${line}`, width))].join("\n");
  const happens = wrapped(clean, LEFT);
  const rows = Math.max(happens.length, seen.length);
  const room = width - LEFT - GAP.length;
  return Array.from({ length: rows }, (_, row) => {
    const [here, there] = [happens[row] ?? "", seen[row] ?? ""];
    return `${here.padEnd(LEFT)}${GAP}${cut(there, room)}`.trimEnd();
  }).join("\n");
}

function cut(line: string, width: number): string {
  const all = [...line];
  return all.length <= width ? line : `${all.slice(0, width - 1).join("")}…`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (longer.length <= width) line = longer;
      else {
        if (line !== "") lines.push(line);
        line = cut(word, width);
      }
    }
    lines.push(line);
  }
  return lines;
}
