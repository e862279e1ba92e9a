import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import * as z from "zod";

/** SHA-256 of each file of a folder, by its path in it. */
export type Contents = Readonly<Record<string, string>>;

const LIST = "contents.json";

/** SHA-256 of bytes, in hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Writes bytes to a new file, readable by its owner alone, and looks whether they are there. */
export async function writeChecked(path: string, bytes: Uint8Array, mode: number): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, bytes, { mode: 0o600 });
  await chmod(path, mode);
  const hash = hashOf(bytes);
  if (hashOf(await readFile(path)) === hash) return hash;
  throw new Error(`${path} does not hold what was written to it`);
}

/** Paths of all files below a folder, in it; links and whatever else there may be are left out. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Writes down what a folder holds. */
export async function writeContents(folder: string, contents: Contents): Promise<void> {
  await writeFile(join(folder, LIST), `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600 });
}

/** Whether a folder holds exactly what was written down when it was filled; why not, if not. */
export async function damageOf(folder: string): Promise<string | undefined> {
  try {
    const list: unknown = JSON.parse(await readFile(join(folder, LIST), "utf8"));
    const contents = z.record(z.string(), z.string()).parse(list);
    for (const [file, hash] of Object.entries(contents)) {
      if (hashOf(await readFile(join(folder, file))) !== hash) return `${join(folder, file)} was changed`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 300) : String(error);
  }
}

/** Whether it is a folder that was filled by an installation: nothing else is ever removed. */
export async function isFilled(folder: string): Promise<boolean> {
  return readFile(join(folder, LIST)).then(
    () => true,
    () => false,
  );
}
