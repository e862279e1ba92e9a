import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { print } from "./print.ts";

const LEVELS: Record<number, string> = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };
const POLL_PAUSE = 250;

/** Prints the newest lines of the helper's log and, with `follow`, those that come, across changes of file. */
export async function showLog(
  home: string,
  options: { lines: number; follow?: boolean; json?: boolean },
): Promise<void> {
  const folder = join(home, "logs");
  const show = (line: string) => print(options.json === true ? line : logLine(line));
  const files = logFiles(folder);
  if (files.length === 0 && options.follow !== true)
    return print(`There is no log in ${folder}: no helper has run for this home.`);
  for (const line of lastLines(files, options.lines)) show(line);
  if (options.follow !== true) return;
  let current = files.at(-1);
  let offset = current === undefined ? 0 : statSync(current).size;
  for (;;) {
    const newest = logFiles(folder).at(-1);
    if (current !== undefined) offset = await printFrom(current, offset, show);
    if (newest !== current) {
      current = newest;
      offset = 0;
    } else {
      await delay(POLL_PAUSE);
    }
  }
}

/** The log files, the newest last. */
function logFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^helper(?!\.stderr).*\.log$/.test(name));
  const files = names.map((name) => join(folder, name));
  return files
    .map((path) => ({ path, time: statSync(path).mtimeMs }))
    .sort((a, b) => a.time - b.time || a.path.localeCompare(b.path, "en", { numeric: true }))
    .map(({ path }) => path);
}

function lastLines(files: readonly string[], wanted: number): string[] {
  let lines: string[] = [];
  for (const file of files.toReversed()) {
    if (lines.length >= wanted) break;
    lines = [
      ...readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
      ...lines,
    ];
  }
  return wanted === 0 ? [] : lines.slice(-wanted);
}

/** Prints the whole lines of a file from a byte on, and returns the byte after the last of them. */
async function printFrom(file: string, from: number, show: (line: string) => void): Promise<number> {
  let rest = Buffer.alloc(0);
  let offset = from;
  for await (const chunk of createReadStream(file, { start: from }) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      show(rest.toString("utf8", 0, end));
      offset += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
  return offset;
}

/** A line of the log for a person: time, level, words, then whatever else it carries. */
function logLine(line: string): string {
  try {
    const { time, level, msg, pid, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const at = typeof time === "number" ? new Date(time).toISOString() : "";
    const more = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
    return `${at} ${LEVELS[Number(level)] ?? String(level)} [${String(pid)}] ${String(msg ?? "")}${more}`;
  } catch {
    return line;
  }
}
