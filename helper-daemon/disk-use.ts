import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { HelperStatus } from "../src/protocol/requests.ts";
import type { Home } from "./home.ts";

/** Bytes that a home takes, by what they are for. */
export async function diskUse(
  { database, blobs, logs }: Home,
  freeBytes: number,
): Promise<NonNullable<HelperStatus["disk"]>> {
  const own = await Promise.all(["", "-wal"].map((suffix) => sizeOf(database + suffix)));
  const copies = await copiesOf(database);
  const held = await Promise.all([...copies.backups, ...copies.damaged].map(sizeOf));
  return {
    database: sum(own),
    free: freeBytes,
    blobs: await sizeOfFolder(blobs),
    logs: await sizeOfFolder(logs),
    copies: sum(held),
  };
}

/** Copies of a database that stand beside it: from before updates, and of damage. */
export async function copiesOf(database: string): Promise<{ backups: string[]; damaged: string[] }> {
  const folder = dirname(database);
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(database)}.`));
  const beginning = (word: string) =>
    names.filter((name) => name.startsWith(`${basename(database)}.${word}-`)).map((name) => join(folder, name));
  return { backups: beginning("before"), damaged: beginning("damaged") };
}

/** How many files are looked at together. */
const TOGETHER = 64;

async function sizeOfFolder(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let bytes = 0;
  for (let at = 0; at < names.length; at += TOGETHER)
    bytes += sum(await Promise.all(names.slice(at, at + TOGETHER).map((name) => sizeOf(join(folder, name)))));
  return bytes;
}

/** A file that goes away meanwhile takes nothing. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
