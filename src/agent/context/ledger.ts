import { canonicalize } from "../canonical.ts";
import type { CallRecord } from "../transcript.ts";

/** Written files may take that part of the room; calls have what is left. */
const SHARE_OF_PATHS = 1 / 2;

/**
 * What the trace itself knows of calls whose messages are no longer sent, at most so many UTF-8 bytes: which files were
 * written, the newest first, and every call with its arguments, its outcome and where its output is. Of what does not fit,
 * the oldest, only the number is left. Empty where there was no call.
 */
export function ledgerLines(calls: readonly CallRecord[], bytes: number): string[] {
  const paths = pathLines(calls, bytes * SHARE_OF_PATHS);
  const lines: string[] = [];
  let room = bytes - sizeOf(paths);
  for (const call of calls.toReversed()) {
    const line = lineOf(call);
    room -= sizeOf([line]);
    if (room < 0) break;
    lines.unshift(line);
  }
  return [...paths, ...countLines(calls.slice(0, calls.length - lines.length)), ...lines];
}

function lineOf({ name, arguments: values, outcome, bytes, blob }: CallRecord): string {
  const where = blob === undefined ? "" : `, whole output: read_more(${canonicalize({ blob })})`;
  return oneLine(`- ${name} ${values}: ${outcome}, ${bytes} bytes${where}`);
}

function pathLines(calls: readonly CallRecord[], bytes: number): string[] {
  const newest = [...new Set(calls.toReversed().flatMap(({ written = [] }) => written))];
  if (newest.length === 0) return [];
  const shown: string[] = [];
  let room = bytes;
  for (const path of newest) {
    const line = oneLine(path);
    room -= sizeOf([line]);
    if (room < 0 && shown.length > 0) break;
    // Of a single one that is too long, the end tells most.
    shown.push(room < 0 ? `…${line.slice(-Math.ceil(bytes / 4)).toWellFormed()}` : line);
  }
  const left = newest.length - shown.length;
  return [`- files written or changed: ${shown.join(", ")}${left === 0 ? "" : `, and ${left} more`}`];
}

/** `- before those: files_read 12 times, shell_run 3 times (1 error)`. */
function countLines(calls: readonly CallRecord[]): string[] {
  if (calls.length === 0) return [];
  const byName = Map.groupBy(calls, ({ name }) => name);
  const counts = [...byName].slice(0, MOST_NAMES).map(([name, group]) => {
    const failed = group.filter(({ outcome }) => outcome !== "ok").length;
    return `${name} ${group.length} times${failed === 0 ? "" : ` (${failed} without success)`}`;
  });
  const others = byName.size <= MOST_NAMES ? "" : `, and ${byName.size - MOST_NAMES} other tools`;
  return [oneLine(`- before those: ${counts.join(", ")}${others}`)];
}

const MOST_NAMES = 12;

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + new TextEncoder().encode(line).length + 2, 0);
}
