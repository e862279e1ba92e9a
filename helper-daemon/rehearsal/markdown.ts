const SHOWN_LINES = 60;
const SHOWN_CHARACTERS = 6_000;

/** Text of a stranger as inline code that it cannot leave. */
export function code(text: string): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, " ");
  const ticks = "`".repeat(longestRun(line) + 1);
  const space = /^`|`$|^ .* $/.test(line) || line === "" ? " " : "";
  return `${ticks}${space}${line}${space}${ticks}`;
}

/** Output as a code block that it cannot leave, clipped with a line that says so. */
export function fenced(text: string): string {
  const lines = text.split("\n");
  const shown = lines.slice(0, SHOWN_LINES).join("\n").slice(0, SHOWN_CHARACTERS);
  const left = text.length - shown.length;
  const fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
  const rest = left > 0 ? `\n\n(${grouped(left)} more characters are in the trace.)` : "";
  return `${fence}text\n${shown}\n${fence}${rest}`;
}

/** Bytes with thousands separated and, from 1000 on, in a larger unit beside it. */
export function size(bytes: number): string {
  const exact = counted(bytes, "byte");
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length);
  return power === 0 ? exact : `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]} (${exact})`;
}

/** 1234567 as 1,234,567. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 file`, `1,200 files`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
