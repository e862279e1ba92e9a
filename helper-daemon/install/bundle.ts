import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { LoopdError } from "../../src/protocol/errors.ts";

const manifestSchema = z.object({ version: z.string(), files: z.record(z.string(), z.string()) });
const packageSchema = z.object({
  /** Where it stands under `node_modules`. */
  path: z.string(),
  name: z.string(),
  version: z.string(),
  /** `sha512-` and the hash of its archive, in Base64. */
  integrity: z.string(),
  /** The one kind of machine that it is for. */
  target: z.string().optional(),
});

/** A package that the bundle leaves outside, as package-lock.json pinned it. */
export type PinnedPackage = z.infer<typeof packageSchema>;

/** A built helper. */
export interface Bundle {
  folder: string;
  version: string;
  /** Version and hash of everything in it: the folder that it is installed in. */
  name: string;
  /** SHA-256 of each file. */
  files: Readonly<Record<string, string>>;
  packages: readonly PinnedPackage[];
}

/**
 * What a folder says that it holds.
 * @throws LoopdError `install-failed` where there is no built helper.
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(folder, file), "utf8"));
  try {
    const { version, files } = manifestSchema.parse(await json("manifest.json"));
    const packages = z.array(packageSchema).parse(await json("packages.json"));
    const lines = Object.entries(files).map(([file, hash]) => `${file} ${hash}\n`);
    const hash = createHash("sha256").update(lines.sort().join("")).digest("hex");
    return { folder, version, name: `${version}-${hash.slice(0, 12)}`, files, packages };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const words = `There is no whole helper in ${folder} (${why.slice(0, 300)}). Build it with npm run build, or install loopd again.`;
    throw new LoopdError("install-failed", words, { cause });
  }
}

/** The version that a folder of an installed bundle is of; undefined if there is none. */
export async function versionIn(folder: string): Promise<string | undefined> {
  return readBundle(folder).then(
    ({ version }) => version,
    () => undefined,
  );
}
