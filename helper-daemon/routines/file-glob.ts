import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import picomatch from "picomatch";

/** A glob, taken apart into the folder to watch and what fits in it. Paths are relative to that folder. */
export interface FileGlob {
  folder: string;
  /** Whether something below its folders may fit too. */
  isDeep: boolean;
  fits(path: string): boolean;
  /** Whether a folder may hold, at any depth, what fits. */
  mayHold(path: string): boolean;
}

/**
 * Takes a glob apart. A part of it that names a folder that exists is that folder, whatever characters it has
 * (`Invoices (1)`); a glob that names one as a whole means what is in it.
 */
export async function readFileGlob(glob: string): Promise<FileGlob> {
  const absolute = glob.startsWith("~/") ? join(homedir(), glob.slice(2)) : glob;
  const parts = absolute.split("/").filter((part) => part !== "");
  let folder = "/";
  let taken = 0;
  for (const part of parts) {
    const isWild = /[*?]/.test(part);
    const isMagic = isWild || /[[\]{}()!+@\\]/.test(part);
    const here = join(folder, part);
    if (isWild || (isMagic && !(await isFolder(here)))) break;
    // The last part names a file where it names no folder.
    if (taken === parts.length - 1 && !(await isFolder(here))) break;
    folder = here;
    taken += 1;
  }
  const rest = taken === parts.length ? ["*"] : parts.slice(taken);
  const whole = matcher(rest);
  const literal = rest.join("/").normalize("NFC");
  const upTo = rest.map((_, i) => matcher(rest.slice(0, i + 1)));
  const globstar = rest.findIndex((part) => part.includes("**"));
  return {
    folder,
    isDeep: rest.length > 1 || globstar >= 0,
    fits: (path) => path.normalize("NFC") === literal || whole(path),
    mayHold: (path) => {
      const depth = path.split("/").length;
      if (globstar >= 0 && depth > globstar)
        return globstar === 0 || upTo[globstar - 1]?.(head(path, globstar)) === true;
      return depth < rest.length && upTo[depth - 1]?.(path) === true;
    },
  };
}

/** The first so many parts of a path. */
function head(path: string, parts: number): string {
  return path.split("/").slice(0, parts).join("/");
}

/** One file system decomposes letters, the other does not. */
function matcher(parts: readonly string[]): (path: string) => boolean {
  const fits = picomatch(parts.join("/").normalize("NFC"), { dot: true });
  return (path) => fits(path.normalize("NFC"));
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
