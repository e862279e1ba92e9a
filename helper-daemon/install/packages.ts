import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { download, type DownloadLimits } from "../../launchd/download.ts";
import { type Machine, runSystemProgram } from "../../launchd/machine.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { Bundle, PinnedPackage } from "./bundle.ts";
import { filesIn, writeChecked } from "./copied-files.ts";

const LIMITS = { bytes: 64 * 1024 * 1024, milliseconds: 5 * 60_000 } satisfies DownloadLimits;

/** What no helper needs: types, maps, other packages (which have rows of their own), sources, programs for Windows. */
const NEEDLESS = /(^|\/)node_modules\/|\.d\.[cm]?ts$|\.map$/;
const NEEDLESS_OF: Readonly<Record<string, RegExp | undefined>> = {
  "better-sqlite3": /^(src|deps)\/|^binding\.gyp$/,
  "@anthropic-ai/sandbox-runtime": /^vendor\/srt-win\//,
  zod: /^src\//,
};
const PREBUILD = /^prebuilds\/(?:linuxmusl|([a-z0-9]+))-([a-z0-9]+)\.node$/;

export interface PackagesWanted {
  bundle: Bundle;
  /** `linux-x64` and the like. */
  target: string;
  registry: string;
  machine: Machine;
  /** Milliseconds after which a download that brings nothing is given up. */
  idleMs: number;
  signal: AbortSignal;
}

/** What was put there. */
export interface PackagesPut {
  /** SHA-256 of each file, by its path in the folder. */
  contents: Record<string, string>;
  /** Names of the packages that were downloaded. */
  downloaded: string[];
}

/**
 * Fills `node_modules` of a folder with the packages that the bundle needs on this kind of machine: copies of those beside
 * the bundle if they are of the pinned version, the others from the registry.
 * @throws LoopdError `install-failed` that says which one cannot be had.
 */
export async function putPackages(wanted: PackagesWanted, folder: string): Promise<PackagesPut> {
  const put: PackagesPut = { contents: {}, downloaded: [] };
  for (const row of wanted.bundle.packages) {
    if (row.target !== undefined && row.target !== wanted.target) continue;
    const here = await packageHere(row, wanted.bundle.folder);
    if (here !== undefined) {
      Object.assign(put.contents, await copyPackage(row, here, folder, wanted.target));
      continue;
    }
    const unpacked = join(folder, ".unpacked");
    try {
      await fetchPackage(row, unpacked, wanted);
      Object.assign(put.contents, await copyPackage(row, unpacked, folder, wanted.target));
      put.downloaded.push(`${row.name} ${row.version}`);
    } finally {
      await rm(unpacked, { recursive: true, force: true });
    }
  }
  return put;
}

/** The folder of a package, in a `node_modules` at or above the bundle, if it is of the pinned version. */
async function packageHere({ path, name, version }: PinnedPackage, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", path);
    try {
      const found = JSON.parse(await readFile(join(place, "package.json"), "utf8")) as Record<string, unknown>;
      if (found.name === name && found.version === version) return await realpath(place);
    } catch {
      // There is none, or none that can be used.
    }
    if (dirname(folder) === folder) return undefined;
  }
}

async function copyPackage(
  { path, name }: PinnedPackage,
  from: string,
  folder: string,
  target: string,
): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const file of await filesIn(from)) {
    if (NEEDLESS.test(file) || NEEDLESS_OF[name]?.test(file) === true || isForOthers(file, target)) continue;
    const to = join("node_modules", path, file);
    const { mode } = await stat(join(from, file));
    contents[to] = await writeChecked(
      join(folder, to),
      await readFile(join(from, file)),
      (mode & 0o111) === 0 ? 0o600 : 0o700,
    );
  }
  return contents;
}

function isForOthers(file: string, target: string): boolean {
  const [, system = "linux", architecture] = PREBUILD.exec(file) ?? [];
  return architecture !== undefined && `${system}-${architecture}` !== target;
}

/** Downloads a package and unpacks it, if it is byte for byte the one that was pinned. */
async function fetchPackage(
  { name, version, integrity }: PinnedPackage,
  folder: string,
  { registry, machine, idleMs, signal }: PackagesWanted,
): Promise<void> {
  const url = `${registry.replace(/\/+$/, "")}/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
  const failed = (why: string, cause?: unknown) =>
    new LoopdError(
      "install-failed",
      `${name} ${version} could not be downloaded from ${shown(url)}: ${why}. Nothing of it was installed. Look at the network and its proxy (HTTPS_PROXY), or name a mirror: loopd helper install --registry URL`,
      { cause },
    );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const packed = join(folder, "package.tgz");
  await download(url, packed, { ...LIMITS, idleMs }, machine, signal).catch((error: unknown) => {
    throw failed(error instanceof Error ? error.message : String(error), error);
  });
  const hash = createHash("sha512");
  await pipeline(createReadStream(packed), hash);
  if (`sha512-${hash.digest("base64")}` !== integrity) throw failed(await otherWords(packed));
  const words = ["-xzf", packed, "-C", folder, "--strip-components=1"];
  const { code, err } = await runSystemProgram(machine, "/usr/bin/tar", words);
  if (code !== 0) throw failed(`tar ended with ${code}: ${err.trim().slice(0, 300)}`);
  await rm(packed);
}

/** What came instead of the archive. Networks that want a login answer everything with their own page. */
async function otherWords(file: string): Promise<string> {
  const isPage = /^\s*<(!doctype|html|head|\?xml)/i.test((await readFile(file)).toString("latin1", 0, 200));
  const page = isPage ? ": a web page came instead, perhaps of a network that wants you to log in" : "";
  return `it is not the one that was pinned (its SHA-512 differs)${page}`;
}

/** A URL without the password that may be in it. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
