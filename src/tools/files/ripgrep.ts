import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Where package managers put programs that a bare PATH, as launchd gives it, does not name. */
const USUAL_FOLDERS = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"];

let found: string | undefined;

/**
 * Path of a ripgrep that can be run: the one that comes with loopd, else `rg` in the PATH or where it usually is.
 * Undefined if there is none; then it is looked for again the next time.
 */
export async function ripgrepPath(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (found !== undefined && (await isProgram(found))) return found;
  const folders = [
    ...(environment["PATH"] ?? "").split(delimiter).filter((folder) => folder.startsWith("/")),
    ...USUAL_FOLDERS,
  ];
  const candidates = [await packagedPath(), ...folders.map((folder) => join(folder, "rg"))];
  for (const candidate of candidates) {
    if (candidate !== undefined && (await isProgram(candidate))) return (found = candidate);
  }
  return undefined;
}

/** The package throws on import where it has no program for this platform. */
async function packagedPath(): Promise<string | undefined> {
  try {
    const { rgPath } = await import("@vscode/ripgrep");
    return rgPath;
  } catch {
    return undefined;
  }
}

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
