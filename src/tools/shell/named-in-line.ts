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
const HOME_VARIABLE = /^\$(?:HOME|\{HOME\})(?=\/|$)/;
/** Nothing that anybody has written. */
const DEVICES = "/dev";

/** What the line of a command says. */
interface Named {
  /** Where its output may come from. */
  sources: string[];
  /** Real paths, of programs too. */
  paths: string[];
}

/**
 * What a command names in its line: files and folders, and with these where its output may come from: addresses,
 * places outside the workspace, and what sessions wrote into files of it. What a program reads without being told in the
 * line stays unknown.
 */
export async function namedIn(
  { command, argv }: { command: string; argv: readonly string[] | undefined },
  folder: string,
  place: Place,
): Promise<Named> {
  const [program = "", ...rest] = argv?.flatMap((word) => [word, ...word.split(/[=,]/)]) ?? wordsOf(command);
  const words = program.includes("/") || argv === undefined ? [program, ...rest] : rest;
  const named = [...new Set(words.filter((word) => word !== "" && !word.startsWith("-")))].slice(0, MOST_WORDS);
  const hosts = named.flatMap((word) => ADDRESS.exec(word)?.[1] ?? []).map((host) => `web ${host.toLowerCase()}`);
  const local = named.filter((word) => !ADDRESS.test(word));
  const isEntered = (word: string) => ENTERS.has(words[words.indexOf(word) - 1] ?? "");
  const entered = await pathsOf(local.filter(isEntered), [folder], place);
  const folders = [folder, ...entered.map(({ path }) => path)];
  const others = local.filter((word) => !isEntered(word));
  const found = await pathsOf(others, folders, place);
  const isOurs = ({ path }: Met) => isInside(path, place.workspace);
  const isText = (one: Met) => one.type === "text" || (one.type === "program" && isOurs(one));
  const texts = [...entered, ...found].filter(isText);
  const outside = texts.every(isOurs) ? [] : [OUTSIDE];
  const ours = found.filter((one) => isOurs(one) && isText(one)).map(({ path }) => path);
  const written = await place.sourcesOf([...new Set(ours)], "content");
  return {
    sources: [...new Set([...hosts, ...outside, ...written])],
    paths: [...new Set([...entered, ...found].map(({ path }) => path))],
  };
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

/** Something that a word names, by its real path. */
interface Met {
  path: string;
  /** `missing`: so that an answer does not tell what there is in a closed folder. */
  type: "text" | "program" | "missing";
}

/** What words name, seen from any of these folders. */
async function pathsOf(words: readonly string[], folders: readonly string[], place: Place): Promise<Met[]> {
  const found = await Promise.all(folders.flatMap((folder) => words.map((word) => metAt(word, folder, place))));
  return found.filter((one) => one !== undefined);
}

/** What a word names, if it looks like a path or there is something, and no device. */
async function metAt(word: string, folder: string, { home }: Place): Promise<Met | undefined> {
  if (word.includes("\0") || word.length > 4096) return undefined;
  const literal = word.replace(HOME_VARIABLE, "~").replace(/[^/]*[*?[{$].*$/, "");
  if (literal === "" && word !== "") {
    return isGlob(word) ? { path: await realPathOf(folder), type: "text" as const } : undefined;
  }
  const path = literal === "~" || literal.startsWith("~/") ? join(home, literal.slice(1)) : resolve(folder, literal);
  const real = await realPathOf(path);
  const stats = await lstat(real).catch(() => undefined);
  if (isInside(real, DEVICES)) return undefined;
  if (stats === undefined) return word.includes("/") ? { path: real, type: "missing" } : undefined;
  return { path: real, type: stats.isFile() && (stats.mode & 0o111) !== 0 ? "program" : "text" };
}

function isGlob(word: string): boolean {
  return /[*?[{]/.test(word);
}
