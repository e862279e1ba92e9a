import { lstat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "shell-quote";
import type { Place } from "../define-tool.ts";
import { realPathOf } from "../files/real-path.ts";
import { OUTSIDE } from "../files/resolve-path.ts";
import { isInside } from "../protected-paths.ts";

/** Words that are looked at. */
const MOST_WORDS = 1_000;
/** What a shell puts between words, and what stands between a name and a value. */
const BETWEEN_WORDS = /[\s;|&<>()"'`=,]+/;
/** What follows is a folder that is gone into, not read. */
const ENTERS = new Set(["cd", "pushd", "-C"]);
const ADDRESS = /^(?:https?|ftp|wss?):\/\/(?:[^/@\s]*@)?(\[[^\]]*\]|[^/:?#\s]+)/i;
/** Nothing that anybody has written. */
const DEVICES = "/dev";

/**
 * Where the output of a command may come from, as far as its line says: addresses, places outside the workspace, and what
 * sessions wrote into files of it. What a program reads without being told in the line stays unknown.
 */
export async function namedSources(
  { command, argv }: { command: string; argv: readonly string[] | undefined },
  folder: string,
  place: Place,
): Promise<string[]> {
  const [program = "", ...rest] = argv?.flatMap((word) => [word, ...word.split(/[=,]/)]) ?? wordsOf(command);
  const words = program.includes("/") || argv === undefined ? [program, ...rest] : rest;
  const named = [...new Set(words.filter((word) => word !== "" && !word.startsWith("-")))].slice(0, MOST_WORDS);
  const hosts = named.flatMap((word) => ADDRESS.exec(word)?.[1] ?? []).map((host) => `web ${host.toLowerCase()}`);
  const local = named.filter((word) => !ADDRESS.test(word));
  const isEntered = (word: string) => ENTERS.has(words[words.indexOf(word) - 1] ?? "");
  const entered = await pathsOf(local.filter(isEntered), [folder], place);
  const found = await pathsOf(
    local.filter((word) => !isEntered(word)),
    [folder, ...entered],
    place,
  );
  const isOurs = (path: string) => isInside(path, place.workspace);
  const outside = [...entered, ...found].every(isOurs) ? [] : [OUTSIDE];
  return [...new Set([...hosts, ...outside, ...(await place.sourcesOf(found.filter(isOurs), "content"))])];
}

/** Words of a compound line: as a shell splits it, and without regard to quotes, since a line may hold another one. */
function wordsOf(line: string): string[] {
  try {
    const words = parse(line).flatMap((one) => (typeof one === "string" ? one : "pattern" in one ? one.pattern : []));
    return [...words, ...line.split(BETWEEN_WORDS)];
  } catch {
    return line.split(BETWEEN_WORDS);
  }
}

/** What words name, seen from any of these folders. */
async function pathsOf(words: readonly string[], folders: readonly string[], place: Place): Promise<string[]> {
  const found = await Promise.all(folders.flatMap((folder) => words.map((word) => textAt(word, folder, place))));
  return [...new Set(found.filter((path) => path !== undefined))];
}

/** Real path of what a word names, if there is something to be read there: no device, and outside no program. */
async function textAt(word: string, folder: string, { home, workspace }: Place): Promise<string | undefined> {
  if (word.includes("\0") || word.length > 4096) return undefined;
  const literal = word.replace(/[^/]*[*?[{$].*$/, "");
  if (literal === "" && word !== "") return isGlob(word) ? realPathOf(folder) : undefined;
  const path = literal === "~" || literal.startsWith("~/") ? join(home, literal.slice(1)) : resolve(folder, literal);
  const real = await realPathOf(path);
  const stats = await lstat(real).catch(() => undefined);
  if (stats === undefined || isInside(real, DEVICES)) return undefined;
  const isProgram = stats.isFile() && (stats.mode & 0o111) !== 0;
  return isProgram && !isInside(real, workspace) ? undefined : real;
}

function isGlob(word: string): boolean {
  return /[*?[{]/.test(word);
}
