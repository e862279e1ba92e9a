import { execFile } from "node:child_process";
import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import picomatch from "picomatch";
import type { Closing } from "../../agent/ports.ts";
import { isInside } from "../protected-paths.ts";

/** Places that one command's sandbox can hide. */
const MOST_PLACES = 500;
/** Entries that are looked at, one by one, around what a rule leaves open. */
const MOST_ENTRIES = 20_000;
const SEARCH_LIMIT_MS = 10_000;
/** Without these nothing runs, so a rule about everything does not reach them. */
const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib[^/]*|nix|opt|proc|run|sbin|sys|usr|Applications|Library|System|private|cores)$/;
/** A glob that ripgrep reads like the rules do. Not with `?`, which it takes for a byte. */
const PLAIN = /^\/?(?:(?:\*\*|(?:[\w. @%+=:,~-]|\*(?!\*))+)\/)*(?:\*\*|(?:[\w. @%+=:,~-]|\*(?!\*))+)$/;

/** Real paths of what is closed now, folders with all that is in them; or why that cannot be told. */
type ClosedPlaces = { paths: string[] } | { why: string };

/**
 * What rules close, as far as it exists, in words that a sandbox understands. A glob that begins with a folder is looked
 * for there, any other in the given folders (real paths).
 */
export async function closedPlaces(
  closing: Closing,
  { folders, ripgrep }: { folders: readonly string[]; ripgrep: string },
): Promise<ClosedPlaces> {
  const collected = new Collected(closing);
  const searched: { glob: string; places: readonly string[] }[] = [];
  try {
    for (const glob of closing.globs) {
      const { base, rest } = baseOf(glob);
      const places = await spellingsOf(base);
      if (rest !== "" && rest !== "**") searched.push({ glob, places: base === "/" ? folders : places });
      else for (const place of places) await collected.descend(place);
    }
    const places = highest(searched.flatMap((one) => one.places));
    const globs = searched.map(({ glob }) => glob);
    for (const file of await search(places, globs, ripgrep)) collected.add(file);
    return { paths: collected.paths() };
  } catch (thrown) {
    return { why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** The folder that a glob names in plain letters, and what follows. */
function baseOf(glob: string): { base: string; rest: string } {
  const { base, glob: rest, negated } = picomatch.scan(glob.replace(/(?<=.)\/+$/, ""));
  if (negated || base === "" || base === "/") return { base: "/", rest: negated ? glob : rest };
  return { base: base.replace(/\\(.)/g, "$1"), rest };
}

/** What exists under a path in any spelling of case and Unicode: a rule that forbids means them all. */
async function spellingsOf(path: string): Promise<string[]> {
  let found = ["/"];
  for (const part of path.split("/").filter((one) => one !== "")) {
    const isMeant = (name: string) => folded(name) === folded(part);
    const names = (folder: string) => readdir(folder).catch(() => [part]);
    const met = found.map(async (folder) => (await names(folder)).filter(isMeant).map((name) => join(folder, name)));
    found = (await Promise.all(met)).flat();
  }
  return found;
}

function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** Each path but for those below another one. */
function highest(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => other !== path && isInside(path, other)));
}

/** The closed places found so far. */
class Collected {
  readonly #found = new Set<string>();
  /** By folder: the highest one from it on upwards that is closed as a whole. */
  readonly #closedAbove = new Map<string, string | undefined>();
  readonly #closing: Closing;
  readonly #openings: readonly string[];
  #entries = 0;

  constructor(closing: Closing) {
    this.#closing = closing;
    this.#openings = closing.openings.map((glob) => baseOf(glob).base);
  }

  /** @throws when there are more than a sandbox takes */
  add(file: string): void {
    const path = this.#above(dirname(file)) ?? file;
    if (!this.#isClosed(path)) return;
    this.#found.add(path);
    if (this.#found.size > MOST_PLACES) throw new Error(`The rules close more than ${MOST_PLACES} places one by one.`);
  }

  /**
   * Adds the highest closed places at and below a path, going down only where something in it may be open.
   * @throws when that is too much
   */
  async descend(path: string): Promise<void> {
    const stats = SYSTEM.test(path) ? undefined : await lstat(path).catch(() => undefined);
    if (stats === undefined || stats.isSymbolicLink()) return;
    if (!stats.isDirectory() || !(this.#isMixed(path) || path === "/")) return this.add(path);
    for (const name of await readdir(path).catch(() => [])) {
      this.#entries += 1;
      if (this.#entries > MOST_ENTRIES) throw new Error(`Rules leave open too much in ${path} to be looked at.`);
      await this.descend(join(path, name));
    }
  }

  paths(): string[] {
    return highest([...this.#found]);
  }

  #above(folder: string): string | undefined {
    if (this.#closedAbove.has(folder)) return this.#closedAbove.get(folder);
    const above = folder === "/" ? undefined : this.#above(dirname(folder));
    const isWhole = folder !== "/" && this.#isClosed(folder) && !this.#isMixed(folder);
    const result = above ?? (isWhole ? folder : undefined);
    this.#closedAbove.set(folder, result);
    return result;
  }

  #isClosed(path: string): boolean {
    return this.#closing.closedBy(path) !== undefined;
  }

  /** Whether something at or below a path may be open. */
  #isMixed(path: string): boolean {
    return this.#openings.some((base) => isInside(base, path) || isInside(path, base));
  }
}

/** Real paths of files that may match a glob, or lie in a folder that does. */
async function search(folders: readonly string[], globs: readonly string[], ripgrep: string): Promise<string[]> {
  if (folders.length === 0) return [];
  // What ends with a folder's content means the folder too, or a file of that name.
  const names = globs.map((glob) => glob.replace(/(?:\/\*\*)*\/*$/, ""));
  const isPlain = globs.every((glob) => PLAIN.test(glob)) && !names.includes("");
  const filters = isPlain ? names.flatMap((name) => ["--iglob", name, "--iglob", `${name}/**`]) : [];
  const flags = ["--files", "--hidden", "--no-ignore", "--no-messages", "--no-config", "--null"];
  const options = { cwd: "/", timeout: SEARCH_LIMIT_MS, maxBuffer: 32 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(ripgrep, [...flags, ...filters, "--", ...folders], options, (error, output) => {
      // 1: nothing found; 2: some folder could not be read, by the command neither.
      if (error !== null && error.code !== 1 && error.code !== 2) {
        return reject(new Error("What the rules close could not be found in time."));
      }
      resolve(output.split("\0").filter((path) => path !== ""));
    });
  });
}
